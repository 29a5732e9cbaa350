"""What costs: inside a loop over people's entries nothing is looked up, translated or included.

Every template that is not declared public is looked at, and every loop in it is declared here: over
rows of which a person may have thousands (GROWS), or over something short and fixed (SHORT: the
guide, a form's fields, a person's own few). In loops that grow, the view has set it all ready.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.base import FilterExpression, Node, VariableNode
from django.template.defaulttags import ForNode, URLNode
from django.template.loader_tags import IncludeNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

# Without anybody's own rows: the guide; forms and frames as Django and allauth have them.
PUBLIC = {"account", "allauth", "forms", "guide", "mfa", "safety.html", "styleguide.html"}
GROWS = {
    "mails", "asked.answers", "asked.others", "before", "jar.lately", "line.replies",
    "plans", "more.talks.shown", "pacts", "pages", "replies", "report.odd",
    "stream.lines", "talks.lines",
    "week.answers", "weeks",
    "asked", "copies", "drafts", "kept", "moved", "notes", "talk", "tasks",
    "months", "lines", "lately", "written", "versions", "found", "rows", "entries", "results",
    "hits", "pieces", "readings", "then",
}  # fmt: skip
SHORT = {
    "fields", "coaches", "form", "form.phones", "form.rows", "form.visible_fields", "initials",
    "items", "line.parts", "list", "messages", "page.parts", "pact.choices", "places",
    "repair.parts", "repairing.errors.items", "row.choices", "row.said", "tabs",
    "form.kind", "form.days", "form.channel", "preview.words", "preview.dates", "note.words",
    "asks", "filters", "parts", "rooms", "sets", "show.rows", "shows", "sorts",
    "answers", "answer.notes", "charts", "names", "one.numbers", "others", "spans",
    "body.feelings", "carried", "choices", "exercises", "feelings",
    "field", "field.errors", "one.visible_fields", "form.afraid", "form.causes.errors",
    "form.cause_rows", "form.non_field_errors", "form.part", "frame", "from_coach", "further",
    "group.words", "groups", "hit.around", "kept_phrases", "margin", "mending.rows", "news",
    "now_kept", "openings", "outline", "path.places", "question.ways", "questions", "shown",
    "standing", "steps",
    "tool.sections", "tools", "user.TEXT_SIZES",
}  # fmt: skip
BARRED_FILTERS = {
    "date", "localtime", "naturaltime", "time", "timesince", "timeuntil", "truncatechars",
    "truncatechars_html", "truncatewords", "truncatewords_html",
}  # fmt: skip
BARRED_TAGS = (URLNode, TranslateNode, BlockTranslateNode, IncludeNode)


def templates() -> list[str]:
    top = Path(settings.BASE_DIR) / "templates"
    there = {path.name for path in top.iterdir()}
    assert there > PUBLIC, "something that is no more"
    private = [path for path in top.iterdir() if path.name not in PUBLIC]
    found = [one for path in private for one in (path.rglob("*.html") if path.is_dir() else [path])]
    return sorted(str(path.relative_to(top)) for path in found)


def nodes(name: str) -> Iterator[Node]:
    template = engines["django"].get_template(name).template
    yield from template.nodelist.get_nodes_by_type(Node)


def inside(loop: ForNode) -> Iterator[Node]:
    yield from loop.nodelist_loop.get_nodes_by_type(Node)


def expressions(node: Node) -> Iterator[FilterExpression]:
    for value in vars(node).values():
        if isinstance(value, FilterExpression):
            yield value
    if isinstance(node, VariableNode):
        yield node.filter_expression


def over(loop: ForNode) -> str:
    return loop.sequence.token.partition("|")[0]


@pytest.mark.parametrize("name", templates())
def test_every_loop_is_declared(name: str) -> None:
    loops = {over(node) for node in nodes(name) if isinstance(node, ForNode)}
    assert loops <= GROWS | SHORT, loops - GROWS - SHORT


@pytest.mark.parametrize("name", templates())
def test_a_loop_over_entries_only_prints(name: str) -> None:
    for loop in nodes(name):
        if not isinstance(loop, ForNode) or over(loop) not in GROWS:
            continue
        for node in inside(loop):
            where = f"{name}: in the loop over {over(loop)}: {node!r}"
            assert not isinstance(node, BARRED_TAGS), where
            for expression in expressions(node):
                used = {filter_.__name__ for filter_, _ in expression.filters}
                assert not used & BARRED_FILTERS, f"{where} uses {used & BARRED_FILTERS}"


def test_the_watch_sees_what_it_is_for() -> None:
    source = (
        "{% load i18n %}{% for line in lines %}{% if line %}{% url 'home' %}{{ line.at|date }}"
        "{% translate 'x' %}{% include 'parts/seam.html' %}{{ line|truncatechars:3 }}{% endif %}"
        "{% endfor %}"
    )
    loop = engines["django"].from_string(source).template.nodelist.get_nodes_by_type(ForNode)[0]
    found = list(inside(loop))
    assert {type(node) for node in found} >= {URLNode, TranslateNode, IncludeNode}
    used = {f.__name__ for node in found for e in expressions(node) for f, _ in e.filters}
    assert used & BARRED_FILTERS == {"date", "truncatechars"}
