"""Two machines with one database, Redis and S3 server: what fails in the middle loses nothing and doubles nothing.

The tests run in this order (`conftest.py`). Each leaves the site as the next one needs it.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import boto3
import psycopg
import pytest
from bs4 import BeautifulSoup
from moto.server import ThreadedMotoServer

from tests.e2e.server import free_port
from tests.events.registration.races.clients import Registrant, Reply, Visitor
from tests.system.conftest import Installation, first_start, installed

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

# Seconds without the database.
AWAY = 6
PRIVATE, MEDIA = "private", "media"
SET_UP = """
from pathlib import Path
import io
from PIL import Image
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
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
print(page.url, image.get_rendition("width-320").url, document.url)
"""
PUBLISH = """
from events.models import EventPage
page = EventPage.objects.get(slug="forum", locale__language_code="en")
page.title = "{title}"
page.save_revision().publish()
"""
# What must be neither lost nor doubled.
PEOPLE = "SELECT email FROM events_registration ORDER BY email"
COUNTS = """
SELECT (SELECT count(*) FROM wagtailcore_page), (SELECT count(*) FROM events_historyentry),
(SELECT count(*) FROM events_outboxmail)
"""
# As if time had passed: what a killed process had claimed is sent again.
ABANDON = "UPDATE events_outboxmail SET claimed_at = now() - interval '20 minutes' WHERE status = 'sending'"


class SecureVisitor(Visitor):
    """A browser that comes through nginx, and reads the certificate."""

    def __init__(self, site: Installation) -> None:
        super().__init__(f"https://localhost:{site.https}")
        self.connection = site.connect()


class Cluster:
    """Two webs with folders of their own, a worker and `tick`, behind one nginx."""

    def __init__(self, site: Installation, s3: ThreadedMotoServer) -> None:
        self.site = site
        self.s3 = s3
        self.ports = {"a": site.web, "b": free_port()}
        # The addresses of the page of an event, of a scaled image and of a document.
        self.page = self.picture = self.document = ""
        # Those whose form was answered with success.
        self.registered: set[str] = set()

    def folder(self, name: str) -> Path:
        return self.site.data if name == "a" else self.site.prefix / "machine-b"

    def start_web(self, name: str) -> None:
        self.site.start_web(f"web-{name}", self.ports[name], DATA_DIR=str(self.folder(name)))
        # nginx may have asked the other one.
        self.site.wait_until(lambda: self.ask(name, "/readyz").status == 200)

    def start_rest(self) -> None:
        self.site.start_with_settings("worker", ".venv/bin/python manage.py db_worker --queue-name '*' --interval 0.2")
        self.site.start_with_settings("clock", ".venv/bin/python manage.py tick --every 2 --verbosity 0")

    def ask(self, name: str, path: str) -> Reply:
        """Ask one of the machines, as nginx does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=40)
        try:
            connection.request("GET", path, headers={"Host": "localhost", "X-Forwarded-Proto": "https"})
            response = connection.getresponse()
            return Reply(response.status, response.read().decode(errors="replace"))
        finally:
            connection.close()

    def query(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.site.database.url(self.site.name_of_database)) as connection:
            result = connection.execute(statement)
            return result.fetchall() if result.description else []

    def people(self) -> list[str]:
        return [email for (email,) in self.query(PEOPLE)]

    def register(self, name: str, *, until: float = 60) -> None:
        """Register through nginx, and send the same form again as long as the site does not answer."""
        limit = time.monotonic() + until
        person = self.person(name)
        while time.monotonic() < limit:
            try:
                if not person.hidden:
                    person.open()
                reply = person.send()
            except (OSError, http.client.HTTPException, AssertionError):
                reply = Reply(503, "")
            finally:
                person.visitor.connection.close()
            if reply.status == 303:
                self.registered.add(f"{name.lower().replace(' ', '.')}@example.org")
                return
            assert reply.status in {429, 502, 503, 504}, (reply.status, reply.text[-2000:])
            time.sleep(0.3)
        raise AssertionError(f"{name} could not register")

    def person(self, name: str) -> Registrant:
        return Registrant(SecureVisitor(self.site), f"{self.page}register/", name)

    def mails_of(self, address: str) -> set[str]:
        return set(self.site.mailbox.ids.get(address, []))

    def check_nothing_is_lost_or_doubled(self) -> None:
        """Everybody who was told so is registered once, and got the one email about it."""
        self.site.wait_until(lambda: all(self.mails_of(address) for address in self.registered))
        assert self.people() == sorted(self.registered)
        assert {address: len(self.mails_of(address)) for address in self.registered} == dict.fromkeys(
            self.registered, 1
        )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, database_server) -> Iterator[Cluster]:
    s3 = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    s3.start()
    address = address_of(s3)
    with installed(tmp_path_factory.mktemp("cluster"), database_server, "cluster") as site:
        make_buckets(address)
        site.change_settings(
            TASK_BACKEND="database",
            S3_PRIVATE_BUCKET=PRIVATE,
            S3_MEDIA_BUCKET=MEDIA,
            S3_ENDPOINT_URL=address,
            S3_ACCESS_KEY="key",
            S3_SECRET_KEY="secret",
            S3_MEDIA_URL=f"{address}/{MEDIA}",
            REGISTRATION_MINIMUM_SECONDS="0",
            METRICS_TOKEN="a-token-of-this-test-alone",
        )
        found = Cluster(site, s3)
        first_start(site)
        shutil.copytree(site.data / "static", found.folder("b") / "static")
        result = site.manage("shell", "-v", "0", "--no-imports", "-c", SET_UP)
        assert result.returncode == 0, result.stderr
        page, found.picture, found.document = result.stdout.split()[-3:]
        found.page = urlsplit(page).path
        nginx = site.prefix / "etc" / "nginx" / "sites-available" / "site"
        first = f"server 127.0.0.1:{site.web};"
        nginx.write_text(nginx.read_text().replace(first, f"{first} server 127.0.0.1:{found.ports['b']};"))
        site.start_nginx()
        for name in found.ports:
            found.start_web(name)
        found.start_rest()
        yield found
    s3.stop()


