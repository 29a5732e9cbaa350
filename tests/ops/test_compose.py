"""docker-compose.yml without Docker: its form, its settings, and what it may not do."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.variables import read_by_the_code

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
ONCE = {"prepare"}  # does its work and ends


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text("utf-8"))


def services_of_ours(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: s for name, s in compose["services"].items() if "build" in s}


def test_the_file_obeys_the_compose_schema():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, str(FILE)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_part_of_the_site_and_what_it_rests_on_is_there(compose):
    expected = {"prepare", "web", "worker", "beat", "postgres", "redis", "mail"}
    assert set(compose["services"]) == expected


def test_every_variable_it_names_is_one_that_the_code_reads(compose):
    known = read_by_the_code()
    for name, service in services_of_ours(compose).items():
        unknown = set(service["environment"]) - known
        assert not unknown, f"{name} sets {unknown}, which nothing reads"
    assert set(re.findall(r"\$\{([A-Z_]+)", FILE.read_text("utf-8"))) <= known


def test_secrets_come_as_files_that_exist_for_the_service(compose):
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if variable.endswith("_FILE"):
                secret = Path(value).name
                assert value == f"/run/secrets/{secret}" and secret in service["secrets"], name
                assert compose["secrets"][secret]["file"] == f"./var/secrets/{secret}"
            assert variable not in {"SECRET_KEY", "JOURNAL_KEYS", "POSTGRES_PASSWORD"}


def test_make_secrets_makes_every_secret_it_names(compose, tmp_path):
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text("utf-8"))
    for _ in range(2):
        subprocess.run(["make", "-s", "secrets"], cwd=tmp_path, check=True, capture_output=True)
        found = {p.name: p.read_text() for p in (tmp_path / "var" / "secrets").iterdir()}
        assert set(found) == set(compose["secrets"])
        assert all(len(text) > 40 for text in found.values())
        assert found["database_password"] in found["database_url"]
        first = locals().setdefault("first", found)
        assert found == first, "a second run makes no new keys"
    assert (tmp_path / "var" / "secrets").stat().st_mode & 0o077 == 0


def test_the_journal_key_that_make_secrets_makes_can_be_read(tmp_path):
    from journal.vault import keks

    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text("utf-8"))
    subprocess.run(["make", "-s", "secrets"], cwd=tmp_path, check=True, capture_output=True)
    parsed = keks.parse((tmp_path / "var" / "secrets" / "journal_keys").read_text("utf-8"))
    assert [kek.id for kek in parsed] == ["k1"]


def test_nothing_runs_as_root_or_writes_into_its_image(compose):
    for name, service in compose["services"].items():
        assert service.get("user", "root").split(":")[0] not in {"", "0", "root"}, name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert not service.get("privileged"), name


def test_every_lasting_part_tells_how_it_is(compose):
    for name, service in compose["services"].items():
        assert ("healthcheck" in service) != (name in ONCE), name


def test_only_this_machine_reaches_the_published_ports(compose):
    for name, service in compose["services"].items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name
    assert compose["networks"]["inside"]["internal"] is True
    assert compose["services"]["postgres"]["networks"] == ["inside"]
    assert compose["services"]["redis"]["networks"] == ["inside"]


def test_every_command_of_ours_is_one_the_starter_knows(compose):
    from trustrepair.run import parser

    for service in services_of_ours(compose).values():
        for command in (service["command"], service.get("healthcheck", {}).get("test", [])[1:]):
            if command:
                assert command[:3] == ["python", "-m", "trustrepair.run"]
                parser().parse_args(command[3:])


def test_the_image_is_built_from_the_lock_file_and_sheds_root():
    recipe = (ROOT / ".ci" / "Dockerfile").read_text("utf-8")
    assert "--require-hashes -r /requirements.lock" in recipe
    assert re.findall(r"^USER (\w+)$", recipe, re.MULTILINE)[-1] == "site"
    assert "--uid 10001" in recipe
    let_in = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert let_in[0] == "*" and "!requirements.lock" in let_in and "!var/" not in let_in
