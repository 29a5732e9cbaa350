"""Markdown of the guide's files to sections of HTML. Our own content only, raw HTML off."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from steps.pieces import Section

HEADING_ID = re.compile(r"\s*\{#([^}]*)\}\s*$")
INTERNAL = ("exercise", "step", "cause", "tool", "safety")
LINK = re.compile(rf"^({'|'.join(INTERNAL)}):([A-Za-z0-9_-]*)$")
WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")

# Given "exercise:clear-ask", a resolver returns an address, or None when there is no such thing.
Resolver = Callable[[str], str | None]

_markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).disable("image")


@dataclass(frozen=True)
class Heading:
    """A heading as it stands in the file; `id` is empty when none was given."""

    level: int
    title: str
    id: str


def count_words(text: str) -> int:
    """Return how many words a plain text has."""
    return len(WORD.findall(text))


def parse(body: str) -> list[Token]:
    """Return the tokens of a body."""
    return _markdown.parse(body)


def headings(tokens: Sequence[Token]) -> list[Heading]:
    """Return the headings in order."""
    found = []
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            match = HEADING_ID.search(tokens[number + 1].content)
            title = blocks(tokens[number : number + 2])[0].strip()
            found.append(Heading(int(token.tag[1]), title, match[1] if match else ""))
    return found


def links(tokens: Sequence[Token]) -> list[str]:
    """Return where every link points, in order."""
    return [
        str(child.attrs["href"])
        for token in tokens
        for child in token.children or ()
        if child.type == "link_open"
    ]


def blocks(tokens: Sequence[Token]) -> list[str]:
    """Return the plain words of every block, headings among them, without marks and ids."""
    found = []
    for number, token in enumerate(tokens):
        if token.type == "inline":
            text = "".join(
                child.content if child.type in {"text", "code_inline"} else " "
                for child in token.children or ()
                if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
            )
            if tokens[number - 1].type == "heading_open":
                text = HEADING_ID.sub("", text)
            found.append(text)
    return found


def sections(body: str, resolve: Resolver, shift: int = 0, prefix: str = "") -> tuple[Section, ...]:
    """Return the sections of a body: what stands under each heading of level two.

    `resolve` turns internal links into addresses; a link that leads nowhere becomes plain words
    (the checks name it). `shift` lowers the headings inside a section by so many levels, `prefix`
    is put before their ids, so that several bodies can share one page.
    """
    tokens = parse(body)
    starts = [
        n for n, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"
    ]
    found = []
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        heading = headings(tokens[start : start + 2])[0]
        inner = tokens[start + 3 : end]
        _prepare(inner, resolve, shift, prefix)
        html = _markdown.renderer.render(inner, _markdown.options, {})
        words = count_words(heading.title) + sum(
            count_words(token.content) for token in inner if token.type == "inline"
        )
        found.append(Section(prefix + heading.id, heading.title, html, words))
    return tuple(found)


def _prepare(tokens: Sequence[Token], resolve: Resolver, shift: int, prefix: str) -> None:
    for number, token in enumerate(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
        if token.type == "heading_open":
            inline = tokens[number + 1]
            match = HEADING_ID.search(inline.content)
            if match and inline.children:
                token.attrSet("id", prefix + match[1])
                last = inline.children[-1]
                last.content = HEADING_ID.sub("", last.content)
        if token.type == "inline" and token.children:
            token.children = _resolved(token.children, resolve)


def _resolved(children: list[Token], resolve: Resolver) -> list[Token]:
    kept = []
    dropping = 0
    for child in children:
        if child.type == "link_open":
            href = str(child.attrs["href"])
            if LINK.match(href):
                address = resolve(href)
                if address is None:
                    dropping += 1
                    continue
                child.attrSet("href", address)
        elif child.type == "link_close" and dropping:
            dropping -= 1
            continue
        kept.append(child)
    return kept
