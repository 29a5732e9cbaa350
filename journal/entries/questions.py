"""The questions of an exercise as this person is asked them, and the copy an entry keeps.

A question is a plain dict (it is sealed with the entry): key, type, ask, hint, ways, options, low,
high, frame, page. Old entries are shown and edited with their own copy, so content may change.
"""

import re
from datetime import date
from typing import Any

from steps import catalogue

GAP = re.compile(r"\{(\w+)\}")
WRITTEN = {"long", "line", "lines", "frame"}
DOT = " · "  # the things of a list, set on one line
Question = dict[str, Any]


def asked(exercise: "catalogue.Exercise", part: str, kind: str | None) -> list[Question]:
    """Return the questions of an exercise, worded for a part and a kind of relationship."""
    return [
        {
            "key": field.key,
            "type": field.type,
            "ask": catalogue.for_kind(field.ask_for(part), kind),
            "hint": catalogue.for_kind(field.hint, kind),
            "ways": [catalogue.for_kind(way, kind) for way in field.ways],
            "options": [
                {
                    "value": option.value,
                    "label": catalogue.for_kind(option.label, kind),
                    "note": catalogue.for_kind(option.note, kind),
                    "link": option.link,
                }
                for option in field.options
            ],
            "low": catalogue.for_kind(field.low, kind),
            "high": catalogue.for_kind(field.high, kind),
            "frame": catalogue.for_kind(field.frame, kind),
            "page": field.page,
        }
        for field in exercise.fields
    ]


def named_anew(questions: list[Question], names: dict[str, str]) -> list[Question]:
    """Return questions with the scales that somebody named for themselves under those names."""
    plain = {"hint": "", "low": "not at all", "high": "very much"}
    return [{**q, **plain, "ask": names[q["key"]]} if q["key"] in names else q for q in questions]


def gaps(question: Question) -> list[str]:
    """Return the names of the gaps in a sentence with gaps, each once, in order."""
    return list(dict.fromkeys(GAP.findall(question["frame"])))


def in_words(question: Question, answer: Any) -> str:
    """Return an answer as plain text, whatever its type; an unanswered question gives ""."""
    if answer in (None, "", [], {}):
        return ""
    labels = {option["value"]: option["label"] for option in question["options"]}
    if question["type"] == "frame":
        if not any(said.strip() for said in answer.values()):
            return ""
        filled = {gap: answer.get(gap, "").strip() or "…" for gap in gaps(question)}
        return GAP.sub(lambda match: _before(match, filled[match[1]]), question["frame"])
    if question["type"] == "choice":
        return str(labels.get(answer, answer))
    if question["type"] in {"several", "feelings"}:
        return ", ".join(labels.get(value, value) for value in answer)
    if question["type"] == "lines":
        return "\n".join(answer)
    if question["type"] == "date":
        return _day(answer)
    if question["type"] == "scale":
        return f"{answer} of 7"
    return str(answer)


def _before(gap: re.Match[str], words: str) -> str:
    # An answer that ends its own sentence does not end the frame's twice.
    ended = gap.string[gap.end() : gap.end() + 1] == "." and words.endswith(".")
    return words[:-1] if ended and not words.endswith("..") else words


def _day(answer: str) -> str:
    try:
        day = date.fromisoformat(answer)
    except ValueError:
        return answer
    return f"{day.day} {day:%B} {day.year}"


def first_and_last(questions: list[Question], answers: dict[str, Any]) -> tuple[str, str]:
    """Return the words of the first and of the last question that has any.

    What somebody wrote comes before what they ticked: "tense, sad" tells them little later.
    """
    said = [(q["type"], _in_a_row(q, answers.get(q["key"]))) for q in questions]
    every = [words for _, words in said if words]
    own = [words for kind, words in said if words and kind in WRITTEN] or every
    return (own[0], own[-1]) if own else ("", "")


def _in_a_row(question: Question, answer: Any) -> str:
    # Lists show everything on one line, where the things of a list would run into one another.
    if question["type"] != "lines":
        return in_words(question, answer)
    return DOT.join(line.strip() for line in answer or [] if line.strip())


def by_page(questions: list[Question]) -> list[list[Question]]:
    """Group questions into the pages they are written on: as the exercise says, or one each."""
    if not any(question["page"] for question in questions):
        return [[question] for question in questions]
    pages: dict[int, list[Question]] = {}
    for question in questions:
        pages.setdefault(question["page"] or 1, []).append(question)
    return [pages[number] for number in sorted(pages)]
