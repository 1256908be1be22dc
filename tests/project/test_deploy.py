"""The files of `deploy/`: they are valid, complete, and fit the settings."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.management import get_commands

from config import environment

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
VARIABLE = re.compile(r"^#?([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
READ = re.compile(r"""(?:environment\.[a-z_]+|\b(?:text|choice))\(\s*"([A-Z][A-Z_]+)\"""")


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """What `install.sh` writes, below a folder."""
    prefix = tmp_path_factory.mktemp("root")
    options = [
        "--host",
        "www.beacon.example",
        "--acronym",
        "BEACON",
        "--email-url",
        "smtps://u:p&w|x@mail.beacon.example",
    ]
    subprocess.run([str(DEPLOY / "install.sh"), "--prefix", str(prefix), *options], check=True, capture_output=True)
    return prefix


def run(*command: str | Path, **options) -> subprocess.CompletedProcess[str]:
    # Playwright sets a variable in the process of the tests that a live site may not have.
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **{"env": environment, **options}
    )


def settings_names() -> set[str]:
    folder = ROOT / "site" / "config"
    files = [*(folder / "settings").glob("*.py"), folder / "environment.py"]
    return {name for file in files for name in READ.findall(file.read_text())}


def example() -> dict[str, str]:
    return dict(VARIABLE.findall((DEPLOY / ".env.example").read_text()))


def test_example_has_each_variable_of_the_settings_and_no_other():
    assert set(example()) == settings_names()
    assert {"SECRET_KEY", "HSTS_SUBDOMAINS", "BACKUP_KEY"} <= settings_names()


