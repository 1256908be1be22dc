"""`manage.py doctor` finds mistakes that are made on purpose, and names what to do."""

import datetime
import json
import smtplib
import socket
import ssl
import threading
import time
from collections import namedtuple
from contextlib import nullcontext
from importlib import metadata
from pathlib import Path
from unittest import mock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings as current
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Site

from events.models import ErasureRecord, SensitiveAnswer
from events.registration.encryption import encrypt
from home import health
from home.doctor import checks, configuration, files, network, probe
from home.doctor.checks import all_checks, examine
from home.doctor.results import Check, Level, error
from home.models import SchedulerRun
from home.tasks.health import record_run
from tests.factories.personal_data import make_full_registration
from tests.factories.project import describe_project
from tests.factories.registrations import make_open_event
from tests.factories.users import make_user

pytestmark = pytest.mark.any_database

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
NOW = timezone.now()


class Proxy:
    """Stands in for the proxies and the network between the doctor and the site."""

    def __init__(self) -> None:
        self.proto: str | None = "https"
        self.appended = ["198.51.100.7"]
        self.media_root = Path(current.MEDIA_ROOT)
        # What is different in the process that answers.
        self.differently = nullcontext

    def fetch(self, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        if path.startswith(current.MEDIA_URL):
            file = self.media_root / path.removeprefix(current.MEDIA_URL)
            return (200, file.read_bytes()) if file.is_file() else (404, b"")
        forwarded = ", ".join([headers["X-Forwarded-For"], *self.appended])
        sent = {**headers, "X-Forwarded-For": forwarded, "Host": "www.beacon.example"}
        with self.differently():
            response = Client().get(path, headers=sent, secure=self.proto == "https")
        return response.status_code, response.content


@pytest.fixture
def proxy(monkeypatch):
    made = Proxy()
    monkeypatch.setattr(network, "fetch", made.fetch)
    return made


@pytest.fixture
def healthy(settings, monkeypatch, tmp_path, db, proxy):
    """A live site without any finding."""
    settings.DEBUG = False
    settings.PUBLIC_BASE_URL = "https://www.beacon.example"
    settings.ALLOWED_HOSTS = ["www.beacon.example"]
    settings.ANSWERS_KEY = [KEY]
    settings.BADGE_KEY = [KEY]
    settings.PROXY_COUNT = 1
    settings.DEFAULT_FROM_EMAIL = "noreply@beacon.example"
    settings.DATA_DIR = tmp_path
    (tmp_path / "private").mkdir(mode=0o700)
    (tmp_path / "backups").mkdir(mode=0o700)
    (tmp_path / "backups" / f"site-{timezone.now():%Y%m%dT%H%M%SZ}.backup").touch()
    settings.BACKUP_DIR, settings.BACKUP_KEY = tmp_path / "backups", [KEY]
    private = {**current.STORAGES["private"], "OPTIONS": {"location": tmp_path / "private"}}
    settings.STORAGES = {**current.STORAGES, "private": private}
    monkeypatch.setattr(configuration.checks, "run_checks", lambda **options: [])
    Usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(files.shutil, "disk_usage", lambda folder: Usage(2**40, 0, 2**40))
    Site.objects.update(hostname="www.beacon.example", port=443)
    describe_project(contact_email="office@beacon.example")
    make_user("root", is_superuser=True)
    get_user_model().objects.update(email="root@beacon.example")
    record_run(timezone.now())
    return settings


def findings(name: str) -> list[tuple[str, str, str]]:
    return [(result.level, result.text, result.remedy) for _name, result in examine([name])]


# The mistakes: each function makes one


def debug(settings, **kwargs):
    settings.DEBUG = True


def misspelled_variable(monkeypatch, **kwargs):
    monkeypatch.delenv("PROXY_COUNT", raising=False)
    monkeypatch.setattr(configuration.environment, "_names", {"PROXY_COUNT", "DATA_DIR"})
    monkeypatch.setenv("PROXYCOUNT", "2")


def host_not_allowed(settings, **kwargs):
    settings.ALLOWED_HOSTS = ["beacon.example"]


def every_host_allowed(settings, **kwargs):
    settings.ALLOWED_HOSTS = ["*"]


def no_answers_key(settings, **kwargs):
    settings.ANSWERS_KEY = []


def no_badge_key(settings, **kwargs):
    settings.BADGE_KEY = []


def mail_held_back(settings, **kwargs):
    settings.MAILS_PER_HOUR = 0


def mail_without_encryption(settings, **kwargs):
    settings.EMAIL_BACKEND = "home.smtp.EmailBackend"
    settings.EMAIL_HOST = "mail.beacon.example"


def database_down(monkeypatch, **kwargs):
    def refuse(*args):
        raise OperationalError("connection refused, password hunter2")

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", refuse)


def migration_missing(settings, **kwargs):
    settings.MIGRATION_MODULES = {}
    MigrationRecorder.Migration.objects.filter(app="home").delete()


def later_migration(settings, **kwargs):
    settings.MIGRATION_MODULES = {}
    MigrationRecorder.Migration.objects.create(app="home", name="9999_later")


def other_site(**kwargs):
    Site.objects.update(hostname="localhost", port=80)


def no_home_page(**kwargs):
    Site.objects.all().delete()


def no_administrator(django_user_model, **kwargs):
    django_user_model.objects.update(is_superuser=False)


def cache_down(settings, **kwargs):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    backend = {"BACKEND": "home.cache_backends.TolerantRedisCache", "LOCATION": f"redis://127.0.0.1:{port}/0"}
    settings.CACHES = {"default": backend}


def files_not_writable(settings, tmp_path, **kwargs):
    (tmp_path / "taken").write_text("a file where a folder should be")
    options = {"location": tmp_path / "taken"}
    settings.STORAGES = {**current.STORAGES, "default": {**current.STORAGES["default"], "OPTIONS": options}}


def private_files_readable(tmp_path, **kwargs):
    (tmp_path / "private").chmod(0o755)


def private_files_in_the_media_folder(settings, tmp_path, **kwargs):
    settings.MEDIA_ROOT = tmp_path


def another_user(monkeypatch, **kwargs):
    monkeypatch.setattr(files.os, "geteuid", lambda: 4242)


def static_files_not_collected(monkeypatch, tmp_path, **kwargs):
    class Empty(ManifestStaticFilesStorage):
        def __init__(self):
            super().__init__(location=tmp_path / "static")

    monkeypatch.setattr(files, "staticfiles_storage", Empty())


def translations_not_compiled(settings, tmp_path, **kwargs):
    folder = tmp_path / "locale" / "fi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").touch()
    settings.LOCALE_PATHS = [tmp_path / "locale"]


