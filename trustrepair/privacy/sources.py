"""What a file brings: our own export, Day One, jrnl, or a folder of Markdown, as one kind of line.

Each reader yields records as `checking` returns them. What it cannot take, it says to the report,
and goes on; only a file that cannot be read at all is refused.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time, tzinfo
from pathlib import PurePosixPath
from typing import Any, NoReturn

from django.utils import timezone

from journal.entries.forms import EARLIEST, LATEST
from journal.entries.writing import MOST
from journal.vault.words import visible
from trustrepair.privacy.archive import GROWS, Bundle, Unreadable
from trustrepair.privacy.checking import Odd, checked
from trustrepair.privacy.matching import first_version, foreign
from trustrepair.privacy.records import SCHEMA, VERSION, Record

OURS, DAY_ONE, JRNL, MARKDOWN = "ours", "Day One", "jrnl", "Markdown"
LISTED = 100
LINE = 8 * 1024 * 1024
# Values in one piece of JSON. Ten thousand entries of Day One's come to half of it; empty lists,
# three bytes each, take twenty times their size in memory.
MOST_VALUES, FEW_LETTERS = 1_000_000, 1_000_000
TITLE = 200
NOTHING = (
    "There is nothing in this file that can be read here. It takes our own export, a Day One "
    "export (JSON, in its zip), jrnl’s JSON, and a zip of Markdown or text files."
)
NEWER = "This file was made by a later version than this house. It cannot be read here yet."
NOT_OURS = "The journal in this file does not begin as an export does. It cannot be brought in."
TWO = "There are two journals in this zip. Bring one at a time."
NO_DATE = "its date cannot be, so it would come with today’s"
TOO_LONG = f"longer than the {MOST:,} characters that a page holds"
DAY = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")
FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# Bounded, or a file of openings without an end would keep a process busy for days.
PICTURE = re.compile(r"!\[[^\[\]\n]{0,300}\]\(dayone-moment:[^()\s]{0,300}\)\n?")
# Text in JSON, also where it does not end: one that must end is looked for from every quote on.
QUOTED = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!~>|])")


@dataclass
class Report:
    """What was found in a file, and what became of it. Sealed, never logged: it holds words."""

    format: str = ""
    pages: int = 0
    doubles: int = 0
    beside: int = 0
    relationships: int = 0
    versions: int = 0
    first: str = ""
    last: str = ""
    pictures: int = 0
    untrashed: int = 0
    odd: list[list[str]] = field(default_factory=list)
    odd_more: int = 0
    pieces: int = 0
    came: int = 0

    def say(self, where: str, why: str) -> None:
        """Note something that was not understood."""
        if len(self.odd) < LISTED:
            self.odd.append([visible(where)[:120], why])
        else:
            self.odd_more += 1

    def to_seal(self) -> Record:
        """Return plain values to hand to the vault."""
        return asdict(self)


def read(bundle: Bundle, report: Report, zone: tzinfo) -> Iterator[Record]:
    """Return the records of a file, whatever made it.

    Raises:
        Unreadable: nothing in it is known here, or it stops being readable on the way.
    """
    for name in bundle.twice:
        report.say(name, "this name is in the zip twice; only the first was read")
    if ours := [name for name in bundle.names(".jsonl") if is_ours(name)]:
        if len(ours) > 1:
            raise Unreadable(TWO)
        report.format = OURS
        return lines_of_ours(bundle, ours[0], report)
    if found := bundle.names(".json"):
        return numbered(entries_of_json(bundle, found, report, zone))
    if found := bundle.names(".md", ".markdown", ".txt"):
        report.format = MARKDOWN
        return numbered(entries_of_markdown(bundle, found, report, zone))
    raise Unreadable(NOTHING, 415)


# --- our own ------------------------------------------------------------------------------------
def is_ours(name: str) -> bool:
    """Whether a file in a zip, or alone, is the journal of an export."""
    return PurePosixPath(name).name.endswith(".jsonl")


def lines_of_ours(bundle: Bundle, name: str, report: Report) -> Iterator[Record]:
    """Yield the lines of our own export; a version follows the entry it is of."""
    lines = enumerate(bundle.lines(name, LINE), start=1)
    look_at_header(next(lines, (0, b""))[1])
    seen: set[str] = set()
    entry: Record = {"source": ""}
    for number, raw in lines:
        if not raw.strip():
            continue
        try:
            record = checked(loads(raw.decode()), entry)
            one = record.get("source") or record["entry"] + record["save"]
            if one in seen:
                raise Odd("this id came before")
        except (ValueError, RecursionError) as error:
            report.say(f"Line {number:,}", str(error) if isinstance(error, Odd) else "not JSON")
            continue
        seen.add(one)
        entry = record if record["type"] == "entry" else entry
        yield record


def look_at_header(raw: bytes) -> None:
    """Refuse what does not begin as an export of a version we know."""
    try:
        header = loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable(NOT_OURS) from None
    if not isinstance(header, dict) or header.get("schema") != SCHEMA:
        raise Unreadable(NOT_OURS)
    version = header.get("version")
    if version != VERSION:
        raise Unreadable(NEWER if isinstance(version, int) and version > VERSION else NOT_OURS)


def loads(text: str) -> Any:
    """Return a JSON value; NaN and its like are none.

    Raises:
        Unreadable: it holds more values than any journal.
        ValueError: it is no JSON.
    """
    if len(text) > FEW_LETTERS:
        bare = QUOTED.sub("", text)
        if sum(map(bare.count, ",[{")) > MOST_VALUES:
            raise Unreadable(GROWS, 413)
    return json.loads(text, parse_constant=refuse)


def refuse(word: str) -> NoReturn:
    """Refuse what JSON does not know."""
    raise ValueError(word)


# --- others' JSON -------------------------------------------------------------------------------
def entries_of_json(
    bundle: Bundle, names: list[str], report: Report, zone: tzinfo
) -> Iterator[Record]:
    """Yield the entries of Day One's or jrnl's files."""
    others = len(bundle.inside) - len(names)
    understood = False
    for name in names:
        try:
            value = loads(bundle.text(name))
        except (ValueError, RecursionError):
            report.say(name, "not JSON, or not in UTF-8")
            continue
        entries = entries_in(value)
        if entries is None:
            report.say(name, "no journal in it that we know")
            continue
        understood = True
        for number, one in enumerate(entries, start=1):
            yield from one_of_json(one, f"{name}, {number:,}", report, zone)
    if not understood:
        raise Unreadable(NOTHING, 415)
    if others and report.format == DAY_ONE:
        report.pictures = others


def entries_in(value: Any) -> list[Any] | None:
    """Return the list of entries of a file, or None."""
    if isinstance(value, dict) and isinstance(value.get("entries"), list):
        return list(value["entries"])
    return [value] if isinstance(value, dict) and {"title", "body", "date"} <= set(value) else None


def one_of_json(one: Any, where: str, report: Report, zone: tzinfo) -> Iterator[Record]:
    """Yield one entry of Day One or jrnl, if it can be taken."""
    if isinstance(one, dict) and ("creationDate" in one or "uuid" in one):
        report.format = DAY_ONE
        made = of_day_one(one, where, report)
    elif isinstance(one, dict) and "date" in one and ("body" in one or "title" in one):
        report.format = JRNL
        made = of_jrnl(one, where, report, zone)
    else:
        report.say(where, "not an entry that we know")
        return
    yield from sound(made, where, report)


def of_day_one(one: Record, where: str, report: Report) -> Record:
    """Return an entry of Day One's; pictures and places stay behind."""
    text = one.get("text") or ""
    text = text if isinstance(text, str) else ""
    bare = ESCAPED.sub(r"\1", PICTURE.sub("", text))
    tags = one.get("tags")
    if isinstance(tags, list) and tags:
        bare += "\n\nTags: " + ", ".join(str(tag) for tag in tags[:100])
    title, rest = split_title(bare)
    source = str(one.get("uuid") or f"{one.get('creationDate')}|{title}")
    when = instant(one.get("creationDate"), where, report)
    return foreign(f"dayone:{source}", title, rest, when)


