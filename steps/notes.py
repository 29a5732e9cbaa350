"""Gentle notes for the margin: words that tend to start a defence, and a beginning to use instead.

`notes()` meets blaming starts (“you never …”) and apologies that take themselves back (“sorry if
…”). It knows no people and keeps nothing: text in, notes out, the same for the same text. What it
looks for, why, and what it offers stands in `margin-notes.toml` of the guide. It stays quiet where
somebody else's words are told or quoted, where a phrase is denied or hoped against, and in
sentences of thanks, love and praise. Its cost grows with the length of the text and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from steps.files import FALLBACK, language_folder
from steps.note_reading import Sentence, sentences
from steps.note_rules import Book, Hit, Phrases, book

NEAR = 4  # words after a phrase within which its meaning is settled
FAR = 20
SHORT = 3  # a sentence with no more words beside a phrase is a charge by its brevity
PASSED = 3  # words of a phrase left in peace that belong to no other
BRIDGE = 6
CHAIN = 8


@dataclass(frozen=True)
class Note:
    """One note beside one phrase.

    `phrase` is `text[start:end]` (places count code points), `kind` is `blame` or `apology`, and
    `instead` a beginning with gaps (…) that may take the phrase's place.
    """

    key: str
    phrase: str
    start: int
    end: int
    reason: str
    instead: str
    kind: str


def notes(text: str, language: str = FALLBACK) -> list[Note]:
    """Return the notes for a text in order of appearance, never two on the same words.

    Args:
        text: plain words, of any length.
        language: whose rules to read by; English where a language has none.

    Raises:
        ContentError: the rules' file cannot be read.
    """
    rules = book(tuple(Path(top) for top in settings.CONTENT_DIRS), language_folder(language))
    found: list[Note] = []
    read = sentences(text, rules.folding)
    for number, sentence in enumerate(read):
        following = read[number + 1] if number + 1 < len(read) else None
        for hit in _spoken(sentence, following, rules):
            start, end = sentence.spans[hit.start][0], sentence.spans[hit.end - 1][1]
            rule = hit.rule
            found.append(
                Note(rule.key, text[start:end], start, end, rule.reason, rule.instead, rule.kind)
            )
    return found


def _spoken(sentence: Sentence, following: Sentence | None, rules: Book) -> list[Hit]:
    """Return the phrases of a sentence that somebody says here and now, and means."""
    found: list[Hit] = []
    thanks: _Thanks | None = None
    free = 0  # the first word that no phrase before has taken
    told_until: int | None = None
    for place in range(len(sentence.words)):
        hit = rules.met(sentence, place) if place >= free else None
        if hit is None:
            continue
        free = min(hit.end, hit.start + PASSED)
        if _told(sentence, hit, rules) or _told_too(sentence, told_until, place, rules):
            free = told_until = hit.end
            continue
        if hit.rule.kind == "blame" and thanks is None:
            thanks = _Thanks(sentence, following, rules)
        if _meant_well(sentence, hit, rules) or (thanks is not None and thanks.embrace(hit)):
            continue
        free = hit.end
        if found and found[-1].rule.kind == hit.rule.kind and found[-1].end == hit.start:
            continue  # one thought in two phrases, such as “sorry, but” and “you started it”
        found.append(hit)
    return found


def _told(sentence: Sentence, hit: Hit, rules: Book) -> bool:
    """Say whether the phrase is somebody's words retold, or denied, or both."""
    quiet = rules.quiet
    if quiet.denials.before(sentence, hit.start):
        return True
    place = hit.start
    for _ in range(BRIDGE + 1):
        if quiet.reports.before(sentence, place):
            return not quiet.said_now.before(sentence, place)
        if not place or sentence.words[place - 1] not in quiet.bridge:
            break
        place -= 1
    if quiet.denials_after.first(sentence, hit.end, hit.end + FAR):
        return True
    end = min(len(sentence.words) - 1, hit.end + FAR)
    for place in range(hit.end, end):
        if sentence.words[place] in {",", "–"}:
            teller = quiet.tellers.at(sentence, place + 1)
            # “…, she said” ends there, and “…, you said you would” does not.
            if teller == len(sentence.words) or (
                teller is not None and sentence.words[teller] in quiet.teller_ends
            ):
                return True
    return False


