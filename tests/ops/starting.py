"""Helpers that start the site as a stranger does: in a process that inherits nothing of ours."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANY_SECONDS = 90


def free_port() -> int:
    """Return a port that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def surroundings(folder: Path, **variables: str) -> dict[str, str]:
    """Return the environment of a bare shell, with a folder of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "VAR_DIR": str(folder), "PORT": str(free_port()), **variables}


def run(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the starter to its end."""
    return subprocess.run(
        [sys.executable, "-m", "trustrepair.run", *arguments],
        cwd=ROOT, env=surroundings(folder, **variables), capture_output=True, text=True,
        timeout=MANY_SECONDS,
    )  # fmt: skip


def python(code: str, folder: Path) -> str:
    """Run a few lines inside the prepared site and return what they printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=ROOT, env=surroundings(folder), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


class Site:
    """The site, started in a process of its own."""

    def __init__(self, folder: Path, *arguments: str, **variables: str) -> None:
        self.began = time.monotonic()
        environment = surroundings(folder, **variables)
        self.address = f"http://localhost:{environment['PORT']}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "trustrepair.run", *arguments], cwd=ROOT, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.said = ""

    def wait_until_ready(self) -> float:
        """Read what it says until it says that it is ready; return the seconds it took."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ready."):
                return time.monotonic() - self.began
        raise AssertionError(f"It ended before it was ready:\n{self.said}")

    def get(self, path: str) -> tuple[int, bytes]:
        """Fetch one address and return status and body."""
        with urllib.request.urlopen(self.address + path, timeout=20) as response:
            return response.status, response.read()

    def family(self) -> set[int]:
        """Return the ids of all processes that it started, and that those started."""
        parents = {}
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                found = re.search(r"^PPid:\s+(\d+)", status.read_text(), re.MULTILINE)
            except OSError:
                continue
            parents[int(status.parent.name)] = int(found[1]) if found else 0
        family = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        return family - {self.process.pid}

    def end(self, by: signal.Signals = signal.SIGINT) -> int:
        """Send a signal to the starter alone and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        try:
            self.said += self.process.communicate(timeout=MANY_SECONDS)[0] or ""
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        return self.process.returncode
