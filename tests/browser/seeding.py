"""People who have been here for a while, made inside the site under test; run by its own shell."""

import json
import uuid
from importlib import import_module
from typing import Any

PASSWORD = "a long enough sentence"
SECRET = "gooseberry"  # stands in every title and text, and in nothing of the guide


def seed(number: int) -> None:
    """Make people, each with a relationship, two pages, a line of thanks and two sessions."""
    from allauth.account.models import EmailAddress
    from django.contrib.auth.hashers import make_password

    from trustrepair.accounts.models import User

    hashed = make_password(PASSWORD)
    made = []
    before = User.objects.count()
    for one in range(number):
        person = User.objects.create(
            email=f"reader{before + one}@example.org", display_name="Ana", password=hashed
        )
        EmailAddress.objects.create(user=person, email=person.email, primary=True)
        cookies = [session_of(person), session_of(person)]
        made.append({"email": person.email, "cookies": cookies, "pages": pages_of(person)})
    print(json.dumps(made))


def session_of(person: Any) -> str:
    """Sign a person in and return the cookie."""
    from django.conf import settings
    from django.contrib.auth import login
    from django.http import HttpRequest

    request = HttpRequest()
    store = request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, person, settings.AUTHENTICATION_BACKENDS[0])
    store.save()
    return str(store.cookie)


def pages_of(person: Any) -> list[str]:
    """Write a relationship and some pages; return the addresses of the pages."""
    from journal.entries.writing import Draft, keep
    from journal.relationships.models import Relationship
    from journal.relationships.story import Story
    from journal.vault.keyring import Keyring

    keyring = Keyring.of(person)
    causes = {"broken-promises": 3, "communication-gaps": 2}
    story = Story(name="Ruta", kind="family", part="hurt", afraid="no", causes=causes)
    about = {"relationship": Relationship.begin(person, keyring, story)}
    title, text = f"The {SECRET} bush", f"He dug it up. {SECRET.title()} jam every year, and now?"
    drafts = [
        Draft(uuid.uuid4(), uuid.uuid4(), 0, title=title, text=text, feelings=("sad",), **about),
        Draft(uuid.uuid4(), uuid.uuid4(), 0, text=text * 20, **about),
        Draft(uuid.uuid4(), uuid.uuid4(), 0, kind="gratitude", text=SECRET, marble=True, **about),
    ]
    return [f"/journal/{keep(person, keyring, draft).entry.pk}/" for draft in drafts]
