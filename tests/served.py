"""The site in processes of its own, on stores of its own, to be stopped and started again.

Where the suite runs on PostgreSQL and Redis (DATABASE_URL, REDIS_URL), so does this site: on a
database made for it and dropped after, and on a Redis database of its own number.
"""

import http.client
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from tests.ops.starting import MANY_SECONDS, ROOT, free_port, surroundings


@contextmanager
def own_stores() -> Iterator[dict[str, str]]:
    """Yield the variables of a fresh database and of an empty Redis, where the suite has them."""
    variables = {}
    database = f"site_{uuid.uuid4().hex[:12]}"
    server = os.environ.get("DATABASE_URL")
    if server:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        variables["DATABASE_URL"] = with_path(server, database)
    if os.environ.get("REDIS_URL"):
        variables["REDIS_URL"] = claimed_redis(os.environ["REDIS_URL"])
    try:
        yield variables
    finally:
        if "REDIS_URL" in variables:
            redis.Redis.from_url(variables["REDIS_URL"]).flushdb()
        if server:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def with_path(url: str, path: str) -> str:
    """Return an address with another path."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


def claimed_redis(url: str) -> str:
    """Return the address of a Redis database that was empty and holds nothing but our mark.

    The low numbers are those of the workers of xdist (`tests/environment.py`).
    """
    for number in range(15, 6, -1):
        found = redis.Redis.from_url(with_path(url, str(number)))
        if found.dbsize() == 0 and found.set("claimed-by-a-test", "1", nx=True):
            return with_path(url, str(number))
    raise RuntimeError("Every database of this Redis is in use.")


def shell(folder: Path, code: str, **variables: str) -> str:
    """Run a few lines inside a prepared site and return what they printed."""
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code], cwd=ROOT,
        env=surroundings(folder, **variables), check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip


class Served:
    """The web server alone, always at the same address, on a folder that outlives it."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder, self.stores = folder, variables
        port = str(free_port())
        self.address = f"http://localhost:{port}"
        one = {"PORT": port, "WEB_WORKERS": "1", "WEB_THREADS": "8"}
        self.variables = surroundings(folder, **one, **variables)
        self.log = folder.parent / f"{folder.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make keys, tables, the guide's rows and the collected files."""
        command = [sys.executable, "-m", "trustrepair.run", "--prepare"]
        subprocess.run(command, cwd=ROOT, env=self.variables, check=True, capture_output=True)

    def shell(self, code: str) -> str:
        """Run a few lines inside the site and return what they printed."""
        return shell(self.folder, code, **self.stores)

    def start(self) -> None:
        """Start the web server and wait until it takes requests."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "trustrepair.run", "--only", "web"], cwd=ROOT,
                env=self.variables, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + MANY_SECONDS
        while not self.answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, "it did not answer"
            time.sleep(0.1)

    def answers(self) -> bool:
        """Tell whether it takes requests."""
        asking = http.client.HTTPConnection(
            "localhost", urlsplit(self.address).port or 0, timeout=5
        )
        try:
            asking.request("GET", "/health/live")
            return asking.getresponse().status == 200
        except OSError:
            return False
        finally:
            asking.close()

    def stop(self) -> None:
        """End the web server and wait until it is gone."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(MANY_SECONDS)
            self.process = None

    def kill(self) -> None:
        """End the whole family of the web server as a power cut would: nobody says good-bye."""
        if self.process is not None:
            with suppress(ProcessLookupError):  # it ended by itself; who asked will say so
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        """Stop and start: nothing that was only in memory is left."""
        self.stop()
        self.start()
