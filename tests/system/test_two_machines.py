"""Two machines with one database, Redis and S3 server: what fails in the middle loses nothing and doubles nothing.

The site of `test_site.py` becomes one of them. The tests run in this order (`conftest.py`), and each leaves the site as the
next one needs it.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.system.cluster import COUNTS, Cluster, ObjectServer, fetch, settings_of
from tests.system.conftest import findings

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

# Seconds without the database: longer than each limit of the code (a connection from the pool 3, connecting again 5), after
# which a longer failure is no other.
AWAY = 8
SET_UP = """
import io
from PIL import Image
from django.contrib.auth.models import Group, Permission, User
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import GroupPagePermission
from events.enums import Mode
from home.models import HomePage
from tests.factories.registrations import make_open_page
home = HomePage.objects.get(locale__language_code="en")
page = make_open_page(home, seats={Mode.ON_SITE: (500, True)})
content = io.BytesIO()
Image.new("RGB", (640, 480), "navy").save(content, "PNG")
image = get_image_model().objects.create(title="Picture", file=ImageFile(content, name="picture.png"))
document = get_document_model()(title="Plan")
document.file.save("plan.txt", ContentFile(b"plan of the week"))
document.save()
page.title = "Forum renamed"
page.save_revision()
# Who sees personal data needs a second factor, as the group of editors does.
group = Group.objects.create(name="Publishers")
group.permissions.add(Permission.objects.get(codename="access_admin"))
for codename in ("change_page", "publish_page"):
    permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
    GroupPagePermission.objects.create(group=group, page=home, permission=permission)