def disk_full(monkeypatch, **kwargs):
    Usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(files.shutil, "disk_usage", lambda folder: Usage(2**30, 2**30 - 2**20, 2**20))


def tick_never_ran(**kwargs):
    SchedulerRun.objects.all().delete()


def tick_stopped(**kwargs):
    record_run(timezone.now() - datetime.timedelta(minutes=20))


def no_worker(settings, **kwargs):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="home.translations.tasks.x",
        backend_name="default",
        run_after=NOW,
        worker_ids=[],
    )
    DBTaskResult.objects.update(enqueued_at=timezone.now() - datetime.timedelta(hours=2))


def tasks_in_the_request(settings, **kwargs):
    settings.TASK_BACKEND = "immediate"


def no_mail_server(settings, **kwargs):
    settings.EMAIL_BACKEND = "home.smtp.EmailBackend"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = closed.getsockname()


def wrong_mail_password(monkeypatch, **kwargs):
    class Refusing:
        def open(self):
            raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(network, "get_connection", lambda **options: Refusing())


def too_few_proxies_counted(proxy, **kwargs):
    proxy.appended.append("10.0.0.5")


def no_proxy_header(proxy, **kwargs):
    proxy.appended = []


def tls_not_reported(proxy, **kwargs):
    proxy.proto = None


def other_key(proxy, **kwargs):
    proxy.differently = lambda: override_settings(SECRET_KEY="another key of another process")


def old_process(proxy, **kwargs):
    proxy.differently = lambda: override_settings(RELEASE="0.1.0")


def other_database(proxy, **kwargs):
    proxy.differently = lambda: mock.patch.object(probe, "database_fingerprint", return_value="another")


def separate_folders(proxy, tmp_path, **kwargs):
    options = {"location": tmp_path / "of-another-machine"}
    changed = {**current.STORAGES, "private": {**current.STORAGES["private"], "OPTIONS": options}}
    proxy.differently = lambda: override_settings(STORAGES=changed)


def separate_caches(proxy, **kwargs):
    other = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "of another machine"}
    proxy.differently = lambda: override_settings(CACHES={**current.CACHES, "default": other})


def slow_clock(proxy, **kwargs):
    late = time.time() - 600
    proxy.differently = lambda: mock.patch.object(probe.time, "time", return_value=late)


def media_not_served(proxy, tmp_path, **kwargs):
    proxy.media_root = tmp_path / "elsewhere"


