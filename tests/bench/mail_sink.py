"""A mail server that does the least: it takes every mail and notes when it said 250.

It runs in a process of its own, so that it takes nothing of the measuring process's interpreter.
The suite's own sink (aiosmtpd) keeps and parses mails, which costs as much as sending them does.

    python -m tests.bench.mail_sink PORT FILE
"""

import asyncio
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tests.bench.servers import free_port, used

END = b"\r\n.\r\n"
HEADER = b"Message-ID: <"
ANSWERS = {
    b"EHLO": b"250-sink\r\n250 PIPELINING\r\n",  # as Postfix, Exim and Exchange say it
    b"QUIT": b"221 bye\r\n",
    b"DATA": b"354 go on\r\n",
}
LINE = 36 + 1 + 17 + 1  # an id, a moment, and what is between them
AT_MOST = 600.0  # seconds that a round may take


class Talk(asyncio.Protocol):
    """One connection."""

    def __init__(self, noted: BinaryIO) -> None:
        self.noted, self.kept, self.in_mail = noted, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.kept += data
        if self.in_mail:
            if self.kept.endswith(END):
                self.take()
            return
        answers = []
        while b"\r\n" in self.kept:
            said, _, self.kept = self.kept.partition(b"\r\n")
            verb = said[:4].upper()
            self.in_mail = verb == b"DATA"
            answers.append(ANSWERS.get(verb, b"250 ok\r\n"))
        self.transport.write(b"".join(answers))

    def take(self) -> None:
        """Answer for a whole mail and note when."""
        self.transport.write(b"250 taken\r\n")
        begin = self.kept.index(HEADER) + len(HEADER)
        name = self.kept[begin : begin + 36].decode()
        self.noted.write(f"{name} {time.time():017.6f}\n".encode())
        self.kept, self.in_mail = b"", False


async def serve(port: int, file: Path) -> None:
    """Take mails until the process ends."""
    with file.open("wb", buffering=0) as noted:
        server = await asyncio.get_running_loop().create_server(
            lambda: Talk(noted), "127.0.0.1", port
        )
        print("ready", flush=True)
        await server.serve_forever()


class Sink:
    """The mail server, seen by who measures."""

    def __init__(self, port: int, file: Path, process: subprocess.Popen[str]) -> None:
        self.url = f"smtp://127.0.0.1:{port}"
        self.file, self.process = file, process

    def count(self) -> int:
        """Return how many mails it has taken."""
        return self.file.stat().st_size // LINE

    def wait_for(self, mails: int) -> None:
        """Wait until it has taken this many in all."""
        until = time.monotonic() + AT_MOST
        while self.count() < mails:
            assert time.monotonic() < until, f"{mails - self.count()} mails did not arrive"
            time.sleep(0.02)

    def arrived(self, since: int = 0) -> list[tuple[uuid.UUID, float]]:
        """Return the ids of the mails after the first `since`, and when each was taken."""
        rows = [line.split() for line in self.file.read_text().splitlines()[since:]]
        return [(uuid.UUID(name), float(at)) for name, at in rows]

    def cpu(self) -> float:
        """Return the seconds of CPU that it has used."""
        return used(self.process.pid)


@contextmanager
def taking_mails(folder: Path) -> Iterator[Sink]:
    """Run the mail server until the block ends."""
    port, file = free_port(), folder / "mails"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.mail_sink", str(port), str(file)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        yield Sink(port, file, process)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
