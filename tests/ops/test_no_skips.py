"""The plug-in of .ci/run: there, a test that did not run is a failed run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPS = """import pytest

@pytest.mark.skip(reason="a skipped test, for the plug-in to notice")
def test_hidden():
    raise AssertionError
"""
RUNS = "def test_seen():\n    pass\n"


def pytest_on(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with the plug-in on a folder that knows nothing of this project."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    plain = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "tests.no_skips"]
    return subprocess.run(
        [*command, *arguments], cwd=folder, env={**plain, **variables}, capture_output=True,
        text=True,
    )  # fmt: skip


@pytest.mark.parametrize("spread", [(), ("-n", "1")])
def test_a_skipped_test_fails_the_run_where_all_are_required(tmp_path, spread):
    (tmp_path / "test_it.py").write_text(SKIPS + RUNS)
    done = pytest_on(tmp_path, *spread, TEST_REQUIRE_ALL="1")
    assert done.returncode == 1
    assert "1 tests did not run" in done.stdout


def test_a_skipped_test_is_let_be_on_a_desk(tmp_path):
    (tmp_path / "test_it.py").write_text(SKIPS + RUNS)
    assert pytest_on(tmp_path).returncode == 0


def test_a_run_without_skips_passes(tmp_path):
    (tmp_path / "test_it.py").write_text(RUNS)
    assert pytest_on(tmp_path, TEST_REQUIRE_ALL="1").returncode == 0