def address_of(server: ThreadedMotoServer) -> str:
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}"


def client_of(address: str):
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=address, **keys)


def make_buckets(address: str) -> None:
    client = client_of(address)
    for name in (PRIVATE, MEDIA):
        client.create_bucket(Bucket=name)
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{MEDIA}/*",
    }
    client.put_bucket_policy(Bucket=MEDIA, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def test_people_register_through_nginx_and_get_their_email(cluster):
    cluster.register("First Person")
    cluster.check_nothing_is_lost_or_doubled()


def test_files_and_pages_are_the_same_on_both_machines(cluster):
    for name in cluster.ports:
        assert cluster.ask(name, cluster.document).text == "plan of the week"
        assert "<title>Forum" in cluster.ask(name, cluster.page).text
    parts = urlsplit(cluster.picture)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request("GET", parts.path)
    assert connection.getresponse().status == 200
    connection.close()
    # Published on one machine, with the page kept by both.
    result = cluster.site.manage("shell", "-v", "0", "--no-imports", "-c", PUBLISH.format(title="Forum renamed"))
    assert result.returncode == 0, result.stderr
    for name in cluster.ports:
        assert "<title>Forum renamed" in cluster.ask(name, cluster.page).text


def test_a_machine_and_the_worker_are_killed_in_the_middle(cluster):
    with ThreadPoolExecutor(6) as pool:
        people = [pool.submit(cluster.register, f"Kill {number}") for number in range(16)]
        cluster.site.wait_until(lambda: len(cluster.registered) > 4)
        cluster.site.kill("web-a")
        cluster.site.kill("worker")
        cluster.site.kill("clock")
        for person in people:
            person.result()
    assert cluster.site.get("/en/").status == 200
    cluster.start_web("a")
    cluster.start_rest()
    cluster.query(ABANDON)
    cluster.check_nothing_is_lost_or_doubled()


def test_the_database_is_away_for_a_while(cluster):
    assert cluster.site.get(cluster.page).status == 200
    cluster.site.database.stop()
    late = threading.Thread(target=cluster.register, args=["Late Person"])
    try:
        late.start()
        time.sleep(AWAY)
        kept = cluster.site.get(cluster.page)
        refused = cluster.site.get("/fi/search/?q=x")
    finally:
        cluster.site.database.start()
    assert kept.status == 200
    assert (refused.status, refused.headers["retry-after"]) == (503, "30")
    late.join()
    restart_what_ended(cluster)
    cluster.check_nothing_is_lost_or_doubled()


def restart_what_ended(cluster: Cluster) -> None:
    """As systemd does (`Restart=always`)."""
    ended = [name for name in ("worker", "clock") if cluster.site.processes[name].poll() is not None]
    for name in ("worker", "clock") if ended else ():
        cluster.site.stop(name)
    if ended:
        cluster.start_rest()


def test_redis_is_away(cluster):
    cluster.site.stop("redis")
    try:
        cluster.register("Without Cache")
        assert cluster.site.get("/healthz").text == "degraded\n"
    finally:
        cluster.site.start_redis()
    cluster.check_nothing_is_lost_or_doubled()


def test_the_s3_server_is_away(cluster):
    host, port = cluster.s3.get_host_and_port()
    cluster.s3.stop()
    try:
        cluster.register("Without Files")
        assert cluster.site.get("/en/").status == 200
        assert cluster.site.get(cluster.document).status == 503
    finally:
        # The same objects: moto holds them in this process.
        cluster.s3 = ThreadedMotoServer(ip_address=host, port=port, verbose=False)
        cluster.s3.start()
    wait_for_port(port)
    assert cluster.site.get(cluster.document).text == "plan of the week"
    cluster.check_nothing_is_lost_or_doubled()


def wait_for_port(port: int) -> None:
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def test_everything_is_restarted(cluster):
    before = cluster.query(COUNTS)
    for name in ("web-a", "web-b", "worker", "clock", "redis", "nginx"):
        cluster.site.stop(name)
    cluster.site.database.stop()
    cluster.site.database.start()
    cluster.site.start_redis()
    cluster.site.start_nginx()
    for name in cluster.ports:
        cluster.start_web(name)
    cluster.start_rest()
    assert cluster.query(COUNTS) == before
    cluster.register("After Restart")
    cluster.check_nothing_is_lost_or_doubled()
    response = cluster.site.get("/metrics", headers={"Authorization": "Bearer a-token-of-this-test-alone"})
    assert 'consortium_requests_total{route="events.EventPage",status="3xx"}' in response.text


def test_the_site_is_backed_up_wiped_and_restored(cluster):
    result = cluster.site.manage("backup")
    assert "verified" in result.stdout, result.stderr
    file = result.stdout.partition(":")[0]
    for name in ("web-a", "web-b", "worker", "clock"):
        cluster.site.stop(name)
    before = cluster.query(COUNTS)
    cluster.site.database.make_again(cluster.site.name_of_database)
    empty_buckets(address_of(cluster.s3))
    restored = cluster.site.manage("restore", file, "--set-aside")
    assert restored.returncode == 0, restored.stderr
    assert (cluster.people(), cluster.query(COUNTS)) == (sorted(cluster.registered), before)
    for name in cluster.ports:
        cluster.start_web(name)
    assert cluster.site.get(cluster.document).text == "plan of the week"
    # No email is sent again.
    sent = len(cluster.site.mailbox.recipients)
    assert cluster.site.manage("tick").returncode == 0
    assert len(cluster.site.mailbox.recipients) == sent
    cluster.site.prepare(["release_mail", "--discard"])


def empty_buckets(address: str) -> None:
    client = client_of(address)
    for name in (PRIVATE, MEDIA):
        for entry in client.list_objects_v2(Bucket=name).get("Contents", []):
            client.delete_object(Bucket=name, Key=entry["Key"])


def test_the_site_is_frozen_and_the_copy_has_no_broken_link(cluster, tmp_path):
    copy = tmp_path / "copy"
    result = cluster.site.manage("freeze", str(copy), "--base-url", "https://archive.beacon.test/project")
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
        target = urlsplit(urljoin(page.as_uri(), link)).path
        file = Path(target)
        if parts.path and not (file.is_file() or (file / "index.html").is_file()):
            found.append(link)
    return found
