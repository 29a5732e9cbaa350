"""/safety/: notes first, then numbers that can be rung, each with the day somebody looked."""

from django.test import Client

from steps import catalogue
from tests.steps.reading import check_links, check_reading


def test_every_note_is_there_under_its_key(client: Client) -> None:
    response = client.get("/safety/")
    main = check_reading(response)
    for note in catalogue.get().safety.values():
        assert f'id="{note.key}"' in main
        for section in note.sections:
            assert f'id="{section.id}"' in main
            assert section.html_for() in main
    check_links(client, response)


def test_every_country_is_found_by_a_plain_anchor_inside_its_fold(client: Client) -> None:
    main = check_reading(client.get("/safety/"))
    guide = catalogue.get()
    assert main.count("<details>") == len(guide.help_lines) >= 12
    for country in guide.help_lines:
        anchor = f"help-{country.code.lower()}"
        assert f'href="#{anchor}"' in main
        # Inside the fold and not on it: a browser opens a fold when a link leads inside.
        assert f'</summary>\n<div id="{anchor}">' in main


def test_every_line_has_a_number_to_ring_and_the_day_it_was_looked_up(client: Client) -> None:
    main = check_reading(client.get("/safety/"))
    guide = catalogue.get()
    lines = [line for country in guide.help_lines for line in country.lines]
    for line in lines:
        for words, address in line.bits:
            assert not address or f'<a href="{address}">{words}</a>' in main
    assert main.count("Looked up ") == len(lines)
    assert "Looked up 22 November 2026" in main
    assert guide.help_note in main
    assert "have changed" in guide.help_note or "out of date" in guide.help_note


def test_it_is_kept_in_no_cache_because_the_device_may_be_shared(client: Client) -> None:
    assert client.get("/safety/").headers["Cache-Control"] == "no-store, private"
