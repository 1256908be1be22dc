"""The whole system by the shipped configuration of `deploy/`."""

import http.client
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system.conftest import PATH, findings

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

# An image that is stored in the other folder, and its scaled version.
PICTURE = """
import io
from PIL import Image
from django.core.files.images import ImageFile
from wagtail.images import get_image_model
content = io.BytesIO()
Image.new("RGB", (640, 480), "navy").save(content, "PNG")
image = get_image_model().objects.create(title="Picture", file=ImageFile(content, name="scaled.png"))
from home.models.images import is_placeholder
print("placeholder" if is_placeholder(image.get_rendition("width-320")) else "picture")
"""
TOKEN = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdef"


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
        ({"PROXY_COUNT": "2"}, "public address", "Proxies that add the address that they see: 1."),
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
    assert (response.status, response.headers["Location"]) == (301, f"https://localhost:{installation.https}/fi/?q=x")
    connection.close()


def test_browsers_may_load_the_scripts_of_a_site_on_another_port(installation):
    policy = installation.get("/en/").headers["content-security-policy"]
    assert f"script-src localhost:{installation.https}/static/js/ " in policy


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
    shutil.rmtree(installation.data / "media" / "documents")


def test_upload_that_is_too_large_is_explained(installation):
    response = installation.get("/fi/", method="POST", headers={"Content-Length": str(50 * 1024 * 1024)})
    assert response.status == 413
    assert '<html lang="fi">' in response.text


# Faults


def test_site_works_while_its_disk_is_full(installation):
    """Pages are read and the failure is told; nothing half written stays."""
    media = installation.data / "media"
    with full(media):
        result = installation.manage("shell", "-v", "0", "-c", PICTURE)
        assert result.stdout.split()[-1:] == ["placeholder"], result.stderr
        assert installation.get("/en/").status == 200
        assert "warning: files cannot be stored" in installation.get("/healthz").text
        assert {
            entry["level"] for entry in findings(installation.manage("doctor", "--json", "storage"))["storage"]
        } == {"error"}
        assert list(media.rglob("scaled*")) == []
    installation.wait_until(lambda: installation.get("/healthz").text == "ok\n")


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Make a folder such that nothing can be written: as root with a full disk of its own, else without the right to."""
    if os.geteuid():
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(0o700)
        return
    mounted = subprocess.run([program("mount"), "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("this account may not mount a disk")
    try:
        (folder / "full").write_bytes(b"x" * 4096)
        yield
    finally:
        subprocess.run([program("umount"), str(folder)], check=True)


def program(name: str) -> str:
    return shutil.which(name, path=PATH) or name


def test_killed_process_is_replaced(installation):
    main = installation.processes["web"].pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    assert children
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    installation.wait_until(lambda: installation.get("/en/").status == 200)


def test_site_that_is_down_is_explained_in_the_language_of_the_address(installation):
    """The last test of this site: nothing starts it again."""
    installation.stop("web")
    for path, language in [("/el/x/", "el"), ("/en/", "en"), ("/", "en")]:
        response = installation.get(path)
        assert (response.status, response.headers["retry-after"]) == (503, "30")
        assert f'<html lang="{language}">' in response.text
    result = installation.manage("doctor", "--json", "public address")
    assert "/readyz answers 503" in findings(result)["public address"][0]["text"]
