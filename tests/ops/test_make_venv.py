"""The first thing a stranger meets: a Python that is too old, or a folder closed to them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RECIPE = Path(__file__).resolve().parents[2] / ".ci" / "make-venv"


def make_venv(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the recipe in a folder."""
    surroundings = {"PATH": os.environ["PATH"], "VENV": ".venv", **variables}
    return subprocess.run(
        ["sh", str(RECIPE)], cwd=folder, env=surroundings, capture_output=True, text=True
    )


def script(path: Path, text: str) -> Path:
    """Write an executable script."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def says_one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode != 0
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_an_old_python_is_named_in_one_sentence(tmp_path):
    old = script(tmp_path / "old", '[ "$1" = -V ] && echo "Python 3.9.2" && exit 0; exit 1')
    sentence = says_one_sentence(make_venv(tmp_path, PYTHON=str(old)))
    assert "Python 3.9.2 is too old" in sentence and "3.11" in sentence


def test_a_python_that_is_not_there_is_named_in_one_sentence(tmp_path):
    sentence = says_one_sentence(make_venv(tmp_path, PYTHON=str(tmp_path / "none")))
    assert str(tmp_path / "none") in sentence


def test_a_machine_without_a_new_python_is_told_what_it_needs(tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sh").symlink_to("/bin/sh")
    script(tools / "python3", "exit 1")
    sentence = says_one_sentence(make_venv(tmp_path, PATH=str(tools)))
    assert "Python 3.11 or newer" in sentence


def test_a_python_without_venv_says_which_package_is_missing(tmp_path):
    bare = script(tmp_path / "bare", 'case "$2" in *ensurepip*) exit 1;; esac; exit 0')
    assert "python3-venv" in says_one_sentence(make_venv(tmp_path, PYTHON=str(bare)))


@pytest.mark.skipif(
    not Path("/proc/self").exists(),
    reason="only Linux has /proc, where not even root may make a folder",
)
def test_a_read_only_folder_is_refused_in_one_sentence():
    assert "cannot be written to" in says_one_sentence(make_venv(Path("/proc/self")))


def test_a_venv_that_works_is_left_alone(tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    script(tmp_path / ".venv" / "bin" / "python", "exit 0")
    (tmp_path / ".venv" / "mark").touch()
    assert make_venv(tmp_path, PYTHON=sys.executable).returncode == 0
    assert (tmp_path / ".venv" / "mark").exists()
