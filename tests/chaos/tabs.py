"""A tab as our script is one: it types, saves by itself, and holds what is not answered yet.

The same promises as `static/js/autosave.js`: one save at a time; a save without an answer is sent
again under its id, as it was, before anything newer; base version and text follow from answers.
"""

import http.client
import json
import random
import threading
import time
import uuid
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from tests.chaos.checking import Answered

ADDRESS = "/journal/autosave/"
PATIENCE = 20


class Tab(threading.Thread):
    """One of several tabs on one document; types words until told to stop."""

    def __init__(
        self, address: str, cookies: str, form: Mapping[str, str], document: str, number: int
    ) -> None:
        super().__init__(daemon=True)
        place = urlsplit(address)
        self.host, self.port = place.hostname or "", place.port or 80
        self.headers = {
            "Cookie": cookies, "X-CSRFToken": form["csrfmiddlewaretoken"],
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
        }  # fmt: skip
        self.form, self.document, self.number = dict(form), document, number
        self.text, self.base, self.typed = "", 0, 0
        self.answers: list[Answered] = []
        self.sent = self.unanswered = self.resent = 0
        self.odd: list[str] = []
        self.over = threading.Event()
        self.dice = random.Random(f"{document}{number}")

    def run(self) -> None:
        """Type and save until it is over; what is on the page then is saved first."""
        while not self.over.is_set():
            self.typed += 1
            self.save(f"{self.document}-{self.number}-{self.typed}")
            time.sleep(self.dice.uniform(0, 0.03))

    def save(self, word: str) -> None:
        """Save the text with one more word; after a clash type it again after the other text."""
        while True:
            text, save = f"{self.text} {word}".strip(), str(uuid.uuid4())
            status, told, tries = self.until_answered(text, save)
            if status not in {200, 409} or "version" not in told:
                self.odd.append(f"{self.document}, save {save}: {status} {told}")
                return
            beside = status == 409
            version = int(str(told["version"]))
            self.answers.append(Answered(self.document, save, word, text, version, beside, tries))
            self.base = version
            if not beside:
                self.text = text
                return
            fields = told["fields"]
            self.text = str(fields["text"]) if isinstance(fields, dict) else ""

    def until_answered(self, text: str, save: str) -> tuple[int, dict[str, object], int]:
        """Send a save until it is answered, under the same id; return status, answer, tries."""
        body = urlencode({
            **self.form, "entry_id": self.document, "base_version": str(self.base),
            "save_id": save, "title": "", "text": text,
        })  # fmt: skip
        until = time.monotonic() + PATIENCE
        for tries in range(1, 10_000):
            self.sent += 1
            self.resent += tries > 1
            try:
                status, told = self.post(body)
            except (OSError, http.client.HTTPException, ValueError):
                self.unanswered += tries == 1
                if time.monotonic() > until and self.over.is_set():
                    break
                time.sleep(self.dice.uniform(0.01, 0.1))
                continue
            if status < 500:
                return status, told, tries
            self.unanswered += tries == 1
            time.sleep(0.05)
        return 0, {}, 0

    def post(self, body: str) -> tuple[int, dict[str, object]]:
        """Send one save over a connection of its own."""
        asking = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            asking.request("POST", ADDRESS, body, self.headers)
            answer = asking.getresponse()
            told = json.loads(answer.read() or b"{}")
        finally:
            asking.close()
        return answer.status, told