def unreachable(proxy, monkeypatch, **kwargs):
    def refuse(path, headers):
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(network, "fetch", refuse)


def key_of_answers_lost(**kwargs):
    make_full_registration(make_open_event())
    SensitiveAnswer.objects.update(encrypted_value=b"of another key")


def mail_waits(**kwargs):
    from tests.factories.mail import make_registration, queue_mail

    mail_row = queue_mail(make_registration(make_open_event()))
    type(mail_row).objects.update(next_try_at=timezone.now() - datetime.timedelta(hours=3))


def change_is_not_seen(**kwargs):
    from events.enums import MailKind
    from tests.factories.mail import make_registration, queue_mail

    mail_row = queue_mail(make_registration(make_open_event()), MailKind.EVENT_CHANGED)
    since = timezone.now() - datetime.timedelta(hours=25)
    type(mail_row).objects.update(created_at=since, next_try_at=None)


def erasures_not_copied(**kwargs):
    at = timezone.now() - datetime.timedelta(days=1)
    ErasureRecord.objects.create(key="0e7c3a52-3b1c-4c2f-9c7e-0c8b34f0d1aa", at=at)


def no_backup_key(settings, **kwargs):
    settings.BACKUP_KEY = []


def no_backup(tmp_path, **kwargs):
    for file in (tmp_path / "backups").iterdir():
        file.unlink()


def old_backup(tmp_path, **kwargs):
    for file in (tmp_path / "backups").iterdir():
        file.rename(file.with_name("site-20260101T020000Z.backup"))


MISTAKES = [
    ("backups", no_backup_key, "BACKUP_KEY is not set", "Set it"),
    ("backups", no_backup, "There is no backup", "manage.py backup each night"),
    ("backups", old_backup, "newest backup is of 2026-01-01 02:00 UTC", "manage.py backup each night"),
    ("settings", debug, "DEBUG is on", "config.settings.production"),
    ("variables", misspelled_variable, "PROXYCOUNT", "PROXY_COUNT"),
    ("hosts", host_not_allowed, "not in ALLOWED_HOSTS", "Add www.beacon.example"),
    ("hosts", every_host_allowed, "ALLOWED_HOSTS is *", "List the host names"),
    ("keys", no_answers_key, "ANSWERS_KEY is not set", "reencrypt_answers"),
    ("keys", no_badge_key, "BADGE_KEY is not set", "Digital badges"),
    ("mail settings", mail_held_back, "MAILS_PER_HOUR is 0", "Remove MAILS_PER_HOUR"),
    ("mail settings", mail_without_encryption, "without encryption", "smtp+tls://"),
    ("database", database_down, "does not respond", "DATABASE_URL"),
    ("migrations", migration_missing, "Not applied: home.0001_", "manage.py upgrade"),
    ("migrations", later_migration, "home.9999_later", "Install that version"),
    ("site", other_site, "localhost:80", "manage.py setup_site --hostname www.beacon.example --port 443"),
    ("site", no_home_page, "no home page", "manage.py setup_site"),
    ("accounts", no_administrator, "no administrator", "manage.py createsuperuser"),
    ("cache", cache_down, "does not keep", "start Redis"),
    ("storage", files_not_writable, "'uploads' cannot be written", "belong to the user of the site"),
    ("permissions", private_files_readable, "Every account", "chmod -R go-rwx"),
    ("permissions", private_files_in_the_media_folder, "which the web server shows", "side by side"),
    ("permissions", another_user, "another user", "sudo -u"),
    ("static files", static_files_not_collected, "no collected static files", "manage.py collectstatic"),
    ("translations", translations_not_compiled, "'fi' are not compiled", "manage.py compile_catalogues"),
    ("disk", disk_full, "1 MB", "Make space"),
    ("scheduled tasks", tick_never_ran, "has never run", "manage.py tick every minute"),
    ("scheduled tasks", tick_stopped, "has not run since", "manage.py tick every minute"),
    ("background tasks", no_worker, "waiting since", "manage.py db_worker"),
    ("background tasks", tasks_in_the_request, "TASK_BACKEND is immediate", "thread"),
    ("mail server", no_mail_server, "accepts no connection (ConnectionRefusedError", "EMAIL_URL"),
    ("mail server", wrong_mail_password, "refuses the user or the password", "EMAIL_URL"),
    ("public address", unreachable, "cannot be reached", "firewall"),
    ("public address", too_few_proxies_counted, "they see: 2.", "PROXY_COUNT=2"),
    ("public address", no_proxy_header, "they see: 0.", "$proxy_add_x_forwarded_for"),
    ("public address", tls_not_reported, "does not learn", "X-Forwarded-Proto"),
    ("public address", other_key, "not as this site does", "another SECRET_KEY"),
    ("public address", old_process, "version 0.1.0", "Restart the site"),
    ("public address", other_database, "another database", "DATABASE_URL"),
    ("public address", separate_folders, "files of its own", "the same DATA_DIR"),
    ("public address", separate_caches, "another cache", "REDIS_URL"),
    ("public address", slow_clock, "differs from this one's by 600 seconds", "timedatectl"),
    ("media", media_not_served, "answers 404 to an image", "/media/"),
    ("emails", mail_waits, "have been waiting since", "manage.py tick"),
    ("emails", change_is_not_seen, "have waited for an organiser since", "send or withhold"),
    ("sensitive answers", key_of_answers_lost, "cannot be decrypted", "ANSWERS_KEY"),
    ("erasure log", erasures_not_copied, "lack 1 erasure:", "private files"),
]


