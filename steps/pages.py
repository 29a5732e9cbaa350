"""The public guide: read by anyone, without a database, found by search engines.

What stands between header and footer depends on nothing but the files and whether somebody is
signed in (the button leads elsewhere), so it is rendered once and kept.
"""

import gzip
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from steps import catalogue
from steps.catalogue import Catalogue
from steps.pieces import PARTS, Cause, Exercise, Page, for_kind

View = Callable[..., HttpResponseBase]

PART_NAMES = {
    "hurt": "If you were hurt",
    "did": "If you did the hurting",
    "both": "If it went both ways",
}
# One question often serves two parts; its heading then names both.
SHARED_NAMES = {
    ("hurt", "did"): "If you were hurt, or did the hurting",
    ("hurt", "both"): "If you were hurt, or it went both ways",
    ("did", "both"): "If you did the hurting, or it went both ways",
}
KIND_NAMES = {
    "partner": "With a partner",
    "friend": "With a friend",
    "family": "In the family",
    "colleague": "At work",
    "other": "With someone else",
}
CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight")
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))")
PROMPTS_SHOWN = 6
MAX_AGE = 600
# Whole pages a process keeps; none while templates are being worked on.
KEPT = 0 if settings.DEBUG else 512


def indexable(view: View) -> View:
    """Mark a view's responses as meant for search engines; all others are kept from them."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.indexable = True  # type: ignore[attr-defined]
        return response

    return marked


def _guide() -> Catalogue:
    return catalogue.get(get_language() or "en")


@lru_cache(maxsize=KEPT)
def _main(guide: Catalogue, template: str, key: str, signed_in: bool) -> SafeString:
    """Return the rendered inside of one page; a catalogue read anew is another argument."""
    context = CONTEXTS[template](guide, key)
    return mark_safe(  # noqa: S308 (the output of our own template)
        render_to_string(template, {**context, "guide": guide, "signed_in": signed_in})
    )


def _shown(
    request: HttpRequest,
    template: str,
    key: str = "",
    *,
    title: str,
    description: str,
    shared: bool = True,
) -> HttpResponse:
    """Return a page of the guide, with an ETag and ten minutes in caches for strangers.

    A signed-in header carries a name, so that page is left to the house's rule, `no-store`; so is
    one that is not `shared`.
    """
    words = (title, for_kind(description, None), request.GET.get("on") == "begin")
    if request.user.is_authenticated:
        context = _context(_guide(), template, key, True, *words)
        return render(request, "guide/page.html", context)
    kept = _for_strangers(_guide(), request.path, template, key, *words)
    response = kept.answer(request)
    if not shared:
        return response
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.headers["ETag"] = kept.etag
    return get_conditional_response(request, etag=kept.etag, response=response) or response


def _context(
    guide: Catalogue, template: str, key: str, signed_in: bool,
    title: str, description: str, beginning: bool,
) -> dict[str, Any]:  # fmt: skip
    main = _main(guide, template, key, signed_in)
    return {"main": main, "title": title, "description": description, "beginning": beginning}


@lru_cache(maxsize=KEPT)
def _for_strangers(guide: Catalogue, path: str, *asked: Any) -> "Kept":
    """Return a whole page as everybody sees it who is not signed in."""
    template, key, *words = asked
    context = _context(guide, template, key, False, *words)
    return Kept.of(render_to_string("guide/page.html", context, nobodys(path)))


@dataclass(frozen=True)
class Kept:
    """A page that is the same for every stranger, as bytes, plain and compressed once.

    Only such pages are compressed here: they hold no token and nobody's words, so that their length
    on the wire gives nothing away.
    """

    plain: bytes
    zipped: bytes
    etag: str

    @classmethod
    def of(cls, html: str) -> "Kept":
        """Keep a page; its ETag is weak, since it names both its forms."""
        plain = html.encode()
        etag = f'W/"{blake2b(plain, digest_size=12).hexdigest()}"'
        return cls(plain, gzip.compress(plain, 9, mtime=0), etag)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return it in the form that this browser takes."""
        zipped = bool(GZIP.search(request.headers.get("Accept-Encoding", "")))
        response = HttpResponse(self.zipped if zipped else self.plain)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


def nobodys(path: str) -> HttpRequest:
    """Return a request by nobody in particular, for pages that are the same for every stranger."""
    request = HttpRequest()
    request.path = request.path_info = path
    return request


