"""The site on two machines with folders of their own, and what its visitors and administrators see of it."""

from __future__ import annotations

import http.client
import json
import socket
import time
from contextlib import suppress
from urllib.parse import urlsplit

import boto3
import psycopg
from moto.server import ThreadedMotoServer

from tests.e2e.server import free_port
from tests.events.registration.races.clients import Registrant, Reply, Visitor
from tests.system.conftest import Installation

PRIVATE, MEDIA = "private", "media"
KEY, SECRET = "key", "secret"
# How long a person goes on sending their form, in seconds.
PATIENCE = 120
# What must be neither lost nor doubled.
PEOPLE = "SELECT email FROM events_registration ORDER BY email"
COUNTS = """
SELECT (SELECT count(*) FROM wagtailcore_page), (SELECT count(*) FROM events_historyentry),
(SELECT count(*) FROM events_outboxmail)
"""
# As if time had passed: a machine whose clock is ahead makes emails for later.
DUE = "UPDATE events_outboxmail SET next_try_at = now() WHERE status = 'queued'"


class ObjectServer:
    """An S3 server that tests may stop. It keeps its objects meanwhile: moto holds them in this process."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()
        self.client = boto3.client(
            "s3",
            endpoint_url=self.address,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )

    def start(self) -> None:
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=self.port, verbose=False)
        self.server.start()
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.1)

    def stop(self) -> None:
        self.server.stop()

    def make_buckets(self) -> None:
        for name in (PRIVATE, MEDIA):
            self.client.create_bucket(Bucket=name)
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{MEDIA}/*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.client.put_bucket_policy(Bucket=MEDIA, Policy=policy)

    def empty(self) -> None:
        for name in (PRIVATE, MEDIA):
            for entry in self.client.list_objects_v2(Bucket=name).get("Contents", []):
                self.client.delete_object(Bucket=name, Key=entry["Key"])


class Browser(Visitor):
    """A browser that asks nginx, or one of the machines in the way that nginx does."""

    def __init__(self, site: Installation, port: int = 0) -> None:
        super().__init__(f"https://localhost:{site.https}")
        from_nginx = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", "Host": "localhost"}
        self.headers = from_nginx if port else {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=40) if port else site.connect()

    def _request(self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]) -> Reply:
        return super()._request(method, path, body, headers | self.headers)


class Cluster:
    """Two webs, a worker and `tick`, behind one nginx, with one database, Redis and S3 server."""

    def __init__(self, site: Installation, files: ObjectServer) -> None:
        self.site = site
        self.files = files
        self.ports = {"a": site.web, "b": free_port()}
        # The addresses of the page of an event, of a scaled image and of a document.
        self.page = self.picture = self.document = ""
        # Those whose form was answered with success.
        self.registered: set[str] = set()

    def start_web(self, name: str, **variables: str) -> None:
        folder = self.site.data if name == "a" else self.site.prefix / "machine-b"
        self.site.start_with_settings(
            f"web-{name}",
            f".venv/bin/gunicorn --bind 127.0.0.1:{self.ports[name]}",
            DATA_DIR=str(folder),
            **variables,
        )

    def wait_for_webs(self) -> None:
        for name in self.ports:
            self.site.wait_until(lambda name=name: self.ask(name, "/readyz").status == 200)
        self.site.wait_until(lambda: self.site.get("/readyz").status == 200)

    def start_rest(self) -> None:
        self.site.start_with_settings("worker", ".venv/bin/python manage.py db_worker --queue-name '*' --interval 0.2")
        self.site.start_with_settings("clock", ".venv/bin/python manage.py tick --every 2 --verbosity 0")

    def restart_what_ended(self) -> None:
        """Do what systemd does (`Restart=always`)."""
        ended = [name for name in ("worker", "clock") if self.site.processes[name].poll() is not None]
        if ended:
            for name in ("worker", "clock"):
                self.site.stop(name)
            self.start_rest()

    def ask(self, name: str, path: str) -> Reply:
        with Browser(self.site, self.ports[name]) as browser:
            return browser.get(path)

    def query(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.site.database.url) as connection:
            result = connection.execute(statement)
            return result.fetchall() if result.description else []

    def people(self) -> list[str]:
        return [email for (email,) in self.query(PEOPLE)]

    def register(self, name: str) -> None:
        """Register through nginx, and send the same form again as long as the site does not answer."""
        limit = time.monotonic() + PATIENCE
        person = Registrant(Browser(self.site), f"{self.page}register/", name)
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

    def publish(self, name: str, page: int) -> None:
        """Publish the draft of a page on one of the machines, as an editor does."""
        with Browser(self.site, self.ports[name]) as browser:
            sign_in = browser.get("/admin/login/")
            account = {"username": "editor", "password": "a long password"}
            reply = browser.post("/admin/login/", sign_in.hidden_fields() | account)
            assert reply.status == 302, reply.text[:2000]
            path = f"/admin/bulk/wagtailcore/page/publish/?id={page}"
            reply = browser.post(path, browser.get(path).hidden_fields())
            assert reply.status == 302, reply.text[:2000]

    def emails_to(self, address: str) -> set[str]:
        return set(self.site.mailbox.ids.get(address, []))

    def check_nothing_is_lost_or_doubled(self) -> None:
        """Everyone who was told so is registered once, and got the one email about it."""
        self.query(DUE)
        self.site.wait_until(lambda: all(self.emails_to(address) for address in self.registered))
        assert self.people() == sorted(self.registered)
        numbers = {address: len(self.emails_to(address)) for address in self.registered}
        assert numbers == dict.fromkeys(self.registered, 1)


def settings_of(files: ObjectServer) -> dict[str, str]:
    """Return the variables of a site with buckets and a worker."""
    return {
        "TASK_BACKEND": "database",
        "S3_PRIVATE_BUCKET": PRIVATE,
        "S3_MEDIA_BUCKET": MEDIA,
        "S3_ENDPOINT_URL": files.address,
        "S3_ACCESS_KEY": KEY,
        "S3_SECRET_KEY": SECRET,
        "S3_MEDIA_URL": f"{files.address}/{MEDIA}",
        "REGISTRATION_MINIMUM_SECONDS": "0",
        "METRICS_TOKEN": "a-token-of-this-test-alone",
    }


def fetch(address: str) -> int:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=40)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    finally:
        connection.close()