@pytest.mark.parametrize(("check", "make", "text", "remedy"), MISTAKES, ids=[entry[1].__name__ for entry in MISTAKES])
def test_mistake_is_found_and_its_remedy_named(
    check, make, text, remedy, healthy, monkeypatch, tmp_path, proxy, django_user_model
):
    before = findings(check)
    if check != "background tasks":
        assert [level for level, _text, _remedy in before if level not in {Level.OK, Level.SKIPPED}] == [], before

    make(settings=healthy, monkeypatch=monkeypatch, tmp_path=tmp_path, proxy=proxy, django_user_model=django_user_model)
    after = findings(check)
    monkeypatch.undo()

    assert any(text in found and remedy in what for level, found, what in after if level in {"warning", "error"}), after


def test_healthy_site_has_no_finding(healthy, capsys):
    healthy.TASK_BACKEND = "thread"
    names = [check.name for check in all_checks() if check.name not in {"packages", "upload checks", "mail server"}]
    call_command("doctor", *names, fail_level="warning")

    output = capsys.readouterr().out
    assert "ERROR" not in output
    assert f"0 errors, 0 warnings, {len(names)} without a finding." in output


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("polib==0.1 \\\n    --hash=sha256:x", ["polib {installed} instead of 0.1"]),
        ("polib=={installed} ; python_full_version >= '3.11'\npolib==0.1 ; python_full_version < '3.11'", []),
        ("polib==0.1 ; sys_platform == 'win32' \\\n    --hash=sha256:x", []),
        ("no-such-package==1", ["no-such-package is missing"]),
    ],
)
def test_packages_are_compared_with_the_lines_for_this_system(lines, expected, settings, tmp_path):
    settings.BASE_DIR = tmp_path
    installed = metadata.version("polib")
    (tmp_path / "requirements.txt").write_text(lines.replace("{installed}", installed))
    assert configuration.wrong_packages() == [text.replace("{installed}", installed) for text in expected]


def test_each_name_in_the_table_is_apart_from_its_mark(healthy, capsys):
    call_command("doctor", "--offline")
    table = capsys.readouterr().out
    for check in all_checks():
        assert f"\n{check.name}  " in f"\n{table}", check.name


def test_doctor_changes_nothing(healthy, tmp_path):
    before = sorted(path.name for path in tmp_path.rglob("*"))
    list(examine())

    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert mail.outbox == []


def test_status_and_json_tell_of_errors(healthy, capsys):
    Site.objects.update(hostname="localhost")
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "site", "hosts", json=True)

    report = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert report["status"] == "error"
    assert [(entry["check"], entry["level"]) for entry in report["findings"]] == [("hosts", "ok"), ("site", "error")]
    assert all(entry["remedy"] for entry in report["findings"] if entry["level"] == "error")


def test_warnings_fail_only_if_wanted(healthy, capsys):
    healthy.ANSWERS_KEY = []
    call_command("doctor", "keys")
    with pytest.raises(SystemExit):
        call_command("doctor", "keys", fail_level="warning")
    assert "WARNING" in capsys.readouterr().out


def test_unknown_check_is_refused(db):
    with pytest.raises(CommandError, match=r"There is no check cash\. The checks are: settings, "):
        call_command("doctor", "cash")


def test_without_the_database_the_other_checks_run(healthy, monkeypatch):
    def refuse(*args):
        raise OperationalError("password hunter2")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", refuse)
    found = dict(examine(["database", "site", "hosts"]))
    monkeypatch.undo()

    assert [(name, result.level) for name, result in found.items()] == [
        ("hosts", "ok"),
        ("database", "error"),
        ("site", "skipped"),
    ]
    assert "hunter2" not in str(found)


