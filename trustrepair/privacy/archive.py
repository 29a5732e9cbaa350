"""A file that somebody brings in, read in memory and with care: it may be anything.

Nothing is unpacked onto the disk and no name in a zip is ever used as a path. What is read is
counted, so that a small file which grows without end is put down after some megabytes.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

MIB = 1024 * 1024
MOST_FILES = 50_000
MOST_READ = 512 * MIB
MOST_AT_ONCE = 64 * MIB
# Words pack to a third or a tenth; a bomb to a thousandth. Small files may pack as they like.
MOST_RATIO, FROM = 100, 16 * MIB
PIECE = 64 * 1024
JUNK = {"__MACOSX"}
BROKEN = (BadZipFile, LargeZipFile, zlib.error, struct.error, EOFError, OSError, ValueError,
          NotImplementedError, RuntimeError, OverflowError, IndexError)  # fmt: skip

DAMAGED = "This file is damaged: it cannot be read to its end. Make it once more, or copy it again."
LOCKED = "This zip is locked with a password. Unpack it, make one without a password, bring that."
GROWS = "This file unpacks to far more than a journal would. It was put down unread."
CLIMBS = "A name in this zip leads out of its own folder. No journal makes such a file."
CROWDED = f"There are more than {MOST_FILES:,} files in this zip. Bring it in parts."


class Unreadable(Exception):
    """A file that cannot be brought in; says why to the person, and with which status."""

    def __init__(self, why: str, status: int = 422) -> None:
        super().__init__(why)
        self.why, self.status = why, status


class Bundle:
    """The files of a zip, or one file alone; reading raises Unreadable where it must stop."""

    def __init__(self, data: bytes, name: str) -> None:
        self.size = len(data)
        self.count = 0
        self.data = data
        self.inside: dict[str, ZipInfo | None] = {}
        self.twice: list[str] = []
        self.zip = None
        if data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
            self.zip = opened(data)
            self._look_inside(self.zip)
        else:
            self.inside = {PurePosixPath(name.replace("\\", "/")).name or "file": None}

    def _look_inside(self, archive: ZipFile) -> None:
        for info in archive.infolist():
            name = info.filename.replace("\\", "/")
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\0" in name:
                raise Unreadable(CLIMBS)
            if info.is_dir() or path.name.startswith(".") or JUNK & set(path.parts):
                continue
            if info.flag_bits & 0x1:
                raise Unreadable(LOCKED)
            if name in self.inside:
                self.twice.append(name)
                continue
            self.inside[name] = info

    def names(self, *endings: str) -> list[str]:
        """Return the names of files with one of these endings, sorted."""
        return sorted(name for name in self.inside if name.lower().endswith(endings))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a file in pieces.

        Raises:
            Unreadable: it is damaged, packed in a way we do not know, or grows too large.
        """
        info = self.inside[name]
        if info is None or self.zip is None:
            yield from (self.data[at : at + PIECE] for at in range(0, self.size, PIECE))
            return
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise Unreadable(DAMAGED)
        try:
            with self.zip.open(info) as file:
                while piece := file.read(PIECE):
                    self._weigh(len(piece))
                    yield piece
        except BROKEN:
            raise Unreadable(DAMAGED) from None

    def _weigh(self, more: int) -> None:
        self.count += more
        if self.count > MOST_READ or self.count > max(FROM, MOST_RATIO * self.size):
            raise Unreadable(GROWS, 413)

    def text(self, name: str) -> str:
        """Return a whole file as text.

        Raises:
            Unreadable: as `pieces` does, or the file alone is too large.
            UnicodeDecodeError: it is in no encoding that says which it is.
        """
        held = bytearray()
        for piece in self.pieces(name):
            held += piece
            if len(held) > MOST_AT_ONCE:
                raise Unreadable(GROWS, 413)
        return decoded(bytes(held))

    def lines(self, name: str, most: int) -> Iterator[bytes]:
        """Yield a file line by line; what is longer than `most` is cut off there."""
        held = b""
        for piece in self.pieces(name):
            *whole, held = (held + piece).split(b"\n")
            yield from whole
            if len(held) > most:
                raise Unreadable(DAMAGED)
        if held:
            yield held


def opened(data: bytes) -> ZipFile:
    """Return a zip whose list of files has been read.

    Raises:
        Unreadable: there is no such list, or it is longer than any journal's.
    """
    if data.count(b"PK\x01\x02") > MOST_FILES:
        raise Unreadable(CROWDED)
    try:
        return ZipFile(BytesIO(data))
    except BROKEN:
        raise Unreadable(DAMAGED) from None


def decoded(raw: bytes) -> str:
    """Return bytes as text: UTF-8, or UTF-16 that says so in its first bytes.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16")
    return raw.decode("utf-8-sig")
