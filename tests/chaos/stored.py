"""What a site has stored of the documents of a run; runs inside the site, by its own shell."""

import json
from typing import Any

EMAIL = "chaos@example.org"


def someone() -> None:
    """Make the person who writes; print the cookie they are signed in with."""
    from tests.browser.seeding import session_of
    from trustrepair.accounts.models import User

    print(session_of(User.objects.create_user(EMAIL, display_name="Ana")))


def documents() -> None:
    """Print every entry of theirs, with all its versions, opened."""
    from journal.entries.models import Entry, Revision
    from journal.vault.keyring import Keyring
    from trustrepair.accounts.models import User

    person = User.objects.get(email=EMAIL)
    keyring, found = Keyring.of(person), {}
    for entry in Entry.objects.all_of(person):
        rows: list[dict[str, Any]] = [
            {
                "save": str(row.save_id), "version": row.version, "beside": row.beside,
                "text": row.body(keyring)["text"] if row.sealed_body is not None else None,
            }
            for row in Revision.objects.of(entry)
        ]  # fmt: skip
        text = entry.body(keyring)["text"]
        found[str(entry.pk)] = {"version": entry.version, "text": text, "rows": rows}
    print(json.dumps(found))