def test_book_has_each_variable_of_the_settings_and_no_other():
    book = (ROOT / "docs" / "operations.md").read_text()
    table = {
        name
        for line in book.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([A-Z_]{6,})`", line.split("|")[1])
    }
    elsewhere = {name for name in settings_names() if f"`{name}`" in book}
    assert settings_names() - table - elsewhere == set()
    assert table - settings_names() == set()


def test_values_of_the_example_are_quoted_for_each_reader():
    assert [name for name, value in example().items() if not re.fullmatch(r"'[^']*'", value)] == []


def test_installed_settings_are_those_of_a_live_site(installed):
    file = installed / "etc" / "site" / "site.env"
    assert file.stat().st_mode & 0o077 == 0
    found = {name: value.strip("'") for name, value in VARIABLE.findall(file.read_text())}
    assert found["EMAIL_URL"] == "smtps://u:p&w|x@mail.beacon.example"
    assert len(found["SECRET_KEY"]) >= environment.SECRET_KEY_LENGTH
    assert len({found["SECRET_KEY"], found["ANSWERS_KEY"], found["BACKUP_KEY"]}) == 3

    result = run(installed / "usr" / "local" / "bin" / "site-manage", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr


def test_installing_again_keeps_the_settings(installed):
    file = installed / "etc" / "site" / "site.env"
    before = file.read_text()
    options = ["--host", "other.example", "--acronym", "OTHER", "--email-url", "smtp://localhost"]
    subprocess.run([str(DEPLOY / "install.sh"), "--prefix", str(installed), *options], check=True, capture_output=True)
    assert file.read_text() == before


def test_installing_again_keeps_the_certificate(installed, tmp_path):
    shutil.copytree(installed / "etc" / "site" / "certificate", tmp_path / "own")
    command = [DEPLOY / "install.sh", "--prefix", installed, "--host", "www.beacon.example", "--acronym", "BEACON"]
    command += ["--email-url", "smtp://localhost"]
    nginx = installed / "etc" / "nginx" / "sites-available" / "site"
    for more in (["--certificate", tmp_path / "own"], []):
        assert run(*command, *more).returncode == 0
        assert f"ssl_certificate {tmp_path}/own/fullchain.pem;" in nginx.read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to other accounts")
def test_account_of_the_site_writes_its_data_and_not_its_code(tmp_path):
    """Root runs the code, too, and Git refuses to update a folder of another account."""
    app, data = tmp_path / "site" / "app", tmp_path / "site" / "data"
    for folder in (app, data, tmp_path / "site" / "backups"):
        folder.mkdir(parents=True)
        (folder / "file").touch(0o600)
    shutil.chown(app, "daemon", "daemon")
    shutil.chown(app / "file", "daemon", "daemon")

    script = (DEPLOY / "install.sh").read_text()
    function = script[script.index("\ngive_folders()") :].partition("\n}\n")[0] + "\n}\n"
    places = f"SITE={tmp_path}/site DATA={data} BACKUPS={tmp_path}/site/backups APP={app} SITE_USER=daemon"
    assert run("bash", "-euc", f"{places}{function}give_folders").returncode == 0
    for path in (tmp_path / "site", app, app / "file"):
        assert (path.owner(), path.group(), path.stat().st_mode & 0o022) == ("root", "daemon", 0), path
        assert path.stat().st_mode & 0o040, path
    for path in (data, data / "file", tmp_path / "site" / "backups" / "file"):
        assert path.owner() == "daemon", path


@pytest.mark.parametrize(
    "options", [[], ["--host", "x"], ["--unknown"], ["--host", "a'b", "--acronym", "x", "--email-url", "x"]]
)
def test_wrong_options_are_refused(options):
    assert run(DEPLOY / "install.sh", *options).returncode == 2


@pytest.mark.parametrize("script", ["install.sh", "entrypoint.sh"])
def test_script_is_valid(script):
    assert run("bash", "-n", DEPLOY / script).stderr == ""
    assert (DEPLOY / script).stat().st_mode & 0o111
    if shutil.which("shellcheck"):
        assert run("shellcheck", DEPLOY / script).stdout == ""


def test_units_are_valid(installed):
    units = sorted((installed / "etc" / "systemd" / "system").iterdir())
    assert len(units) == 6
    assert [unit.name for unit in units if "@" in unit.read_text()] == []
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is missing")
    result = run("systemd-analyze", "verify", *units)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("unit", sorted(file.name for file in (DEPLOY / "systemd").glob("*.service")))
def test_service_has_no_more_rights_than_it_needs(unit):
    lines = (DEPLOY / "systemd" / unit).read_text().splitlines()
    assert {"NoNewPrivileges=true", "ProtectSystem=strict", "User=@USER@", "PrivateTmp=true"} <= set(lines)


def test_configuration_of_nginx_is_valid(installed, tmp_path):
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not nginx:
        pytest.skip("nginx is missing")
    main = tmp_path / "nginx.conf"
    include = f"include {installed}/etc/nginx/sites-enabled/*;"
    main.write_text(f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ {include} }}")
    result = run(nginx, "-t", "-q", "-c", main)
    assert result.returncode == 0, result.stderr
    lines = (installed / "etc" / "nginx" / "sites-available" / "site").read_text().splitlines()
    assert [line for line in lines if "${" in line and not line.startswith("#")] == []


def test_pages_of_nginx_exist_in_each_language():
    names = {file.name for file in (DEPLOY / "nginx" / "errors").iterdir()}
    codes = [code for code, _name in settings.LANGUAGES]
    assert names == {f"{status}.{code}.html" for status in (413, 503) for code in codes}
    for name in names:
        page = BeautifulSoup((DEPLOY / "nginx" / "errors" / name).read_text(), "html.parser")
        assert page.html["lang"] == name.split(".")[1]
        assert page.h1.get_text() == page.title.get_text()
        assert page.find_all(["img", "script", "link"]) == []


def test_containers_run_without_root_and_have_all_services():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    own = {name: service for name, service in compose["services"].items() if "build" in service}
    assert set(own) == {"migrate", "web", "worker", "clock", "nightly"}
    assert set(compose["services"]) - set(own) == {"nginx", "database", "cache"}
    assert all(service["read_only"] and service["env_file"] == "../.env" for service in own.values())
    assert {
        volume.partition(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])
    } >= set(compose["volumes"])
    # nginx gets a value for each variable of its configuration.
    variables = set(re.findall(r"\$\{(SITE_[A-Z]+)\}", (DEPLOY / "nginx" / "site.conf").read_text()))
    assert set(compose["services"]["nginx"]["environment"]) == variables
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert not source.startswith("./nginx") or (DEPLOY / source).exists()


COMPOSE = {
    "build",
    "command",
    "depends_on",
    "deploy",
    "env_file",
    "environment",
    "healthcheck",
    "image",
    "ports",
    "read_only",
    "restart",
    "security_opt",
    "stop_grace_period",
    "tmpfs",
    "volumes",
}


def test_services_of_containers_are_complete():
    """What `docker compose config` would refuse, as far as it can be told without it."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services, volumes = compose["services"], set(compose["volumes"])
    assert {name for name in compose if not name.startswith("x-")} == {"services", "volumes"}
    for name, service in services.items():
        assert set(service) <= COMPOSE, name
        assert ("image" in service) != ("build" in service), name
        # Images have a version: another one might not fit, such as a database of a later version.
        assert "image" not in service or re.fullmatch(r"[a-z]+:\d[\w.-]*", service["image"]), name
        waits = service.get("depends_on", [])
        assert set(waits) <= set(services), name
        for other, how in waits.items() if isinstance(waits, dict) else ():
            assert how["condition"] in CONDITIONS, name
            assert how["condition"] != "service_healthy" or "test" in services[other]["healthcheck"], name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source.startswith("./") or source in volumes, volume
    commands = {name: services[name]["command"] for name in ("migrate", "worker", "clock")}
    for command in commands.values():
        assert command[:2] == ["python", "manage.py"]
        assert command[2] in get_commands()
    nightly = re.findall(r"manage\.py (.+)", services["nightly"]["command"][-1])
    unit = (DEPLOY / "systemd" / "site-nightly.service").read_text()
    assert nightly == re.findall(r"manage\.py (.+)", unit)
    assert services["database"]["image"].split(":")[1].startswith(postgresql_of_image())


CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def postgresql_of_image() -> str:
    """Return the version of the programs that back the database up: not older than the server."""
    found = re.search(r"postgresql-client-(\d+)", (DEPLOY / "Dockerfile").read_text())
    assert found
    return found[1]


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their arguments, each in one line."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in joined.splitlines()]


def test_image_follows_the_rules_for_images():
    """The rules of hadolint that matter here, for machines where it is not installed."""
    found = instructions((DEPLOY / "Dockerfile").read_text())
    assert {name for name, _rest in found} <= {
        "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "RUN", "USER", "VOLUME", "WORKDIR",
    }  # fmt: skip
    for name, rest in found:
        # DL3006, DL3007: each base has a version, and not "latest".
        assert name != "FROM" or re.match(r"[a-z]+:\d", rest), rest
        # DL3025: the JSON form, so that signals reach the program.
        assert name not in {"CMD", "ENTRYPOINT"} or json.loads(rest), rest
        # DL3000: absolute folders.
        assert name != "WORKDIR" or rest.startswith("/"), rest
        # DL3042, DL3009, DL3015, DL3014, DL3004: no caches, no lists, no recommended packages, no questions, no sudo.
        assert "pip install" not in rest or "--no-cache-dir" in rest, rest
        if "apt-get install" in rest:
            assert "--no-install-recommends" in rest
            assert " -y " in rest
            assert "rm -rf /var/lib/apt/lists/*" in rest
        assert "sudo" not in rest.split(), rest
    # DL3002: the last account is not root. DL3012: one check of health.
    assert [rest for name, rest in found if name == "USER"][-1] == "10001"
    assert [name for name, _rest in found].count("HEALTHCHECK") == 1
    # No secret stays in the image: the key of the build is for one command only.
    assert not re.search(r"(?:KEY|PASSWORD|TOKEN)=", " ".join(rest for name, rest in found if name in {"ENV", "ARG"}))


def test_image_runs_as_an_account_without_rights():
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]
    assert len([line for line in lines if line.startswith("FROM ")]) == 2
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".env", "var", ".venv"} <= set(ignored)
    if shutil.which("hadolint"):
        assert run("hadolint", "--failure-threshold", "warning", DEPLOY / "Dockerfile").stdout == ""
