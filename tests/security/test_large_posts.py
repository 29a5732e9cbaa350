"""Posts larger than a page of words: they fill no memory and cost nobody their words."""

import threading
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from journal.entries.writing import MOST
from tests.conftest import Browser
from trustrepair.doors import size

FORM = "application/x-www-form-urlencoded"
Strict = Callable[..., Browser]


def posted(body: bytes) -> HttpRequest:
    """Return a posted form whose fields were read by us."""
    request = RequestFactory().generic("POST", "/", body, FORM)
    size.take_apart(request)
    return request


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.text("é%4Z+=\U0001f600").map(str.encode),
            st.text(max_size=20).map(lambda text: urlencode({"text": text}).encode()),
        ),
        max_size=6,
    )
)
def test_fields_are_read_as_django_reads_them(parts: list[bytes]) -> None:
    body = b"&".join(parts)
    assert QueryDict(body, encoding="utf-8") == posted(body).POST


@given(st.binary(max_size=40))
def test_no_sign_is_split_between_two_pieces(value: bytes) -> None:
    whole = size.plain(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(size, "PIECE", 4)
        assert size.plain(value) == whole


def test_reading_takes_a_few_times_what_was_sent_and_no_more() -> None:
    body = b"text=" + b"%F0%9F%98%80" * 200_000
    request = RequestFactory().generic("POST", "/", body, FORM)
    assert request.body
    tracemalloc.start()
    size.take_apart(request)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(body)


def test_too_many_fields_are_refused_as_in_a_small_post(browser: Browser, settings: Any) -> None:
    many = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1
    body = b"&".join(b"a%d=" % number + b"x" * 1000 for number in range(many))
    with pytest.raises(TooManyFieldsSent):
        posted(body)
    assert browser.generic("POST", "/journal/new/", body, FORM).status_code == 400


def test_the_longest_page_fits_even_for_somebody_signed_out_meanwhile(
    strict: Strict, db: None
) -> None:
    words = "\U0001f600" * MOST
    body = urlencode({"text": words, "title": "x" * 200}).encode()
    assert len(body) < size.SIGNED_OUT
    answer = strict().generic("POST", "/journal/new/", body, FORM)
    assert answer.status_code == 403
    assert words in answer.text


def test_a_text_far_too_long_comes_back_whole(browser: Browser) -> None:
    words = "ten signs." * 1_000_000
    page = browser.get("/journal/new/").context["ids"]
    body = urlencode({**page, "text": words}).encode()
    answer = browser.generic("POST", "/journal/new/", body, FORM)
    assert answer.status_code == 422
    assert words in answer.text


def test_whoever_is_not_signed_in_cannot_send_more(db: None, nobody: Browser) -> None:
    body = BytesIO(b"name=" + b"a" * size.SIGNED_OUT)
    answer = nobody.generic("POST", "/begin/", body.getvalue(), FORM)
    assert answer.status_code == 413


def test_a_file_is_never_taken(browser: Browser) -> None:
    answer = browser.post("/journal/new/", {"text": BytesIO(b"x" * 17 * 1024 * 1024)})
    assert answer.status_code == 413


def test_large_posts_are_answered_one_at_a_time(db: None, ana: Any) -> None:
    inside, most = [], []

    def slowly(request: HttpRequest) -> HttpResponse:
        inside.append(1)
        most.append(len(inside))
        threading.Event().wait(0.05)
        inside.pop()
        return HttpResponse()

    door = size.SizeMiddleware(slowly)

    def send() -> None:
        request = RequestFactory().generic("POST", "/", b"a=" + b"b" * (size.LARGE + 1), FORM)
        request.user = ana
        door(request)

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(most) == 4
    assert max(most) == 1