@login_not_required
@require_safe
@indexable
def guide(request: HttpRequest) -> HttpResponse:
    """Show the whole guide at a glance: six causes, eight steps, five tools."""
    return _shown(
        request,
        "guide/index.html",
        title="The guide",
        description="Six reasons why trust breaks, eight steps to mend it, five tools for any day.",
    )


@login_not_required
@require_safe
@indexable
def cause(request: HttpRequest, key: str) -> HttpResponse:
    """Show why trust broke; an unknown key is a 404."""
    found = _guide().causes.get(key)
    if found is None:
        raise Http404
    title, summary = found.title, found.summary
    return _shown(request, "guide/cause.html", key, title=title, description=summary)


@login_not_required
@require_safe
@indexable
def step(request: HttpRequest, key: str) -> HttpResponse:
    """Show one of the eight steps; an unknown key is a 404."""
    found = _guide().steps.get(key)
    if found is None:
        raise Http404
    title, summary = found.title, found.summary
    return _shown(request, "guide/step.html", key, title=title, description=summary)


@login_not_required
@require_safe
@indexable
def tool(request: HttpRequest, key: str) -> HttpResponse:
    """Show one of the five tools; an unknown key is a 404."""
    found = _guide().tools.get(key)
    if found is None:
        raise Http404
    title, summary = found.title, found.summary
    return _shown(request, "guide/tool.html", key, title=title, description=summary)


@login_not_required
@require_safe
@indexable
def step_exercise(request: HttpRequest, home: str, key: str) -> HttpResponse:
    """Show an exercise of a step; 404 for an unknown one and for one that lives elsewhere."""
    return _exercise(request, "step", home, key)


@login_not_required
@require_safe
@indexable
def tool_exercise(request: HttpRequest, home: str, key: str) -> HttpResponse:
    """Show an exercise of a tool; 404 for an unknown one and for one that lives elsewhere."""
    return _exercise(request, "tool", home, key)


def _exercise(request: HttpRequest, kind: str, home: str, key: str) -> HttpResponse:
    found = _guide().exercises.get(key)
    if found is None or (found.home_kind, found.home) != (kind, home):
        raise Http404
    title, purpose = found.title, found.purpose
    return _shown(request, "guide/exercise.html", key, title=title, description=purpose)


@login_not_required
@require_safe
@indexable
def safety(request: HttpRequest) -> HttpResponse:
    """Show the safety notes and the help lines; never kept in a cache on a shared device."""
    return _shown(
        request,
        "safety.html",
        title="Safety",
        description="If you are afraid of someone: what control looks like, planning, help lines.",
        shared=False,
    )


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines to keep to the public reading."""
    text = (
        "User-agent: *\nAllow: /$\nAllow: /guide/\nAllow: /safety/\nAllow: /privacy/\n"
        f"Disallow: /\n\nSitemap: {settings.SITE_URL}/sitemap.xml\n"
    )
    return _lasting(HttpResponse(text, content_type="text/plain; charset=utf-8"))


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the pages of the guide for search engines."""
    whole = _guide()
    kinds: list[Mapping[str, Page | Exercise]] = [
        whole.causes,
        whole.steps,
        whole.tools,
        whole.exercises,
    ]
    urls = ["/guide/", *(piece.url for kind in kinds for piece in kind.values())]
    context = {"addresses": [settings.SITE_URL + url for url in urls]}
    return _lasting(render(request, "guide/sitemap.xml", context, "application/xml"))


