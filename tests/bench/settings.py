"""The site's own settings, with the bare view added to its addresses."""

from trustrepair.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
