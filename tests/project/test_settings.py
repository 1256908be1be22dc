"""The settings of each environment: read anew, or started in a new process where a command is what matters."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured

import config.environment

pytestmark = [pytest.mark.any_database, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]

COMPLETE = {
    "SECRET_KEY": "a-key-for-this-test-alone-0123456789-abcdefghij-KLMNOPQRST",
    "ALLOWED_HOSTS": "www.example.org,example.org",
    "DATABASE_URL": "postgres://site:secret@127.0.0.1/site",
    "EMAIL_URL": "smtp+tls://user:p%40ss@mail.example.org",
    "BASE_URL": "https://www.example.org",
}


def start(*command: str, settings: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python with only `variables` in its environment."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": "site", **variables}
    if settings:
        environment["DJANGO_SETTINGS_MODULE"] = f"config.settings.{settings}"
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """Have only `variables` in the environment, and import the settings anew."""
    names = [name for name in sys.modules if name.startswith("config.settings")]
    with patch.dict(os.environ, variables, clear=True), patch.dict(sys.modules):
        for name in names:
            del sys.modules[name]
        yield


def production(expression: str, **variables: str) -> object:
    """Return the value of an expression about `s`, the production settings."""
    with environment(variables):
        return eval(expression, {"s": importlib.import_module("config.settings.production")})  # noqa: S307


def errors(**variables: str) -> list[str]:
    """Return the lines of the error with which the production settings refuse `variables`."""
    with environment(variables), pytest.raises(ImproperlyConfigured) as refused:
        importlib.import_module("config.settings.production")
    return str(refused.value).strip().splitlines()


def test_production_names_every_missing_variable():
    found = errors()

    assert [line.split()[0] for line in found] == list(COMPLETE)
    assert all(line.endswith(".") for line in found)


@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_production_refuses_a_missing_variable(name, value):
    variables = {key: text for key, text in COMPLETE.items() if key != name}
    if value is not None:
        variables[name] = value

    [line] = errors(**variables)

    assert line.startswith(f"{name} is not set: ")


def test_production_refuses_a_base_url_without_tls():
    assert errors(**COMPLETE | {"BASE_URL": "http://www.example.org"}) == ["BASE_URL must begin with https://."]


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_production_refuses_an_invalid_email_url(url):
    [line] = errors(**COMPLETE | {"EMAIL_URL": url})

    assert line.startswith("EMAIL_URL must look like ")


def test_production_refuses_an_unknown_task_backend():
    assert errors(**COMPLETE | {"TASK_BACKEND": "unknown"}) == [
        "TASK_BACKEND must be one of thread, database, immediate; it is 'unknown'."
    ]


@pytest.mark.parametrize("name", ["", "thread", "database", "immediate"])
def test_production_uses_the_task_backend_of_the_environment(name):
    code = (
        "import django; django.setup(); from django_tasks import task_backends;"
        " print(type(task_backends['default']).__name__)"
    )
    result = start("-c", code, settings="production", **COMPLETE, TASK_BACKEND=name)

    classes = {"thread": "ThreadBackend", "database": "DatabaseBackend", "immediate": "ImmediateBackend"}
    assert result.stdout.strip() == classes[name or "thread"], result.stderr


def test_production_reads_the_environment():
    found = production(
        "[s.DEBUG, s.ALLOWED_HOSTS, s.DATABASES['default']['ENGINE'],"
        " s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_PASSWORD, s.DEFAULT_FROM_EMAIL]",
        **COMPLETE,
    )

    hosts = ["www.example.org", "example.org"]
    mail = ["mail.example.org", 587, "p@ss", "noreply@www.example.org"]
    assert found == [False, hosts, "django.db.backends.postgresql", *mail]


def test_production_serves_the_admin_on_another_host():
    names = "[s.ALLOWED_HOSTS, s.PUBLIC_BASE_URL, s.WAGTAILADMIN_BASE_URL, s.CSRF_TRUSTED_ORIGINS[-1]]"
    found = production(names, **COMPLETE | {"ADMIN_HOST": "admin.example.org"})
    hosts = ["www.example.org", "example.org", "admin.example.org"]
    addresses = ["https://www.example.org", "https://admin.example.org", "https://admin.example.org"]
    assert found == [hosts, *addresses]


def test_the_host_of_the_admin_has_the_port_of_the_site():
    names = "[s.WAGTAILADMIN_BASE_URL, 'https://admin.example.org:8443' in s.CSRF_TRUSTED_ORIGINS]"
    variables = COMPLETE | {"ADMIN_HOST": "admin.example.org", "BASE_URL": "https://www.example.org:8443"}
    assert production(names, **variables) == ["https://admin.example.org:8443", True]


@pytest.mark.parametrize("address", ["https://www.example.org", "https://www.example.org:8443"])
def test_production_refuses_the_public_host_for_the_admin(address):
    assert errors(**COMPLETE | {"ADMIN_HOST": "www.example.org", "BASE_URL": address}) == [
        "ADMIN_HOST must be another host than that of BASE_URL."
    ]


def test_forms_are_accepted_where_the_site_has_a_port_of_its_own():
    found = production("s.CSRF_TRUSTED_ORIGINS[0]", **COMPLETE | {"BASE_URL": "https://www.example.org:8443/"})
    assert found == "https://www.example.org:8443"


def test_production_accepts_earlier_secret_keys():
    assert production("s.SECRET_KEY_FALLBACKS", **COMPLETE) == []
    found = production("s.SECRET_KEY_FALLBACKS", **COMPLETE | {"SECRET_KEY_FALLBACKS": "older, oldest"})

    assert found == ["older", "oldest"]


def test_production_uses_tls_for_cookies_pages_and_email():
    found = production(
        "[s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.EMAIL_USE_TLS]", **COMPLETE
    )

    assert found == [True] * 4


def test_production_passes_the_deployment_check():
    result = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", settings="production", **COMPLETE)

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_development_settings_need_no_variables(tmp_path):
    result = start("manage.py", "check", DATA_DIR=str(tmp_path / "data"))

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_development_settings_refuse_the_variables_of_a_live_site():
    result = start("manage.py", "check", settings="dev", **COMPLETE)

    assert result.returncode == 1
    [line] = result.stderr.splitlines()
    assert "do not start where SECRET_KEY, ALLOWED_HOSTS, EMAIL_URL is set" in line


def test_commands_use_production_settings_beside_the_variables_of_a_live_site():
    result = start("manage.py", "diffsettings", "--all", **COMPLETE)

    assert "config.settings.production" in result.stdout, result.stderr


@pytest.mark.parametrize("key", ["abc", "a" * 60, "only-for-development-and-the-demo-only-for-development"])
def test_production_refuses_a_key_that_can_be_guessed(key):
    [line] = errors(**COMPLETE | {"SECRET_KEY": key})

    assert line == "SECRET_KEY must be a random text of at least 50 characters."


@pytest.mark.parametrize("command", [["manage.py", "check"], ["-c", "import config.wsgi"]])
def test_wrong_setting_is_reported_in_one_line(command):
    result = start(*command, **COMPLETE | {"BASE_URL": "http://www.example.org"})

    assert result.returncode != 0
    assert result.stderr == "BASE_URL must begin with https://.\n"


def test_caches_of_two_sites_on_one_redis_have_other_keys():
    names = "[cache['KEY_PREFIX'] for cache in s.CACHES.values()]"
    found = production(names, **COMPLETE, REDIS_URL="redis://127.0.0.1/0")

    assert found == [f"www.example.org:{name}" for name in ("default", "pages", "renditions")]


def test_gunicorn_configuration_works_from_any_folder(tmp_path):
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production", **COMPLETE}
    result = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config", "--config", str(ROOT / "gunicorn.conf.py")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr


def test_nothing_of_a_process_exists_before_gunicorn_forks():
    script = f"""
