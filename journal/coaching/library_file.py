"""A coach's own exercise as a file of the guide, as docs/content-format.md has it."""

import json
from typing import Any

from journal.entries.questions import Question

# The guide wants a worked example with every exercise; whoever adds the file writes it.
EXAMPLE = ("## An example {#example}", "", "Write an example here.")
SAID = ("ask", "hint", "low", "high", "frame")


def content_file(body: dict[str, Any]) -> str:
    """Return an exercise as front matter and a body; it can be put into a folder of the guide.

    A backslash and a quotation mark in somebody's words are written so that they stay words.
    """
    front = [
        f"title = {text(body['title'])}",
        f"minutes = {body['minutes']}",
        f"purpose = {text(body['purpose'] or body['title'])}",
        'closing = "Close the page when you are done; it keeps."',
    ]
    asked = [line for question in body["questions"] for line in field(question)]
    return "\n".join(["+++", *front, *asked, "+++", *EXAMPLE, ""])


def field(question: Question) -> list[str]:
    """Return one question as a table of the front matter."""
    rows = ["", "[[fields]]", f"key = {text(question['key'])}", f"type = {text(question['type'])}"]
    rows += [f"{name} = {text(question[name])}" for name in SAID if question[name]]
    if question["options"]:
        options = [
            f"  {{value = {text(one['value'])}, label = {text(one['label'])}}},"
            for one in question["options"]
        ]
        rows += ["options = [", *options, "]"]
    return rows


def text(words: str) -> str:
    """Return words as a string of TOML, which takes what JSON writes but for one character."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")