editor = User.objects.create_user("editor", "editor@beacon.test", "a long password")
editor.groups.add(group)
print(page.url, image.get_rendition("width-320").url, document.url)
"""
# As if time had passed: what a killed process had claimed is sent again.
ABANDON = "UPDATE events_outboxmail SET claimed_at = now() - interval '20 minutes' WHERE status = 'sending'"


@pytest.fixture(scope="module")
def cluster(installation) -> Iterator[Cluster]:
    files = ObjectServer()
    files.make_buckets()
    found = Cluster(installation, files)
    if "web" in installation.processes:
        installation.stop("web")
    installation.change_settings(**settings_of(files))
    shutil.copytree(installation.data / "static", installation.prefix / "machine-b" / "static")
    result = installation.manage("shell", "-v", "0", "--no-imports", "-c", SET_UP)
    assert result.returncode == 0, result.stderr
    page, found.picture, found.document = result.stdout.split()[-3:]
    found.page = urlsplit(page).path
    nginx = installation.prefix / "etc" / "nginx" / "sites-available" / "site"
    first = f"server 127.0.0.1:{installation.web};"
    nginx.write_text(nginx.read_text().replace(first, f"{first} server 127.0.0.1:{found.ports['b']};"))
    installation.stop("nginx")
    installation.start_nginx()
    for name in found.ports:
        found.start_web(name)
    found.start_rest()
    found.wait_for_webs()
    yield found
    files.stop()


def test_people_register_through_nginx_and_get_their_email(cluster):
    cluster.register("First Person")
    cluster.check_nothing_is_lost_or_doubled()


def test_files_are_the_same_on_both_machines(cluster):
    for name in cluster.ports:
        assert cluster.ask(name, cluster.document).text == "plan of the week"
    assert fetch(cluster.picture) == 200


def test_what_is_published_on_one_machine_shows_on_the_other(cluster):
    for name in cluster.ports:
        assert "<title>Forum " in cluster.ask(name, cluster.page).text
    ((page,),) = cluster.query("SELECT id FROM wagtailcore_page WHERE draft_title = 'Forum renamed'")
    cluster.publish("a", page)
    for name in cluster.ports:
        assert "<title>Forum renamed" in cluster.ask(name, cluster.page).text


def test_a_machine_and_the_worker_are_killed_in_the_middle(cluster):
    with ThreadPoolExecutor(6) as pool:
        people = [pool.submit(cluster.register, f"Kill {number}") for number in range(16)]
        cluster.site.wait_until(lambda: len(cluster.registered) > 4)
        for name in ("web-b", "worker", "clock"):
            cluster.site.kill(name)
        for person in people:
            person.result()
    assert cluster.site.get("/en/").status == 200
    # It comes back with a clock that is wrong: see below.
    cluster.start_web("b", DJANGO_SETTINGS_MODULE="tests.system.shifted_settings", CLOCK_SHIFT="600")
    cluster.start_rest()
    cluster.query(ABANDON)
    cluster.check_nothing_is_lost_or_doubled()


def test_clocks_differ_by_ten_minutes(cluster):
    """nginx asks both machines in turn, so that a form of one is sent to the other, in both directions."""
    cluster.wait_for_webs()
    # For some seconds, nginx leaves out a machine that did not answer.
    cluster.site.wait_until(lambda: clock_findings(cluster))
    cluster.register("Ahead")
    # One more, so that the next person begins at the other machine.
    cluster.site.get("/healthz")
    cluster.register("Behind")
    cluster.check_nothing_is_lost_or_doubled()
    (found,) = clock_findings(cluster)
    assert "Synchronise the clocks" in found["remedy"]


def clock_findings(cluster) -> list[dict[str, str]]:
    """Return what the doctor finds if all of it is about clocks: nothing if nginx leads it to one machine only."""
    found = findings(cluster.site.manage("doctor", "--json", "public address"))["public address"]
    begin = "The clock of a machine that runs the site differs"
    return found if all(entry["text"].startswith(begin) for entry in found) else []


def test_the_database_is_away_for_a_while(cluster):
    assert cluster.site.get(cluster.page).status == 200
    cluster.site.database.stop()
    stopped = time.monotonic()
    late = threading.Thread(target=cluster.register, args=["Late Person"])
    try:
        late.start()
        kept = [cluster.ask(name, cluster.page) for name in cluster.ports]
        refused = cluster.site.get("/fi/search/?q=x")
        checks = [cluster.site.get(path).status for path in ("/healthz", "/readyz")]
        tick = cluster.site.manage("tick")
        time.sleep(max(0, stopped + AWAY - time.monotonic()))
    finally:
        cluster.site.database.start()
    # Whichever machine had answered before.
    assert [(reply.status, "<h1" in reply.text) for reply in kept] == [(200, True), (200, True)]
    assert (refused.status, refused.headers["retry-after"]) == (503, "30")
    assert '<html lang="fi">' in refused.text
    assert checks == [503, 503]
    assert (tick.returncode, "Traceback" in tick.stderr) == (1, False)
    # Without a restart of the site.
    late.join()
    cluster.restart_what_ended()
    cluster.check_nothing_is_lost_or_doubled()
    assert cluster.site.get("/readyz").status == 200


def test_redis_is_away(cluster):
    cluster.site.stop("redis")
    try:
        answers = [cluster.site.get(path).status for path in ("/en/", "/el/search/?q=x", "/admin/login/")]
        cluster.register("Without Cache")
        health = cluster.site.get("/healthz")
        doctor = findings(cluster.site.manage("doctor", "--json", "cache"))["cache"]
    finally:
        cluster.site.start_redis()
    assert answers == [200, 200, 200]
    assert (health.status, health.text) == (200, "degraded\n")
    assert "start Redis" in doctor[0]["remedy"]
    cluster.check_nothing_is_lost_or_doubled()


def test_the_s3_server_is_away(cluster):
    cluster.files.stop()
    try:
        cluster.register("Without Files")
        assert cluster.site.get("/en/").status == 200
        assert cluster.site.get(cluster.document).status == 503
    finally:
        cluster.files.start()
    assert cluster.site.get(cluster.document).text == "plan of the week"
    cluster.check_nothing_is_lost_or_doubled()


def test_everything_is_stopped_and_lost_and_restored(cluster):
    result = cluster.site.manage("backup")
    assert "verified" in result.stdout, result.stderr
    file = result.stdout.partition(":")[0]
    for name in ("web-a", "web-b", "worker", "clock", "redis", "nginx"):
        cluster.site.stop(name)
    before = cluster.query(COUNTS)
    cluster.site.database.stop()
    cluster.site.database.start()
    assert (cluster.people(), cluster.query(COUNTS)) == (sorted(cluster.registered), before)

    cluster.site.database.make_again()
    cluster.files.empty()
    restored = cluster.site.manage("restore", file, "--set-aside")
    assert restored.returncode == 0, restored.stderr
    assert "as in the backup" in restored.stdout
    assert (cluster.people(), cluster.query(COUNTS)) == (sorted(cluster.registered), before)
    refused = cluster.site.manage("restore", file)
    assert "A restore overwrites nothing" in refused.stderr

    cluster.site.start_redis()
    cluster.site.start_nginx()
    for name in cluster.ports:
        cluster.start_web(name)
    cluster.wait_for_webs()
    assert cluster.site.get(cluster.document).text == "plan of the week"


def test_no_email_is_sent_again_after_the_restore(cluster):
    sent = len(cluster.site.mailbox.recipients)
    result = cluster.site.manage("doctor", "--json")
    assert "manage.py release_mail" in findings(result)["emails"][0]["remedy"]
    assert cluster.site.manage("tick").returncode == 0
    assert len(cluster.site.mailbox.recipients) == sent
    cluster.site.prepare(["release_mail", "--discard"])
    cluster.start_rest()
    cluster.register("After Restore")
    cluster.check_nothing_is_lost_or_doubled()
    response = cluster.site.get("/metrics", headers={"Authorization": "Bearer a-token-of-this-test-alone"})
    assert 'consortium_requests_total{route="events.EventPage",status="3xx"}' in response.text


def test_the_site_is_frozen_and_the_copy_has_no_broken_link(cluster, tmp_path):
    copy = tmp_path / "copy"
    result = cluster.site.manage("freeze", str(copy), "--base-url", "https://archive.beacon.test")
    assert result.returncode == 0, result.stderr
    pages = list(copy.rglob("*.html"))
    assert copy / "en" / "events" / "forum" / "index.html" in pages
    broken = {(str(page.relative_to(copy)), link) for page in pages for link in broken_links(copy, page)}
    assert broken == set()


def broken_links(copy: Path, page: Path) -> list[str]:
    """Return the references of a page that lead to no file of the copy, or to the live site."""
    found = []
    for tag in BeautifulSoup(page.read_text(), "html.parser").select("[href], [src]"):
        link = str(tag.get("href") or tag.get("src"))
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            if "localhost" in parts.netloc:
                found.append(link)
            continue
        # The page for missing addresses is shown at each of them, so its references begin at the root.
        start = f"{copy.as_uri()}{parts.path}" if parts.path.startswith("/") else link
        file = Path(urlsplit(urljoin(page.as_uri(), start)).path)
        if parts.path and not (file.is_file() or (file / "index.html").is_file()):
            found.append(link)
    return found
