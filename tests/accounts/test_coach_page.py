"""Becoming a coach: by oneself where the host allows it, else by the host."""

import pytest
from django.core.management import CommandError, call_command

from journal.coaching.models import CoachProfile
from journal.vault.keyring import Keyring
from tests.rooms import a_room, bring_coach, lock_twice, work_together

SAID = {"name": "Stan Moor", "qualifications": "Ten years", "languages": "en", "way": "Slowly"}


def test_where_the_host_makes_coaches_nobody_makes_themselves_one(stranger, stan):
    page = stranger.get("/you/coach/").content.decode()
    assert "whoever runs it makes somebody a coach" in page
    assert stranger.post("/you/coach/", SAID).status_code == 404
    stan.refresh_from_db()
    assert not stan.is_coach


def test_where_it_is_open_a_coach_introduces_themselves(stranger, stan, settings):
    settings.COACH_SIGNUP = "self"
    answer = stranger.post("/you/coach/", SAID)
    assert answer.headers["Location"] == "/you/coach/second-step/"
    stan.refresh_from_db()
    assert stan.is_coach
    row = CoachProfile.objects.of(stan)
    assert row is not None
    assert row.read(Keyring.of(stan)) == SAID
    assert b"Ten years" not in bytes(row.sealed_profile)


def test_a_coach_has_a_name(stranger, stan, settings):
    settings.COACH_SIGNUP = "self"
    assert stranger.post("/you/coach/", {**SAID, "name": " "}).status_code == 422
    stan.refresh_from_db()
    assert not stan.is_coach


def test_the_second_step_comes_before_the_first_client(people, browser_of):
    coach = browser_of(people["cleo"])
    assert "Set it up" in coach.get("/you/coach/second-step/").content.decode()
    lock_twice(people["cleo"])
    answer = coach.get("/you/coach/second-step/")
    assert answer.headers["Location"] == "/coaching/clients/"


def test_the_host_makes_and_unmakes_a_coach(stan, capsys):
    call_command("coach", "Stan@example.org")
    stan.refresh_from_db()
    assert stan.is_coach
    call_command("coach", "stan@example.org", "--no")
    stan.refresh_from_db()
    assert not stan.is_coach
    with pytest.raises(CommandError):
        call_command("coach", "nobody@example.org")


def test_whom_the_host_unmakes_is_a_guest_in_no_couples_room(people, browser_of):
    space = a_room(people["ana"], people["ben"])
    bring_coach(people["ana"], people["ben"], people["cleo"], space)
    client = work_together(people["stan"], people["cleo"])
    call_command("coach", "cleo@example.org", "--no")
    cleos = browser_of(people["cleo"])
    for address in (f"/together/{space.pk}/", f"/coaching/clients/{client.pk}/"):
        assert cleos.get(address).status_code == 404
    assert cleos.get(f"/coaching/{client.pk}/end/").status_code == 200, "the way out stays open"
    assert browser_of(people["ana"]).get(f"/together/{space.pk}/").status_code == 200


def test_nobody_stops_being_a_coach_while_there_are_clients(people, browser_of):
    coach = browser_of(people["cleo"])
    space = work_together(people["ana"], people["cleo"])
    coach.post("/you/coach/stop/")
    people["cleo"].refresh_from_db()
    assert people["cleo"].is_coach
    coach.post(f"/coaching/{space.pk}/end/")
    coach.post("/you/coach/stop/")
    people["cleo"].refresh_from_db()
    assert not people["cleo"].is_coach
