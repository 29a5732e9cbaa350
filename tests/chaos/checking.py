"""Whether what was promised to tabs is what the database holds. Knows neither a site nor its rows.

A tab notes every save that was answered; the database is read once at the end. Each text is the
text before it and one word of its own, so that every word that was ever kept must stand in the
document's last text, once.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    """A save that a tab was answered: kept as a version, or beside because of a clash."""

    document: str
    save: str
    word: str
    text: str
    version: int
    beside: bool = False
    tries: int = 1


@dataclass(frozen=True)
class Row:
    """A version as the database holds it; thinned autosaves have no text any more."""

    save: str
    version: int
    beside: bool
    text: str | None


@dataclass(frozen=True)
class Document:
    """An entry as the database holds it, with all its versions."""

    version: int
    text: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Verdict:
    """What does not hold, by promise; every sentence names a document and a save."""

    lost: list[str]
    doubled: list[str]
    gaps: list[str]

    @property
    def broken(self) -> list[str]:
        """Every sentence."""
        return [*self.lost, *self.doubled, *self.gaps]


def check(answers: list[Answered], documents: dict[str, Document]) -> Verdict:
    """Hold every answered save against the documents."""
    of: dict[str, list[Answered]] = defaultdict(list)
    for one in answers:
        of[one.document].append(one)
    verdict = Verdict([], [], [])
    for name, said in of.items():
        if name in documents:
            hold(name, said, documents[name], verdict)
        else:
            verdict.lost.append(f"{name} is not there, with {len(said)} answered saves")
    verdict.doubled.extend(f"{name} was never answered" for name in set(documents) - set(of))
    return verdict


def hold(name: str, said: list[Answered], kept: Document, verdict: Verdict) -> None:
    """Hold the answered saves of one document against it."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in kept.rows:
        rows[row.save].append(row)
    words = Counter(kept.text.split())
    for one in said:
        what = f"{name}, save {one.save} ({one.word})"
        found = rows.pop(one.save, [])
        if not found:
            verdict.lost.append(f"{what}: no version of it")
        elif len(found) > 1:
            verdict.doubled.append(f"{what}: {len(found)} versions of it")
        elif found[0].beside != one.beside or (not one.beside and found[0].version != one.version):
            verdict.lost.append(f"{what}: kept otherwise than was said: {found[0]}")
        elif found[0].text not in ((one.text,) if one.beside else (one.text, None)):
            verdict.lost.append(f"{what}: kept with another text")
        if words[one.word] < 1:
            verdict.lost.append(f"{what}: not in the last text")
        elif words[one.word] > 1:
            verdict.doubled.append(f"{what}: {words[one.word]} times in the last text")
    verdict.doubled.extend(f"{name}: version of the unknown save {save}" for save in rows)
    versions = sorted(row.version for row in kept.rows if not row.beside)
    if versions != list(range(1, kept.version + 1)):
        verdict.gaps.append(f"{name}: versions {versions}, and it stands at {kept.version}")
    last = [row.text for row in kept.rows if not row.beside and row.version == kept.version]
    if last != [kept.text]:
        verdict.gaps.append(f"{name}: the last version and the page differ")
