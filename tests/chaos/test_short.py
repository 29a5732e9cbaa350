"""A short round of what `make chaos` does at length: the server dies while eight tabs write."""

from pathlib import Path

from tests.chaos import writing
from tests.chaos.killing import KilledSite
from tests.served import own_stores

KILLS = 3


def test_no_answered_save_is_lost_or_doubled_when_the_server_is_killed(tmp_path: Path) -> None:
    with own_stores() as stores, KilledSite(tmp_path / "var", **stores) as site:
        found = writing.run(site, KILLS, most=10)
    assert found.broken == []
    assert found.counts["times the server was killed"] == KILLS
    assert found.counts["saves answered"] > 8
    assert found.counts["saves cut off, held by their tab and saved after"] > 0