def _lasting(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return response


# --- what each template is given ------------------------------------------------------------------
def _index_context(guide: Catalogue, key: str) -> dict[str, Any]:
    return {"causes": list(guide.causes.values()), "states": ["ahead"] * len(guide.steps)}


def _page_context(page: Page) -> dict[str, Any]:
    """Return what causes, steps and tools share: the last section stands apart, after the rest."""
    return {
        "page": page,
        "sections": [one for one in page.sections if one.id not in {"enough", "not-enough"}],
        "ending": [one for one in page.sections if one.id in {"enough", "not-enough"}],
    }


def _questions(questions: dict[str, tuple[str, ...]]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(part, PART_NAMES[part], questions[part]) for part in PARTS]


def _kinds(kinds: dict[str, str]) -> list[tuple[str, str]]:
    return [(KIND_NAMES[kind], kinds[kind]) for kind in KIND_NAMES if kind in kinds]


def _around(pieces: Mapping[str, Page], key: str) -> dict[str, Any]:
    """Return the neighbours of a piece, for "before" and "after"."""
    row = list(pieces.values())
    at = [one.key for one in row].index(key)
    return {
        "before": row[at - 1] if at else None,
        "after": row[at + 1] if at + 1 < len(row) else None,
    }


def _cause_context(guide: Catalogue, key: str) -> dict[str, Any]:
    page = guide.causes[key]
    return {
        **_page_context(page),
        **_around(guide.causes, key),
        "questions": _questions(page.questions),
        "kinds": _kinds(page.kinds),
        "steps": [
            (guide.steps[one.key], one.why) for one in page.lean_on if one.key in guide.steps
        ],
        "exercises": [(guide.exercises[one.key], one.why) for one in page.exercises],
        "note": guide.safety.get("fear-and-control") if page.safety_first else None,
    }


def _step_context(guide: Catalogue, key: str) -> dict[str, Any]:
    page = guide.steps[key]
    together = [one for one in page.sections if one.id == "together"]
    shared = _page_context(page)
    return {
        **shared,
        **_around(guide.steps, key),
        "sections": [one for one in shared["sections"] if one.id != "together"],
        "ending": [*together, *shared["ending"]],
        "questions": _questions(page.questions),
        "kinds": _kinds(page.kinds),
        "exercises": guide.exercises_of(page),
        "causes": _causes_of(guide, "lean_on", key),
        "prompts": [one.text for one in guide.prompts.get(key, ()) if one.depth == 1][
            :PROMPTS_SHOWN
        ],
        "number": CARDINALS[list(guide.steps).index(key)],
        "states": ["open" if one == key else "ahead" for one in guide.steps],
    }


def _tool_context(guide: Catalogue, key: str) -> dict[str, Any]:
    page = guide.tools[key]
    return {
        **_page_context(page),
        **_around(guide.tools, key),
        "exercises": guide.exercises_of(page),
    }


def _exercise_context(guide: Catalogue, key: str) -> dict[str, Any]:
    exercise = guide.exercises[key]
    home = (guide.steps if exercise.home_kind == "step" else guide.tools)[exercise.home]
    return {
        "exercise": exercise,
        "home": home,
        "fields": _asked(exercise),
        "causes": _causes_of(guide, "exercises", key),
        "others": [one for one in guide.exercises_of(home) if one.key != key],
    }


def _causes_of(guide: Catalogue, leaning: str, key: str) -> list[tuple[Cause, str]]:
    """Return the causes that lean on a step (`lean_on`) or an exercise (`exercises`), and why."""
    return [
        (cause, lean.why)
        for cause in guide.causes.values()
        for lean in getattr(cause, leaning)
        if lean.key == key
    ]


def _asked(exercise: Exercise) -> list[dict[str, Any]]:
    """Return each field with its question, or with those that differ and for whom each is."""
    asked = []
    for number, field in enumerate(exercise.fields):
        parts: dict[str, tuple[str, ...]] = {}
        for part in PARTS:
            parts[field.ask_for(part)] = (*parts.get(field.ask_for(part), ()), part)
        new_page = field.page and (not number or exercise.fields[number - 1].page != field.page)
        asked.append(
            {
                "field": field,
                "ask": next(iter(parts)) if len(parts) == 1 else "",
                "asks": [(_for_whom(whom), ask) for ask, whom in parts.items()],
                "page": exercise.pages[field.page - 1] if new_page and field.page else "",
            }
        )
    return asked


def _for_whom(parts: tuple[str, ...]) -> str:
    return SHARED_NAMES[parts] if len(parts) == 2 else PART_NAMES[parts[0]]


def _safety_context(guide: Catalogue, key: str) -> dict[str, Any]:
    return {
        "notes": list(guide.safety.values()),
        "countries": guide.help_lines,
        "minutes": sum(one.reading_minutes for one in guide.safety.values()),
    }


CONTEXTS: dict[str, Callable[[Catalogue, str], dict[str, Any]]] = {
    "guide/index.html": _index_context,
    "guide/cause.html": _cause_context,
    "guide/step.html": _step_context,
    "guide/tool.html": _tool_context,
    "guide/exercise.html": _exercise_context,
    "safety.html": _safety_context,
}