def of_jrnl(one: Record, where: str, report: Report, zone: tzinfo) -> Record:
    """Return an entry of jrnl's; its times are those of the person's own clock."""
    title, body = (str(one.get(name) or "") for name in ("title", "body"))
    day, clock = str(one.get("date") or ""), str(one.get("time") or "00:00")
    when = instant(f"{day}T{clock}", where, report, zone)
    if len(title) > TITLE:
        title, body = "", f"{title}\n{body}"
    return foreign(f"jrnl:{day} {clock} {one.get('title')}", title, body, when)


# --- Markdown -----------------------------------------------------------------------------------
def entries_of_markdown(
    bundle: Bundle, names: list[str], report: Report, zone: tzinfo
) -> Iterator[Record]:
    """Yield a page for each file of text."""
    report.pictures = len(bundle.inside) - len(names)
    for name in names:
        try:
            text = bundle.text(name)
        except UnicodeDecodeError:
            report.say(name, "not in UTF-8, so its letters cannot be told")
            continue
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        facts, text = front_matter(text)
        title, rest = split_title(text)
        title = facts.get("title") or title or (stem(name) if rest.strip() else "")
        when = day_of(facts.get("date", ""), name, bundle, zone)
        yield from sound(foreign(f"file:{name}", title[:TITLE], rest, when), name, report)


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the plain facts that stand before a text, and the text without them."""
    found = FRONT.match(text)
    if not found:
        return {}, text
    pairs = [line.partition(":") for line in found[1].split("\n") if ":" in line]
    facts = {name.strip().lower(): value.strip().strip("\"'") for name, _, value in pairs}
    return facts, text[found.end() :]


def split_title(text: str) -> tuple[str, str]:
    """Take a first line that is a heading from a text."""
    first, _, rest = text.lstrip("\n").partition("\n")
    if first.startswith("# ") and len(first) <= TITLE:
        return first[2:].strip(), rest.strip("\n")
    return "", text.strip("\n")


def stem(name: str) -> str:
    """Return what a file is called, unless that is only a day."""
    bare = PurePosixPath(name).stem
    return "" if not DAY.sub("", bare).strip(" -_.") else bare


def day_of(said: str, name: str, bundle: Bundle, zone: tzinfo) -> str:
    """Return when a file was written: as it says, as its name says, or as the zip has it."""
    for text in (said, name):
        for year, month, day in reversed(DAY.findall(text)):
            try:
                return local(datetime(int(year), int(month), int(day)), zone, exact(text))
            except (ValueError, OverflowError):
                continue
    info = bundle.inside[name]
    try:
        return local(datetime(*info.date_time), zone) if info else now()
    except (ValueError, OverflowError):
        return now()


def exact(text: str) -> time | None:
    """Return the time of day that stands behind a date, if any."""
    found = re.search(r"[T ](\d{2}):(\d{2})", text)
    return time(int(found[1]), int(found[2])) if found else None


# --- what they share ----------------------------------------------------------------------------
def numbered(records: Iterator[Record]) -> Iterator[Record]:
    """Tell apart records of one source, as of one minute; add the first version of each."""
    met: Counter[str] = Counter()
    for record in records:
        met[record["source"]] += 1
        if met[record["source"]] > 1:
            record["source"] += f"|{met[record['source']]}"
        yield record
        yield first_version(record)


def sound(record: Record, where: str, report: Report) -> Iterator[Record]:
    """Yield a page that says something and fits; otherwise say why not."""
    if not record["text"].strip() and not record["title"].strip():
        report.say(where, "no words in it")
    elif len(record["text"]) > MOST:
        report.say(where, TOO_LONG)
    else:
        yield record


def instant(raw: Any, where: str, report: Report, zone: tzinfo = UTC) -> str:
    """Return a time that another program wrote; for one that cannot be, now, and say so."""
    try:
        found = datetime.fromisoformat(str(raw))
        return local(found, zone) if found.tzinfo is None else bounded(found)
    except (ValueError, OverflowError):
        report.say(where, NO_DATE)
        return now()


def local(when: datetime, zone: tzinfo, clock: time | None = None) -> str:
    """Return a time on the person's own clock."""
    if clock is not None:
        when = datetime.combine(when.date(), clock)
    elif when.time() == time(0):
        when = datetime.combine(when.date(), time(12))
    return bounded(when.replace(tzinfo=zone))


def bounded(when: datetime) -> str:
    """Return a time as records have it.

    Raises:
        ValueError: it lies before 1900 or after 2200.
    """
    if not EARLIEST.year <= when.year <= LATEST.year:
        raise ValueError("a date that cannot be")
    return when.astimezone(UTC).isoformat()


def now() -> str:
    """Return this moment as records have it."""
    return timezone.now().isoformat()
