"""The servers that a run starts for itself: the site, and a PostgreSQL of its own."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trustrepair import run

TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port that nobody holds at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """The site under granian with the flags of `make run`, and what its processes have used."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.command = run.commands("127.0.0.1", port, dev=False)["web"]
        place = self.command.index("trustrepair.wsgi:application")
        self.command[place] = "tests.bench.serve:application"

    def __enter__(self) -> "Site":
        self.process = subprocess.Popen(self.command, start_new_session=True)
        until = time.monotonic() + 60
        while not run.answers("127.0.0.1", self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("The web server did not start.")
            time.sleep(0.2)
        self.workers = children(self.process.pid)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)

    def cpu(self) -> float:
        """Return the seconds of CPU that the workers have used, from the process table."""
        return sum(used(pid) for pid in self.workers)


def used(pid: int) -> float:
    """Return the user and system seconds of one process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def children(parent: int) -> list[int]:
    """Return the processes that one process has started."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in found.split()]


@contextmanager
def own_redis() -> Iterator[str]:
    """Run a Redis of its own and yield its address, or nothing where none is installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield ""
        return
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def postgres_programs() -> Path | None:
    """Return the newest installed PostgreSQL's folder of programs, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    return found[-1] if found else None


@contextmanager
def postgres(programs: Path, folder: Path) -> Iterator[str]:
    """Run a PostgreSQL of its own in a folder and yield its address. Settings are its defaults."""
    data, port = folder / "postgres", free_port()
    data.mkdir(mode=0o700)
    owner: list[str] = []
    if os.geteuid() == 0:  # the server refuses root
        shutil.chown(data, "postgres", "postgres")
        folder.chmod(0o711)
        owner = ["runuser", "-u", "postgres", "--"]

    def do(program: str, *arguments: str) -> None:
        command = [*owner, str(programs / program), "-D", str(data), *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    do("initdb", "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -k {data} -c listen_addresses=127.0.0.1"
    do("pg_ctl", "-l", str(data / "log"), "-w", "-o", options, "start")
    try:
        yield f"postgres://bench@127.0.0.1:{port}/postgres"
    finally:
        do("pg_ctl", "-m", "immediate", "stop")
