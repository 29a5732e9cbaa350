"""`pytest -p tests.no_skips`: with TEST_REQUIRE_ALL set, a test that did not run fails the run.

Skipped and expected-to-fail tests are allowed on a desk without Chromium, PostgreSQL or Redis; in
`.ci/run` everything is at hand, so there each of them hides something.
"""

import os

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session):
    """Turn a run with skipped tests into a failed one, before pytest prints how it went."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    hidden = [r for kind in ("skipped", "xfailed", "xpassed") for r in stats(reporter, kind)]
    if hidden and os.environ.get("TEST_REQUIRE_ALL"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.ensure_newline()
        reporter.line(f"TEST_REQUIRE_ALL is set and {len(hidden)} tests did not run.", red=True)
    return (yield)


def stats(reporter, kind: str) -> list:
    """Return what the reporter filed under this outcome; nothing in a worker of xdist."""
    return [] if reporter is None else reporter.stats.get(kind, [])
