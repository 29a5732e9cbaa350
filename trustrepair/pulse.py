"""Whether a worker that is alive also works: each of its beats touches a file."""

import time
from contextlib import suppress
from pathlib import Path

# The beat comes every half minute, and a task may take a minute.
SILENT_SECONDS = 300


class Pulse:
    """Watches a file's time of change. Only this process's own clock counts the silence, so that a
    machine that slept, or whose clock was set, is not taken for a worker that stopped.
    """

    def __init__(self, path: Path, seconds: float = SILENT_SECONDS) -> None:
        self.path, self.seconds = path, seconds
        self.seen = self.changed()
        self.since = time.monotonic()

    def changed(self) -> int:
        """Return when the file was last touched, as its file system says it."""
        try:
            return self.path.stat().st_mtime_ns
        except OSError:
            return 0

    def is_silent(self) -> bool:
        """Tell whether nothing was heard for too long; the count begins anew when it says so."""
        now = time.monotonic()
        if (changed := self.changed()) != self.seen:
            self.seen, self.since = changed, now
        if now - self.since <= self.seconds:
            return False
        self.since = now
        return True


def age_within(path: Path, seconds: float, wait: float = 0) -> bool:
    """Tell whether a file was touched in the last seconds; give it a moment where it was not."""
    until = time.monotonic() + wait
    while True:
        with suppress(OSError):
            if time.time() - path.stat().st_mtime <= seconds:
                return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.2)