def _told_too(sentence: Sentence, told_until: int | None, place: int, rules: Book) -> bool:
    """Say whether a phrase is joined to a told one: “words like you always and you never”."""
    if told_until is None or place - told_until > CHAIN:
        return False
    if place == told_until:
        return True
    between = sentence.words[told_until:place]
    return sentence.scopes[told_until - 1] == sentence.scopes[
        place
    ] and not rules.quiet.joints.isdisjoint(between)


def _meant_well(sentence: Sentence, hit: Hit, rules: Book) -> bool:
    """Say whether the words around the phrase turn it into something kind, owned, or hoped."""
    rule = hit.rule
    if rule.before.before(sentence, hit.start):
        return True
    if rule.may_hang and rules.quiet.conditions.before(sentence, hit.start):
        return True
    if hit.end >= len(sentence.words):
        return False
    near, far = (sentence.scope_end(hit.end, limit) for limit in (NEAR, FAR))
    kinds = [rule.after.first(sentence, hit.end, near), rule.later.first(sentence, hit.end, far)]
    kind = min((one for one in kinds if one), key=lambda one: (one[0], -one[1]), default=None)
    harsh = rule.harsh.first(sentence, hit.end, kind[0] + 1 if kind else near)
    if rule.despite.first(sentence, hit.end, hit.end + FAR):
        return False
    if kind:
        # At one place the longer phrase says more: “remember” is kind, “remember her …” is not.
        return harsh is None or (harsh[0] == kind[0] and harsh[1] < kind[1])
    return harsh is None and not _charges(sentence, hit, rules)


def _charges(sentence: Sentence, hit: Hit, rules: Book) -> bool:
    """Say whether a phrase is a charge where no word after it tells.

    A rule's `unsure` says what to do then: speak, speak of what touches the writer, be quiet.
    """
    if hit.rule.unsure == "quiet":
        return False
    if hit.rule.unsure == "mine":
        beside = len(sentence.words) - (hit.end - hit.start)
        return beside <= SHORT or not rules.quiet.mine.isdisjoint(sentence.vocabulary)
    return True


class _Thanks:
    """Where in a sentence there is thanks, love or praise."""

    def __init__(self, sentence: Sentence, following: Sentence | None, rules: Book) -> None:
        quiet = rules.quiet
        self._sentence = sentence
        self._before: dict[int, int] = {}  # scope: its first word of thanks
        self._after: dict[int, int] = {}  # scope: the last
        for place in range(len(sentence.words)):
            scope = sentence.scopes[place]
            if scope in sentence.conceding:
                continue
            end = quiet.thanks_before.at(sentence, place)
            if (
                end is not None
                and not quiet.thankless.before(sentence, place)
                and not _begins(quiet.thankless_next, sentence, end)
            ):
                self._before.setdefault(scope, place)
            if quiet.thanks_after.at(sentence, place) is not None:
                self._after[scope] = place
        end = quiet.thanks_next.at(following, 0) if following else None
        self._next = (
            following is not None
            and end is not None
            and not _begins(quiet.thankless_next, following, end)
        )

    def embrace(self, hit: Hit) -> bool:
        """Say whether a phrase stands in a thought of thanks, or right before a sentence of it."""
        if hit.rule.kind != "blame":
            return False
        scope = self._sentence.scopes[hit.start]
        length = len(self._sentence.words)
        return (
            self._before.get(scope, length) < hit.start
            or self._after.get(scope, -1) >= hit.end
            or (self._next and self._sentence.scopes[-1] == scope)
        )


def _begins(phrases: Phrases, sentence: Sentence, place: int) -> bool:
    return place < len(sentence.words) and phrases.at(sentence, place) is not None


def keys(language: str = FALLBACK) -> Sequence[str]:
    """Return the keys of all rules, in the file's order."""
    rules = book(tuple(Path(top) for top in settings.CONTENT_DIRS), language_folder(language))
    return [rule.key for rule in rules.rules]