def test_offline_asks_nothing_of_the_network(healthy, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a request")

    monkeypatch.setattr(network, "fetch", refuse)
    monkeypatch.setattr(network, "get_connection", refuse)
    levels = {name: result.level for name, result in examine(offline=True)}

    assert {name for name, level in levels.items() if level == Level.SKIPPED} == {
        "mail server",
        "certificate",
        "public address",
        "media",
        "machine translation",
    }


def test_check_that_fails_is_a_finding(healthy):
    healthy.ALLOWED_HOSTS = None
    [(_name, result)] = examine(["hosts"])
    assert result.level == Level.ERROR
    assert result.text.startswith("The check itself failed: TypeError in ")


def test_one_email_is_sent_where_it_is_asked_for(healthy, capsys):
    call_command("doctor", "hosts", send_to="me@beacon.example")
    [message] = mail.outbox
    assert message.to == ["me@beacon.example"]
    assert "www.beacon.example" in message.subject
    assert "The mail server took the email." in capsys.readouterr().out


def test_only_a_signed_question_gets_an_answer(client, healthy):
    forged = probe.probe_request("x", "x")[:-3] + "abc"
    for value in ("", "x", forged):
        response = client.get("/readyz", headers={"X-Doctor": value, "Host": "www.beacon.example"}, secure=True)
        assert (response.status_code, response.text) == (200, "ready\n")


@pytest.mark.django_db
def test_process_is_not_ready_before_the_migrations_are_applied(client, settings, monkeypatch, caplog):
    # pytest-django hides the migrations on SQLite.
    settings.MIGRATION_MODULES = {}
    # The thread of the health check on PostgreSQL does not see the transaction of this test.
    monkeypatch.setattr(health, "_database_answers", lambda ask: ask())
    monkeypatch.setattr(health, "_is_migrated", threading.Event())
    assert client.get("/readyz").text == "ready\n"
    monkeypatch.setattr(health, "_is_migrated", threading.Event())
    MigrationRecorder.Migration.objects.filter(app="home").delete()
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, "not ready\n")
    assert "run manage.py migrate" in caplog.text


# The certificate, over a real connection


def make_certificate(folder: Path, name: str, days: int) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begin = timezone.now() - datetime.timedelta(days=60)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(timezone.now() + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def tls_server(tmp_path, settings, monkeypatch):
    """Serve TLS on localhost with a certificate that is valid for so many days."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads = []

    def start(days: int, *, is_trusted: bool) -> None:
        file = make_certificate(tmp_path, "localhost", days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        if is_trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(file))

        def answer() -> None:
            connection, _address = listener.accept()
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

        threads.append(threading.Thread(target=answer, daemon=True))
        threads[-1].start()
        settings.PUBLIC_BASE_URL = f"https://localhost:{listener.getsockname()[1]}"

    yield start
    listener.close()
    for thread in threads:
        thread.join(5)


@pytest.mark.parametrize(
    ("days", "is_trusted", "level", "text"),
    [
        (60, True, Level.OK, "The certificate of localhost is valid until "),
        (5, True, Level.ERROR, "The certificate of localhost ends on "),
        (-1, True, Level.ERROR, "Browsers refuse the certificate of localhost: certificate has expired."),
        (60, False, Level.ERROR, "Browsers refuse the certificate of localhost: self-signed certificate."),
    ],
)
def test_certificate(tls_server, days, is_trusted, level, text):
    tls_server(days, is_trusted=is_trusted)
    [result] = network.certificate()
    assert result.level == level
    assert result.text.startswith(text)
    assert bool(result.remedy) == (level == Level.ERROR)
    assert ("install.sh again" in result.remedy) is not is_trusted


def test_key_of_the_tests_encrypts(healthy):
    """The answers of other tests can be decrypted with the derived key, so that the doctor finds nothing there."""
    make_full_registration(make_open_event())
    assert [level for level, _text, _remedy in findings("sensitive answers")] == [Level.OK]
    assert encrypt("x")


def test_the_last_line_counts_one_error(healthy, capsys, monkeypatch):
    monkeypatch.setattr(files, "cache", lambda: [error("The cache is lost.", "Start it.")])
    monkeypatch.setattr(checks, "CHECKS", [Check("cache", files.cache, "The cache keeps what is written.")])
    with pytest.raises(SystemExit):
        call_command("doctor", "cache")

    assert "\n1 error, 0 warnings, 0 without a finding." in capsys.readouterr().out
