"""Finding a word wherever a site keeps things, in any dress that a word is likely to wear."""

import base64
import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import redis

Hay = Iterator[tuple[str, bytes]]  # (where, what stands there)


def dresses(word: str) -> dict[str, bytes]:
    """Return a word as bytes in every form we look for; letters of base64 at each alignment."""
    plain = word.encode()
    forms = {
        "utf-8": plain,
        "latin-1": word.encode("latin-1"),
        "utf-16": word.encode("utf-16-le"),
        "hex": plain.hex().encode(),
        "percent-encoded": quote(word).encode(),
        "all percent-encoded": "".join(f"%{byte:02X}" for byte in plain).encode(),
        "json": json.dumps(word)[1:-1].encode(),
        "backwards": plain[::-1],
    }
    for before in range(3):
        # What stands before and after is not known: the letters that it touches are left out.
        whole = base64.b64encode(b"\0" * before + plain)
        last = len(whole) - (4 if (before + len(plain)) % 3 else 0)
        middle = whole[4 if before else 0 : last]
        forms[f"base64 at {before}"] = middle
        forms[f"base64 for addresses at {before}"] = middle.translate(bytes.maketrans(b"+/", b"-_"))
    return forms


def find(words: dict[str, str], hay: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return what was found, each as "<which word>, <form>, <where>"; case makes no difference."""
    needles = [
        (name, form, dress) for name, word in words.items() for form, dress in dresses(word).items()
    ]
    found = []
    for where, stuff in hay:
        lower = stuff.lower()
        for name, form, dress in needles:
            exact = form.startswith("base64")
            if (dress in stuff) if exact else (dress.lower() in lower):
                found.append(f"{name}, {form}, {where}")
    return found


def as_bytes(value: Any) -> bytes:
    """Return one value of a row as it is stored."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    return b"" if value is None else str(value).encode()


def files(folder: Path) -> Hay:
    """Yield every file below a folder, with its name: database, log of writes, broker, mails."""
    for path in sorted(folder.rglob("*")):
        yield f"the name of {path.relative_to(folder)}", str(path.relative_to(folder)).encode()
        if path.is_file():
            with contextlib.suppress(FileNotFoundError):  # a message that was taken meanwhile
                yield str(path.relative_to(folder)), path.read_bytes()


def sqlite_rows(path: Path) -> Hay:
    """Yield every value of every table: long ones are in pieces in the file itself."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        for (table,) in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield f"table {table}", b"\n".join(map(as_bytes, row))


def postgres_rows(url: str) -> Hay:
    """Yield every value of every table of a database, Django's own included."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            for row in connection.execute(f"SELECT * FROM {table}".encode()):
                yield f"table {table}", b"\n".join(map(as_bytes, row))


def redis_values(url: str) -> Hay:
    """Yield every key of a Redis database with all it holds: sessions, cache, broker."""
    store = redis.Redis.from_url(url)
    for key in store.scan_iter():
        read: dict[bytes, Any] = {
            b"string": store.get, b"list": lambda name: store.lrange(name, 0, -1),
            b"hash": store.hgetall, b"set": store.smembers,
            b"zset": lambda name: store.zrange(name, 0, -1),
        }  # fmt: skip
        held = read[bytes(store.type(key))](key)
        values = [*held.keys(), *held.values()] if isinstance(held, dict) else held
        parts = [values] if isinstance(values, bytes) else list(values or [])
        yield f"redis {key!r}", b"\n".join([key, *map(as_bytes, parts)])


def rows(folder: Path, variables: dict[str, str]) -> Hay:
    """Yield every row of the database that a site with these variables uses."""
    if "DATABASE_URL" in variables:
        yield from postgres_rows(variables["DATABASE_URL"])
    else:
        yield from sqlite_rows(folder / "trustrepair.sqlite3")
    if "REDIS_URL" in variables:
        yield from redis_values(variables["REDIS_URL"])
