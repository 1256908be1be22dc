"""The whole system by the shipped configuration of `deploy/`."""

import http.client
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

COUNT = """
from django.contrib.auth.models import User
from wagtail.models import Page
from wagtail.models import Site
print(User.objects.count(), Page.objects.count(), Site.objects.get().root_url)
"""
TOKEN = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdef"


def findings(result) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for entry in json.loads(result.stdout)["findings"]:
        found.setdefault(entry["check"], []).append(entry)
    return found


def test_doctor_finds_no_error_after_the_installation(installation):
    result = installation.manage("doctor", "--json", "--send-to", "root@beacon.test")
    found = findings(result)
    assert [entry for entries in found.values() for entry in entries if entry["level"] == "error"] == []
    for name in ("public address", "media", "mail server", "certificate", "backups", "scheduled tasks"):
        assert [entry["level"] for entry in found[name]] == ["ok"], found[name]
    assert installation.mailbox.recipients == ["root@beacon.test"]
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("variables", "check", "text"),
    [
        ({"PROXY_COUNT": "2"}, "public address", "1 proxies add the address"),
        (
            {"SECRET_KEY": "another-key-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG"},
            "public address",
            "not as this site",
        ),
        ({"SSL_CERT_FILE": "/dev/null"}, "certificate", "self-signed certificate"),
        ({"EMAIL_URL": "smtp://127.0.0.1:9"}, "mail server", "accepts no connection"),
        ({"BASE_URL": "https://localhost:9"}, "public address", "cannot be reached"),
    ],
)
def test_doctor_finds_what_does_not_fit_the_running_site(installation, variables, check, text):
    """The command runs with other variables than the site."""
    script = installation.prefix / "usr" / "local" / "bin" / "site-manage"
    changed = installation.prefix / "changed"
    lines = "\n".join(f"export {name}='{value}'" for name, value in variables.items())
    changed.write_text(script.read_text().replace("set +a\n", f"set +a\n{lines}\n"))
    changed.chmod(0o755)
    command = [str(changed), "doctor", "--json", check]
    result = subprocess.run(command, env=installation.variables, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert any(text in entry["text"] and entry["remedy"] for entry in findings(result)[check]), findings(result)[check]


def test_pages_are_served_over_tls_only(installation):
    page = installation.get("/en/")
    assert (page.status, "max-age=31536000" in page.headers["strict-transport-security"]) == (200, True)
    connection = http.client.HTTPConnection("localhost", installation.http)
    connection.request("GET", "/fi/?q=x")
    response = connection.getresponse()
    assert (response.status, response.headers["Location"]) == (301, "https://localhost/fi/?q=x")
    connection.close()


def test_log_has_neither_personal_links_nor_searches(installation):
    installation.get(f"/fi/registration/{TOKEN}/?name=anna")
    installation.get("/en/search/?q=anna")
    # nginx writes its line after it has sent the answer.
    installation.wait_until(lambda: "/en/search/ 200" in installation.access_log)
    log = installation.access_log
    assert "/fi/registration/***" in log
    assert "anna" not in log
    assert TOKEN[:10] not in log
    assert TOKEN[:10] not in "".join(file.read_text() for file in installation.prefix.rglob("*.log"))


def test_only_shown_files_are_served_from_the_media_folder(installation):
    for name in ("images/a.png", "images/a.html", "documents/plan.pdf", "a.png"):
        file = installation.data / "media" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    shown = installation.get("/media/images/a.png")
    assert (shown.status, shown.headers["content-type"], shown.headers["x-content-type-options"]) == (
        200,
        "image/png",
        "nosniff",
    )
    assert "sandbox" in shown.headers["content-security-policy"]
    for name in ("images/a.html", "documents/plan.pdf", "a.png", "images/../../site.sqlite3", "private/x"):
        assert installation.get(f"/media/{name}").status in {400, 404}, name


def test_upload_that_is_too_large_is_explained(installation):
    response = installation.get("/fi/", method="POST", headers={"Content-Length": str(50 * 1024 * 1024)})
    assert response.status == 413
    assert '<html lang="fi">' in response.text


def test_site_that_is_down_is_explained_in_the_language_of_the_address(installation):
    installation.stop("web")
    try:
        for path, language in [("/el/x/", "el"), ("/en/", "en"), ("/", "en")]:
            response = installation.get(path)
            assert (response.status, response.headers["retry-after"]) == (503, "30")
            assert f'<html lang="{language}">' in response.text
        result = installation.manage("doctor", "--json", "public address")
        assert "/readyz answers 503" in findings(result)["public address"][0]["text"]
    finally:
        installation.start_web()
    assert installation.get("/el/").status == 200


# Faults


def test_site_reads_on_while_the_database_is_away(installation):
    assert installation.get("/en/").status == 200
    installation.database.stop()
    try:
        kept = installation.get("/en/")
        refused = installation.get("/fi/search/?q=anna")
        checks = [installation.get(path).status for path in ("/healthz", "/readyz")]
        tick = installation.manage("tick")
    finally:
        installation.database.start()

    assert (kept.status, "<h1" in kept.text) == (200, True)
    assert (refused.status, refused.headers["retry-after"]) == (503, "30")
    assert '<html lang="fi">' in refused.text
    assert checks == [503, 503]
    assert tick.returncode == 1
    assert "Traceback" not in tick.stderr
    # Without a restart of the site.
    installation.wait_until(lambda: installation.get("/fi/search/?q=anna").status == 200)
    assert installation.get("/readyz").status == 200
    assert installation.manage("tick").returncode == 0


def test_site_works_without_redis(installation):
    installation.stop("redis")
    try:
        answers = [installation.get(path).status for path in ("/en/", "/el/search/?q=x", "/admin/login/")]
        health = installation.get("/healthz")
        result = installation.manage("doctor", "--json", "cache")
    finally:
        installation.start_redis()

    assert answers == [200, 200, 200]
    assert (health.status, health.text) == (200, "degraded\n")
    assert "start Redis" in findings(result)["cache"][0]["remedy"]
    installation.wait_until(lambda: installation.get("/healthz").text == "ok\n")


def test_killed_process_is_replaced(installation):
    main = installation.processes["web"].pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    assert children
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    installation.wait_until(lambda: installation.get("/en/").status == 200)


def test_site_that_loses_everything_is_restored(installation):
    """The last test: it makes the database new."""
    before = installation.manage("shell", "-v", "0", "-c", COUNT).stdout
    result = installation.manage("backup")
    assert "verified" in result.stdout, result.stderr
    file = result.stdout.partition(":")[0]
    installation.stop("web")
    installation.database.run(
        "dropdb",
        "-h",
        "127.0.0.1",
        "-p",
        str(installation.database.port),
        "-U",
        "site",
        "postgres",
        "--maintenance-db=template1",
    )
    installation.database.run(
        "createdb",
        "-h",
        "127.0.0.1",
        "-p",
        str(installation.database.port),
        "-U",
        "site",
        "-T",
        "template0",
        "postgres",
        "--maintenance-db=template1",
    )
    refused = installation.manage("restore", file)
    assert "A restore overwrites nothing" in refused.stderr
    restored = installation.manage("restore", file, "--set-aside")
    assert restored.returncode == 0, restored.stderr
    assert "as in the backup" in restored.stdout
    assert installation.manage("shell", "-v", "0", "-c", COUNT).stdout == before
    installation.start_web()
    assert installation.get("/fi/").status == 200
    result = installation.manage("doctor", "--json")
    assert "manage.py release_mail" in findings(result)["emails"][0]["remedy"]
    assert installation.manage("release_mail").returncode == 0
