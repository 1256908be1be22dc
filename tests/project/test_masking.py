"""Personal data are masked in logs: tokens, email addresses, query strings and database rows."""

import json
import logging
import sys

import pytest
from django.conf import settings
from django.test import Client

from config.gunicorn_logger import Logger
from config.masking import MaskingFormatter, mask

pytestmark = pytest.mark.any_database

TOKEN = "q7_J-" * 8 + "abc"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"Not Found: /en/registration/{TOKEN}/", "Not Found: /en/registration/***/"),
        (f"Forbidden (CSRF): /el/registration/{TOKEN}/withdraw/", "Forbidden (CSRF): /el/registration/***/withdraw/"),
        (f'"GET /fi/registration/{TOKEN} HTTP/1.1" 200', '"GET /fi/registration/*** HTTP/1.1" 200'),
        (
            f"https://www.example.org/et/registration/{TOKEN}/data.json",
            "https://www.example.org/et/registration/***/data.json",
        ),
        (f"Not Found: /en/door/{TOKEN}/", "Not Found: /en/door/***/"),
        (f"Not Found: /el/preview/{TOKEN}/", "Not Found: /el/preview/***/"),
        (f"Gone: /admin/invitation/WzFd:1wX:{TOKEN}/", "Gone: /admin/invitation/***/"),
        (f"Forbidden: /admin/account/email/WzFd:1wX:{TOKEN}/", "Forbidden: /admin/account/email/***/"),
        (
            f"Not Found: /admin/account/single-sign-on/connect/MQ:1wX:{TOKEN}/",
            "Not Found: /admin/account/single-sign-on/connect/***/",
        ),
        (
            f"Forbidden: /admin/password_reset/confirm/MQ/{TOKEN}/",
            "Forbidden: /admin/password_reset/confirm/MQ/***/",
        ),
        (
            '"GET /admin/events/1/registrations/?search=Anna HTTP/1.1"',
            '"GET /admin/events/1/registrations/?*** HTTP/1.1"',
        ),
        ("550 <anna.smith+x@mail.example.org> unknown", "550 <***> unknown"),
        ("'anna@example.org', 'eeva@example.fi'.", "'***', '***'."),
        ("Key missing\nDETAIL:  Key (email)=(anna) exists.\nmore of Anna", "Key missing\nDETAIL: ***"),
        ("x\nDETAIL:  Failing row contains (Anna).\nCONTEXT: COPY", "x\nDETAIL: ***\nCONTEXT: COPY"),
        # Lines without personal data stay as they are.
        ("/en/events/forum/register/", "/en/events/forum/register/"),
        ("/en/registration/erased/", "/en/registration/erased/"),
        ("/admin/account/email/", "/admin/account/email/"),
        ("/admin/password_reset/confirm/MQ/set-password/", "/admin/password_reset/confirm/MQ/set-password/"),
        ("/admin/events/12/registrations/34/", "/admin/events/12/registrations/34/"),
        ("Is it open? Yes, at 12:30 @ home", "Is it open? Yes, at 12:30 @ home"),
    ],
)
def test_mask(line, expected):
    assert mask(line) == expected


@pytest.mark.parametrize("part", ["/", "a", "a/", "a.", "?a", "-"])
def test_a_long_line_takes_no_longer_by_the_letter(part):
    """A pattern that starts anew from each letter would take days, and seconds for the path of any request."""
    line = part * 1_000_000
    assert mask(line).startswith(line[:2])


def test_arguments_and_tracebacks_are_masked():
    try:
        raise ValueError("duplicate key\nDETAIL:  Key (event_id, email_key)=(1, anna@example.org) already exists.")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "", 1, "at %s", (f"/en/registration/{TOKEN}/",), error)
    text = MaskingFormatter("{message}", style="{").format(record)
    assert text.startswith("at /en/registration/***/\nTraceback")
    assert "anna" not in text
    assert TOKEN not in text


def test_every_handler_of_the_site_uses_the_masking_formatter():
    kinds = {name: entry["()"] for name, entry in settings.LOGGING["formatters"].items()}
    assert set(kinds.values()) == {"config.masking.MaskingFormatter", "config.json_log.JsonFormatter"}
    assert {handler["formatter"] for handler in settings.LOGGING["handlers"].values()} <= set(kinds)
    # Django's own handler would email whole requests.
    assert logging.getLogger("django").handlers == []
    assert logging.getLogger("django").propagate


def test_gunicorn_logs_are_masked(capsys):
    from gunicorn.config import Config

    cfg = Config()
    cfg.set("errorlog", "-")
    cfg.set("accesslog", "-")
    log = Logger(cfg)
    log.error("Error handling request %s", f"/en/registration/{TOKEN}/")
    log.access_log.info('"GET /admin/?search=Anna"')
    found = capsys.readouterr()
    assert "/registration/***/" in found.err
    assert "Anna" not in found.out + found.err
    assert TOKEN not in found.out + found.err


def test_gunicorn_logs_are_structured_with_the_others(capsys, monkeypatch):
    from gunicorn.config import Config

    monkeypatch.setenv("LOG_FORMAT", "json")
    cfg = Config()
    cfg.set("errorlog", "-")
    Logger(cfg).error("Error handling request %s", f"/en/registration/{TOKEN}/")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["message"]) == ("ERROR", "Error handling request /en/registration/***/")


def test_a_wrong_personal_link_is_not_logged(db, caplog):
    with caplog.at_level(logging.DEBUG):
        assert Client().get(f"/en/registration/{TOKEN}/").status_code == 404
        assert Client(enforce_csrf_checks=True).post(f"/en/registration/{TOKEN}/withdraw/").status_code == 403
    lines = [MaskingFormatter("{message}", style="{").format(record) for record in caplog.records]
    assert not [line for line in lines if TOKEN in line]
