"""Whether two answers tell a stranger anything apart."""

import re
from typing import Any

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def same_bytes(first: Any, second: Any, first_address: str, second_address: str) -> bool:
    """Whether status, headers and body are alike but for the address that was sent in."""
    return _told(first, first_address) == _told(second, second_address)


def _told(answer: Any, address: str) -> tuple[int, dict[str, str], str]:
    body = TOKEN.sub("", answer.content.decode()).replace(address, "ADDRESS")
    # The length follows the address; the hour of expiry is the hour of asking.
    headers = dict(answer.headers) | {"Content-Length": "", "Expires": ""}
    return answer.status_code, headers, body
