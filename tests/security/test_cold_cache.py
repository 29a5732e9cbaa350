"""A cache that has just been emptied signs nobody out and breaks nothing."""

from typing import Any

import pytest
from django.core.cache import cache

from tests.conftest import Browser

pytestmark = pytest.mark.django_db


def test_sessions_outlive_the_cache(browser: Browser, page: Any) -> None:
    for _ in range(2):
        cache.clear()
        assert browser.get(f"/journal/{page.pk}/").status_code == 200
