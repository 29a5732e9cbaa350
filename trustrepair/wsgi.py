"""What the web server calls for each request."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trustrepair.settings")

REQUEST = (
    "CONTENT_", "HTTP_", "PATH_INFO", "QUERY_STRING", "REMOTE_", "REQUEST_METHOD", "SCRIPT_NAME",
    "SERVER_", "wsgi.",
)  # fmt: skip
PROCESS = dict(os.environ)
django_application = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request that carries nothing of this process.

    The server lays every request over a copy of its own environment, where keys and passwords may
    stand; whoever keeps or prints a request's META would keep or print them too.
    """
    asked = {
        name: value
        for name, value in environ.items()
        if name.startswith(REQUEST) and PROCESS.get(name) != value
    }
    return django_application(asked, start_response)
