"""The site does not start without its keys, and says in one sentence which one is missing."""

import pytest
from django.core.checks import run_checks
from django.db import connection, models
from django.test.utils import isolate_apps

from journal.vault import checks, keks
from journal.vault.checks import vault_ready
from journal.vault.models import DataKey, KeyWrap

from .conftest import KEYS, new_entry

pytestmark = pytest.mark.django_db


def test_an_empty_vault_is_ready():
    assert vault_ready() is None


def test_a_vault_with_its_keys_is_ready_whatever_else_is_held(person, settings):
    new_entry(person("ann"), "a")
    assert vault_ready() is None
    settings.JOURNAL_KEYS = f"{KEYS['k2']},{KEYS['k1']}"
    assert vault_ready() is None


def test_a_missing_key_is_named(person, settings):
    new_entry(person("ann"), "a")
    settings.JOURNAL_KEYS = KEYS["k2"]
    sentence = vault_ready()
    assert sentence.startswith(
        "The database was sealed with key k1, which JOURNAL_KEYS does not hold"
    )


def test_another_key_of_the_same_name_is_told_apart(person, settings):
    new_entry(person("ann"), "a")
    settings.JOURNAL_KEYS = KEYS["k2"].replace("k2:", "k1:")
    assert vault_ready().startswith("The key k1 in JOURNAL_KEYS is not the one that sealed")


def test_a_faulty_list_is_said(settings):
    settings.JOURNAL_KEYS = "k1:nonsense"
    assert "k1" in vault_ready()
    assert [error.id for error in run_checks(tags=["security"]) if "journal" in error.id] == [
        "journal.E001"
    ]


def test_a_key_that_another_wrap_still_opens_is_not_missed(person, settings):
    ann = person("ann")
    new_entry(ann, "a")
    data_key = DataKey.objects.get()
    KeyWrap.objects.create(data_key=data_key, kek_id="k0", wrapped=b"of a key long gone")
    assert vault_ready() is None


def test_a_database_without_tables_yet_is_ready(monkeypatch):
    monkeypatch.setattr(KeyWrap._meta, "db_table", "not_there_yet")
    assert vault_ready() is None


def test_it_costs_few_queries_with_many_keys(person, django_assert_max_num_queries):
    for number in range(40):
        new_entry(person(f"p{number}"), "a")
    with django_assert_max_num_queries(3):
        assert vault_ready() is None


def test_the_database_check_says_the_same(person, settings):
    new_entry(person("ann"), "a")
    settings.JOURNAL_KEYS = KEYS["k2"]
    found = checks.check_vault_opens(None, databases=["default"])
    assert [error.id for error in found] == ["journal.E002"]
    assert checks.check_vault_opens(None, databases=[]) == []
    assert checks.check_vault_opens(None) == []


def test_our_own_sealed_tables_pass_the_check():
    assert checks.check_sealed_fields(None) == []


@isolate_apps("journal")
def test_a_sealed_table_without_a_uuid_or_with_readable_columns_fails_the_check(monkeypatch):
    class Numbered(models.Model):
        sealed_words = models.BinaryField(editable=False)

        class Meta:
            app_label = "journal"

    class Readable(models.Model):
        id = models.UUIDField(primary_key=True)
        sealed_words = models.TextField()

        class Meta:
            app_label = "journal"

    monkeypatch.setattr(checks.apps, "get_models", lambda: [Numbered, Readable])
    found = checks.check_sealed_fields(None)
    assert {(error.obj, error.id) for error in found} == {
        (Numbered, "journal.E003"),
        (Readable, "journal.E004"),
    }


def test_the_names_of_tables_are_asked_of_the_database_that_is_there():
    assert KeyWrap._meta.db_table in connection.introspection.table_names()
    assert keks.first().id == "k1"
