"""What somebody wrote in rooms, and as a coach, is in their export, and nothing of the others'."""

import json
from typing import Any

from django.apps import apps

from journal.coaching.models import ClientFile, CoachProfile
from journal.spaces.leaving import leave
from journal.spaces.models import Post
from journal.vault.keyring import Keyring
from tests.conftest import Browser
from tests.privacy.carrying import bring_in, exported, inside, live, texts, write
from tests.rooms import a_room, room_for
from trustrepair.privacy.rooms import shelves


def rooms_of(person: Any) -> list[dict[str, Any]]:
    """Return what an export says of a person's rooms."""
    found: list[dict[str, Any]] = json.loads(inside(exported(person))["rooms.json"])
    return found


def test_ones_own_posts_go_along_and_the_others_stay(ana: Any, people: dict[str, Any]) -> None:
    ben = people["ben"]
    space = a_room(ana, ben)
    room_for(ana, space).write(Post.NOTE, {"title": "Soup", "text": "I made <soup>."})
    room_for(ben, space).write(Post.NOTE, {"title": "", "text": "A gooseberry."})
    posts = [one for one in rooms_of(ana) if one["type"] == "post"]
    assert [one["body"] for one in posts] == [{"title": "Soup", "text": "I made <soup>."}]
    assert posts[0]["space"] == str(space.pk)
    assert posts[0]["kind"] == "note"
    files = inside(exported(ana))
    assert "I made \\<soup>." in files["pages/rooms.md"]
    assert "gooseberry" not in str(files)
    assert "gooseberry" in str(inside(exported(ben)))


def test_what_was_said_on_a_leavers_device_goes_along_and_says_where_it_was_written(
    ana: Any, people: dict[str, Any]
) -> None:
    ben = people["ben"]
    space = a_room(ana, ben)
    body = {"title": "", "text": "", "of_other": "A gooseberry."}
    room_for(ana, space).write(Post.SPOKEN, body)
    assert "gooseberry" not in str(inside(exported(ana)))
    leave(ana, space.pk)
    assert "gooseberry" not in str(inside(exported(ana)))
    told = inside(exported(ben))["pages/rooms.md"]
    assert told.index("Written as yours on the other’s device") < told.index("A gooseberry.")


def test_a_coachs_own_words_go_along(people: dict[str, Any], ana: Any) -> None:
    cleo = people["cleo"]
    space = a_room(ana, cleo, "coaching", "client")
    keyring = Keyring.of(cleo)
    CoachProfile.keep(cleo, keyring, {"name": "Cleo", "way": "Slowly."})
    ClientFile.write(cleo, keyring, space.pk, called="A. from Tuesday")
    found = {one["type"]: one for one in rooms_of(cleo)}
    assert found["coach"]["profile"]["way"] == "Slowly."
    assert found["client"]["card"]["called"] == "A. from Tuesday"
    assert found["client"]["space"] == str(space.pk)
    assert "Slowly." not in str(inside(exported(ana)))


def test_somebody_in_no_room_has_no_such_file(ana: Any) -> None:
    write(ana, text="Alone.")
    assert not {"rooms.json", "pages/rooms.md"} & set(inside(exported(ana)))


def test_a_post_that_does_not_open_stops_nothing(ana: Any, people: dict[str, Any]) -> None:
    space = a_room(ana, people["ben"])
    post = room_for(ana, space).write(Post.NOTE, {"title": "", "text": "Shut."})
    Post.unscoped.filter(pk=post.pk).update(sealed_body=b"broken")
    assert {"type": "unopened", "id": str(post.pk)} in rooms_of(ana)


def test_an_export_with_rooms_is_brought_in_without_them(
    ana: Any, stan: Any, people: dict[str, Any], stranger: Browser
) -> None:
    live(ana)
    space = a_room(ana, people["ben"])
    room_for(ana, space).write(Post.NOTE, {"title": "", "text": "In the room."})
    bring_in(stranger, exported(ana))
    assert texts(stan)
    assert "In the room." not in str(inside(exported(stan)))


def test_a_shelf_names_sealed_columns_of_its_rows(ana: Any) -> None:
    models = {model for model in apps.get_models() if model._meta.app_label == "journal"}
    asked = [shelf for shelf in shelves(ana) if not isinstance(shelf.rows, list)]
    assert len(asked) > 5
    for shelf in asked:
        assert shelf.rows.model in models
        columns = {field.name for field in shelf.rows.model._meta.concrete_fields}
        sealed = {name for name in columns if name.startswith("sealed_")}
        assert sealed == {f"sealed_{name}" for name in shelf.fields}
