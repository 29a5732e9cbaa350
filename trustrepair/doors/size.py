"""Large posts: one at a time, read leanly, and none from people who are not signed in.

A page of words fits many times into what the settings take, so that a text that is too long comes
back whole with a sentence beside it. But sixteen threads that each take apart sixteen megabytes at
once would need more memory than a small server has (measured: 1.2 GB for one post of percent
signs, read as Django reads it).

A whole file is taken at one address alone, where somebody brings their words in; it is held in
memory, and one such file at a time is taken.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from trustrepair.doors.errors import bad_request, busy, too_large

LARGE = 256 * 1024
# The longest page there may be, each sign percent-encoded, and all that goes with it.
SIGNED_OUT = 3 * 1024 * 1024
EXIT = "/exit/"
FORM = "application/x-www-form-urlencoded"
PIECE = 64 * 1024
TAKES_A_FILE = "import_"
FORM_AROUND = 64 * 1024  # what stands around a file in a post
WAIT = 20  # seconds


class WholeInMemory(MemoryFileUploadHandler):
    """Keeps a file in memory whatever its size; its size was looked at before."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


class SizeMiddleware:
    """Let large posts through one after the other. Stands after AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.one, self.file = Lock(), Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.get("CONTENT_LENGTH") or "0"
        size = int(told) if told.isdecimal() else 0  # Django, too, takes what is none for 0
        if size <= LARGE:
            return self.get_response(request)
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE if request.user.is_authenticated else SIGNED_OUT
        if size > most and request.path_info == EXIT:
            # What is too large to be read holds nobody back from leaving.
            request._post, request._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]
            return self.get_response(request)
        if size > SIGNED_OUT and not request.user.is_authenticated:
            return too_large(request)
        if request.path_info == reverse(TAKES_A_FILE) and request.user.is_authenticated:
            return self.take_a_file(request, size)
        try:
            request.body  # noqa: B018  here, not below: a slow sender holds up nobody else
        except UnreadablePostError:
            return bad_request(request)
        with self.one:
            if request.content_type == FORM:
                take_apart(request)
            return self.get_response(request)

    def take_a_file(self, request: HttpRequest, size: int) -> HttpResponse:
        """Read a post with a file, unless it is too large or another is being looked through."""
        if size > settings.IMPORT_MOST + FORM_AROUND:
            return too_large(request, settings.IMPORT_MOST // (1024 * 1024))
        if not self.file.acquire(timeout=WAIT):
            return busy(request)
        try:
            request.upload_handlers = [WholeInMemory(request)]  # type: ignore[assignment]
            return self.get_response(request)
        finally:
            self.file.release()


def take_apart(request: HttpRequest) -> None:
    """Read the fields of a posted form as Django would, in a small part of the memory.

    Raises:
        TooManyFieldsSent: there are more than the settings allow.
    """
    body = request.body
    if body.count(b"&") >= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
        raise TooManyFieldsSent("A form of more fields than any of ours has.")
    try:
        body.decode()
    except UnicodeDecodeError:
        body = body.decode("iso-8859-1").encode()
    fields = QueryDict(mutable=True)
    for field in filter(None, body.split(b"&")):
        name, _, value = field.partition(b"=")
        fields.appendlist(plain(name), plain(value))
    fields._mutable = False
    # Where Django keeps what it has read; a request that has both reads nothing again.
    request._post, request._files = fields, MultiValueDict()  # type: ignore[attr-defined]


def plain(encoded: bytes) -> str:
    """Return the text of one percent-encoded name or value, taken apart piece by piece."""
    spaced = encoded.replace(b"+", b" ")
    pieces, start = [], 0
    while start < len(spaced):
        end = start + PIECE
        sign = spaced.rfind(b"%", end - 2, end)
        if sign != -1:
            end = sign  # a sign that the cut would have split
        pieces.append(unquote_to_bytes(spaced[start:end]))
        start = end
    return b"".join(pieces).decode("utf-8", "replace")