import runpy, threading
settings = runpy.run_path({str(ROOT / "gunicorn.conf.py")!r})
import config.wsgi
settings["when_ready"](None)
from django.db import connections
print(settings["preload_app"], threading.active_count(), [c.alias for c in connections.all() if c.connection])
"""
    result = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production", **COMPLETE},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.stdout.strip(), result.returncode) == ("True 1 []", 0), result.stderr


def test_suite_deletes_only_its_own_data_folder(tmp_path):
    upload_folder = tmp_path / "uploads" / "other"
    upload_folder.mkdir(parents=True)
    options = ["--collect-only", "-q", "-p", "no:cacheprovider", "tests/project/test_layout.py"]
    result = start("-m", "pytest", "--ds=config.settings.dev", *options, DATA_DIR=str(tmp_path))

    assert result.returncode == 0, result.stdout
    assert upload_folder.is_dir()


def test_invalid_answers_key_is_refused_and_not_shown():
    key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    assert production("s.ANSWERS_KEY", **COMPLETE) == []
    assert production("s.ANSWERS_KEY", **COMPLETE, ANSWERS_KEY=f"{key}, {key}") == [key, key]
    for wrong in ("dG9vIHNob3J0", "no base64!", "ö"):
        [line] = errors(**COMPLETE, ANSWERS_KEY=f"{key},{wrong}")
        assert line == "Key 2 of ANSWERS_KEY must be 32 bytes in URL-safe base64."


def test_the_format_of_the_log_is_a_setting():
    logging = "s.LOGGING['handlers']['console']['formatter'], s.LOGGING['loggers']['home.http.request_log']['level']"
    shown = f"[{logging}, s.SLOW_QUERY_MS]"

    assert production(shown, **COMPLETE) == ["line", "WARNING", 500]
    assert production(shown, **COMPLETE, LOG_FORMAT="json", SLOW_QUERY_MS="80") == ["json", "INFO", 80]
    assert errors(**COMPLETE | {"LOG_FORMAT": "xml"}) == ["LOG_FORMAT must be one of text, json; it is 'xml'."]


BUCKETS = {
    "S3_ENDPOINT_URL": "https://s3.example.org",
    "S3_ACCESS_KEY": "key",
    "S3_SECRET_KEY": "secret",
    "S3_PRIVATE_BUCKET": "private",
    "S3_MEDIA_BUCKET": "shown",
    "S3_MEDIA_URL": "https://media.example.org/shown/",
}


def test_files_are_in_buckets_whose_host_may_show_images():
    policies = "[s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'], s.ADMIN_CONTENT_SECURITY_POLICY['img-src']]"
    storages = "[s.STORAGES[name]['BACKEND'].rpartition('.')[2] for name in ('default', 'private')]"
    found = production(f"[{policies}, {storages}, s.MEDIA_URL]", **COMPLETE | BUCKETS)

    assert found == [
        [["'self'", "https://media.example.org", "data:"], ["'self'", "https://media.example.org", "data:", "blob:"]],
        ["UploadObjectStorage", "ObjectStorage"],
        "https://media.example.org/shown/",
    ]


@pytest.mark.parametrize("name", sorted(set(BUCKETS)))
def test_buckets_that_are_half_configured_are_refused(name):
    given = {key: value for key, value in BUCKETS.items() if key != name}
    [line] = errors(**COMPLETE | given)

    assert line.startswith(f"{name} is not set: ")


def test_languages_are_a_setting():
    codes = "from django.conf import settings; print([code for code, name in settings.LANGUAGES])"
    assert start("-c", codes, settings="test").stdout == "['en', 'fi', 'et', 'el']\n"
    assert start("-c", codes, settings="test", LANGUAGES="en, fi,sv").stdout == "['en', 'fi', 'sv']\n"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("en,swe", "it has 'swe'"),
        ("en,pt-br", "it has 'pt-br'"),
        ("en,xx", "it has 'xx'"),
        ("en,mt", "it has 'mt'"),
        ("en,ar", "right to left"),
        ("en,fi,en", "twice"),
        ("fi,sv", "must have 'en'"),
    ],
)
def test_languages_that_the_site_cannot_have_are_refused(value, message):
    with environment({"LANGUAGES": value}), pytest.raises(ImproperlyConfigured, match=message):
        config.environment.languages("LANGUAGES", "en,fi")
