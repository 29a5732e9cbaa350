"""A short round of what `make chaos` does at length: workers die while reminders leave."""

import shutil
from pathlib import Path

from tests.chaos import reminders
from tests.chaos.killing import KilledSite
from tests.served import own_stores

KILLS = 2


def test_no_reminder_is_lost_or_doubled_when_workers_and_beats_are_killed(tmp_path: Path) -> None:
    with own_stores() as stores, KilledSite(tmp_path / "var", **stores) as site:
        found = reminders.run(site, KILLS, due=40, embedded=not stores)
    assert found.broken == [], reminders.leftovers(tmp_path)
    assert found.counts["workers killed"] == KILLS
    assert found.counts["beats killed"] == KILLS
    assert found.counts["broker emptied"] == KILLS
    own_broker = stores and shutil.which("redis-server")
    assert found.counts.get("broker killed", 0) == (KILLS if own_broker else 0)
