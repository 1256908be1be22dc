"""A whole site by the shipped configuration: nginx with TLS, gunicorn, PostgreSQL, Redis and a mail server of its own."""

import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from tests import snapshots
from tests.e2e.server import free_port

ROOT = snapshots.ROOT
START_LIMIT = 300  # seconds
DATABASE = "site"
PATH = f"{os.environ['PATH']}:/usr/sbin"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests back into the order of the files and lines: each leaves the site as the next one needs it."""
    places = [place for place, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    in_order = sorted((items[place] for place in places), key=lambda item: (item.path, item.reportinfo()[1] or 0))
    for place, item in zip(places, in_order, strict=True):
        items[place] = item


class Mailbox:
    def __init__(self) -> None:
        self.recipients: list[str] = []
        # The Message-IDs of the emails to each recipient.
        self.ids: dict[str, list[str]] = {}

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        self.recipients += envelope.rcpt_tos
        message_id = str(message_from_bytes(envelope.content)["Message-ID"])
        for recipient in envelope.rcpt_tos:
            self.ids.setdefault(recipient, []).append(message_id)
        return "250 OK"


@dataclass
class PostgreSQL:
    """A server of its own, which tests may stop."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgres://site@127.0.0.1:{self.port}/{DATABASE}"

    def make_again(self) -> None:
        """Make an empty database in place of the one that exists."""
        server = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "site", "--maintenance-db=template1"]
        self.run("dropdb", *server, "--if-exists", "--force", DATABASE)
        self.run("createdb", *server, "-T", "template0", DATABASE)

    def run(self, program: str, *options: str) -> None:
        found = shutil.which(program) or str(max(Path("/usr/lib/postgresql").glob(f"*/bin/{program}")))
        # PostgreSQL refuses to run as root.
        runuser = shutil.which("runuser", path=PATH) or "runuser"
        account = [runuser, "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*account, found, *options], check=True, cwd=self.folder, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        listening = (
            f"-c listen_addresses=127.0.0.1 -p {self.port} -c unix_socket_directories={self.folder} -c fsync=off"
        )
        self.run(
            "pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-w", "-s", "-o", listening, "start"
        )

    def stop(self) -> None:
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-s", "stop")


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    folder = Path(tempfile.mkdtemp(prefix="site-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server = PostgreSQL(folder, free_port())
    server.run(
        "initdb", "-D", f"{folder}/data", "-U", "site", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
    )
    server.start()
    try:
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.stop()
        shutil.rmtree(folder)


@dataclass
class Installation:
    prefix: Path
    https: int
    http: int
    web: int
    variables: dict[str, str]
    mailbox: Mailbox
    database: PostgreSQL
    redis: int
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.prefix / "srv" / "site" / "data"

    @property
    def access_log(self) -> str:
        return (self.prefix / "var" / "log" / "nginx" / "site.access.log").read_text()

    def manage(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `site-manage`, which `install.sh` has written."""
        script = self.prefix / "usr" / "local" / "bin" / "site-manage"
        return subprocess.run(
            [str(script), *command], env=self.variables | variables, capture_output=True, text=True, check=False
        )

    def start_web(self, name: str = "web", port: int = 0, **variables: str) -> None:
        """Start gunicorn with the settings that `install.sh` has written, as the unit of systemd does.

        `variables` replace those of the settings.
        """
        self.start_with_settings(name, f".venv/bin/gunicorn --bind 127.0.0.1:{port or self.web}", **variables)
        self.wait_until(lambda: self.get("/readyz").status == 200)

    def start_with_settings(self, name: str, command: str, **variables: str) -> None:
        own = " ".join(f"{key}='{value}'" for key, value in variables.items())
        script = f"set -a; . {self.prefix}/etc/site/site.env; set +a; exec env {own} {command}"
        self.start(name, ["sh", "-c", script], DJANGO_SETTINGS_MODULE="config.settings.production")

    def kill(self, name: str) -> None:
        """Kill a process with its children, which have no time for anything."""
        process = self.processes.pop(name)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for pid in [process.pid, *map(int, children)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(timeout=40)

    def change_settings(self, **values: str) -> None:
        """Set variables in the file of `install.sh`, also those that it has as a comment."""
        file = self.prefix / "etc" / "site" / "site.env"
        text = file.read_text()
        for name, value in values.items():
            text, number = re.subn(f"^#?{name}=.*", lambda _match, line=f"{name}='{value}'": line, text, flags=re.M)
            assert number == 1, name
        file.write_text(text)

    def prepare(self, *commands: list[str]) -> None:
        """Run commands that have to succeed."""
        for command in commands:
            result = self.manage(*command, DJANGO_SUPERUSER_PASSWORD="a long enough passphrase")
            assert result.returncode == 0, (command, result.stderr)

    def start_nginx(self) -> None:
        nginx = shutil.which("nginx", path=PATH)
        assert nginx is not None
        prefix, main = self.prefix, self.prefix / "nginx.conf"
        # The folders of pytest are readable for this account only. As root, workers of nginx have another one.
        user = "user root;" if os.geteuid() == 0 else ""
        main.write_text(
            f"{user} worker_processes 1; daemon off; pid {prefix}/nginx.pid; error_log {prefix}/nginx-main.log;"
            f"events {{}} http {{ include /etc/nginx/mime.types; client_body_temp_path {prefix}/body; "
            f"proxy_temp_path {prefix}/proxy; include {prefix}/etc/nginx/sites-enabled/*; }}"
        )
        self.start("nginx", [nginx, "-c", str(main)])

    def start_redis(self) -> None:
        options = ["--port", str(self.redis), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.prefix)]
        self.start("redis", ["redis-server", *options])

    def start(self, name: str, command: list[str], **variables: str) -> None:
        with (self.prefix / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.variables | variables, stdout=log, stderr=subprocess.STDOUT
            )

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.terminate()
        process.wait(timeout=40)

    def wait_until(self, is_so) -> None:
        limit = time.monotonic() + START_LIMIT
        while time.monotonic() < limit:
            with suppress(OSError, http.client.HTTPException):
                if is_so():
                    return
            time.sleep(0.2)
        logs = "\n".join(file.read_text()[-3000:] for file in self.prefix.glob("*.log"))
        raise RuntimeError(f"The site did not start:\n{logs}")

    def connect(self, timeout: int = 40) -> http.client.HTTPSConnection:
        """Return a connection to nginx over TLS."""
        context = ssl.create_default_context(cafile=self.variables["SSL_CERT_FILE"])
        return http.client.HTTPSConnection("localhost", self.https, timeout=timeout, context=context)

    def get(self, path: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> "Response":
        """Send a request to nginx over TLS, without a body whatever its length is said to be."""
        connection = self.connect()
        try:
            connection.putrequest(method, path)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, found, response.read())
        finally:
            connection.close()


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def findings(result: subprocess.CompletedProcess[str]) -> dict[str, list[dict]]:
    """Return what the doctor has found, by check."""
    found: dict[str, list[dict]] = {}
    for entry in json.loads(result.stdout)["findings"]:
        found.setdefault(entry["check"], []).append(entry)
    return found


@contextmanager
def installed(prefix: Path, database: PostgreSQL) -> Iterator[Installation]:
    """What `install.sh` has written, with its mail server and Redis. Nothing is served yet."""
    database.make_again()
    https, plain, web = free_port(), free_port(), free_port()
    mailbox = Mailbox()
    mail_server = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    mail_server.start()
    options = {
        "prefix": prefix,
        "host": "localhost",
        "acronym": "BEACON",
        "email-url": f"smtp://127.0.0.1:{mail_server.port}",
        "web": f"127.0.0.1:{web}",
        "http": plain,
        "https": https,
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    subprocess.run([str(ROOT / "deploy" / "install.sh"), *words], check=True, capture_output=True)
    certificate = prefix / "etc" / "site" / "certificate" / "fullchain.pem"
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    variables = clean | {"SSL_CERT_FILE": str(certificate)}
    site = Installation(prefix, https, plain, web, variables, mailbox, database, free_port())
    site.change_settings(
        DATABASE_URL=database.url, REDIS_URL=f"redis://127.0.0.1:{site.redis}/0", EMAIL_FROM="noreply@beacon.test"
    )
    try:
        site.start_redis()
        yield site
    finally:
        for process in list(site.processes):
            site.stop(process)
        mail_server.stop()


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The site as the book leaves it, with an administrator's account and a first backup. All tests share it."""
    missing = [name for name in ("nginx", "redis-server") if not shutil.which(name, path=PATH)]
    missing += (
        [] if list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb") else ["postgresql"]
    )
    if missing and os.environ.get("CI"):
        pytest.fail(f"the tests of the whole system must not be skipped with CI set: install {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with postgresql() as database, installed(tmp_path_factory.mktemp("root"), database) as site:
        site.prepare(
            ["migrate", "--verbosity", "0"],
            ["collectstatic", "--noinput", "--verbosity", "0"],
            ["setup_site", "--acronym", "BEACON", "--hostname", "localhost", "--port", str(site.https)],
            ["createsuperuser", "--noinput", "--username", "root", "--email", "root@beacon.test"],
            ["tick", "--verbosity", "0"],
            ["backup"],
        )
        site.start_nginx()
        site.start_web()
        yield site
