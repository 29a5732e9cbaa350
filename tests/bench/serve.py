"""The site as it is served, and the bare view without any middleware in the same processes."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings

whole = get_wsgi_application()
with override_settings(MIDDLEWARE=[]):
    bare = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer /bare/ without middleware, everything else as the site does."""
    return (bare if environ["PATH_INFO"] == "/bare/" else whole)(environ, start_response)
