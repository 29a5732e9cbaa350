"""What must be true before the site serves: the keys are there, and they are the right ones."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models

from . import keks
from .models import KeyWrap
from .sealing import CannotOpen

TRIED_PER_KEY = 20


def vault_ready() -> str | None:
    """Return None when the vault opens, otherwise one sentence that says why it does not.

    Looks at the wraps alone and opens a few under each key, so it is quick at any size;
    `keys verify` opens everything.
    """
    try:
        held = keks.held()
    except ImproperlyConfigured as error:
        return str(error)
    if KeyWrap._meta.db_table not in connection.introspection.table_names():
        return None
    wraps = KeyWrap.objects.filter(method=KeyWrap.Method.KEK)
    for kek_id in sorted(wraps.values_list("kek_id", flat=True).distinct()):
        under = wraps.filter(kek_id=kek_id)
        if kek_id not in held:
            if under.exclude(data_key__wraps__kek_id__in=held).exists():
                return (
                    f"The database was sealed with key {kek_id}, which JOURNAL_KEYS does not "
                    "hold. Put that key back; without it nothing written under it can be read."
                )
            continue
        tried = under.order_by("-pk").values_list("data_key_id", "data_key__author_id", "wrapped")
        for data_key, author, wrapped in tried[:TRIED_PER_KEY]:
            try:
                keks.unwrap(kek_id, wrapped, data_key, author)
            except CannotOpen:
                return (
                    f"The key {kek_id} in JOURNAL_KEYS is not the one that sealed this database. "
                    "Put the right one back; without it nothing written under it can be read."
                )
    return None


@register(Tags.security)
def check_journal_keys(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """JOURNAL_KEYS can be read."""
    try:
        keks.keks()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="journal.E001")]
    return []


@register(Tags.database)
def check_vault_opens(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The keys open the database that is there."""
    if "default" not in (kwargs.get("databases") or ()) or check_journal_keys(app_configs):
        return []
    sentence = vault_ready()
    return [Error(sentence, id="journal.E002")] if sentence else []


@register(Tags.models)
def check_sealed_fields(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Every `sealed_` column can be bound to its row, and found by the key commands."""
    found: list[CheckMessage] = []
    for model in apps.get_models():
        fields = [f for f in model._meta.concrete_fields if f.name.startswith("sealed_")]
        if not fields:
            continue
        if not isinstance(model._meta.pk, models.UUIDField) or model._meta.parents:
            found.append(
                Error(
                    f"{model._meta.label} has sealed fields and needs a uuid of its own as key.",
                    obj=model,
                    id="journal.E003",
                )
            )
        found += [
            Error(
                f"{model._meta.label}.{field.name} must be a BinaryField.",
                obj=model,
                id="journal.E004",
            )
            for field in fields
            if not isinstance(field, models.BinaryField)
        ]
    return found
