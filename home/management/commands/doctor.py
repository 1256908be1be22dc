"""Report what is wrong with a site, and how to correct it."""

from __future__ import annotations

import json
import smtplib
import sys
import textwrap
from collections import Counter

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.doctor.checks import all_checks, examine
from home.doctor.results import Level, Result, count_of

WIDTH = 100
MARKS = {Level.OK: "ok", Level.SKIPPED: "-", Level.WARNING: "WARNING", Level.ERROR: "ERROR"}
MARK_WIDTH = 9


class Command(BaseCommand):
    help = (
        "Check settings, database, files, scheduled tasks, mail server and public address, and say what to do. Changes "
        "nothing and sends nothing. Ends with status 1 if something is wrong."
    )
    # The command reports the findings of the system checks itself.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("checks", nargs="*", help="Names of the checks to run; all without one.")
        parser.add_argument("--json", action="store_true", help="Print the findings as JSON.")
        parser.add_argument("--offline", action="store_true", help="Leave out what needs the network.")
        parser.add_argument("--send-to", metavar="ADDRESS", help="Also send one email to this address.")
        parser.add_argument(
            "--fail-level",
            choices=[Level.WARNING.value, Level.ERROR.value],
            default=Level.ERROR.value,
            help="From which findings on the command ends with status 1 (error).",
        )

    def handle(
        self, *, checks, json: bool, offline: bool, send_to: str | None, fail_level: str, **options: object
    ) -> None:
        unknown = set(checks) - {check.name for check in all_checks()}
        if unknown:
            names = ", ".join(check.name for check in all_checks())
            raise CommandError(f"There is no check {', '.join(sorted(unknown))}. The checks are: {names}.")
        findings = list(examine(checks, offline=offline))
        if send_to:
            findings.append(("test email", _send(send_to)))
        if json:
            self.stdout.write(_as_json(findings))
        else:
            self._write_table(findings)
        failing = {Level.ERROR, Level(fail_level)}
        if any(result.level in failing for _name, result in findings):
            sys.exit(1)

    def _write_table(self, findings: list[tuple[str, Result]]) -> None:
        name_width = max((len(name) for name, _result in findings), default=0) + 2
        indent = " " * (name_width + MARK_WIDTH)
        styles = {Level.ERROR: self.style.ERROR, Level.WARNING: self.style.WARNING}
        for name, result in findings:
            start = f"{name:<{name_width}}{MARKS[result.level]:<{MARK_WIDTH}}"
            text = textwrap.fill(result.text, WIDTH, initial_indent=start, subsequent_indent=indent)
            self.stdout.write(styles.get(result.level, str)(text))
            if result.remedy:
                self.stdout.write(
                    textwrap.fill(
                        f"-> {result.remedy}",
                        WIDTH,
                        initial_indent=indent,
                        subsequent_indent=f"{indent}   ",
                        break_long_words=False,
                        break_on_hyphens=False,
                    )
                )
        counts = Counter(result.level for _name, result in findings)
        self.stdout.write(
            f"\n{count_of(counts[Level.ERROR], 'error')}, {count_of(counts[Level.WARNING], 'warning')}, "
            f"{counts[Level.OK]} without a finding."
        )


def _as_json(findings: list[tuple[str, Result]]) -> str:
    worst = Level.OK
    for level in (Level.WARNING, Level.ERROR):
        if any(result.level == level for _name, result in findings):
            worst = level
    entries = [
        {"check": name, "level": result.level.value, "text": result.text, "remedy": result.remedy}
        for name, result in findings
    ]
    return json.dumps({"status": worst.value, "release": settings.RELEASE, "findings": entries}, indent=2)


def _send(address: str) -> Result:
    message = EmailMessage(
        subject=f"Test of {settings.PUBLIC_BASE_URL}",
        body=f"manage.py doctor of {settings.PUBLIC_BASE_URL} sent this email. It needs no answer.\n",
        to=[address],
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as failure:
        return Result(
            Level.ERROR,
            f"The email was not sent ({type(failure).__name__}).",
            "See the findings about the mail server. A refused sender means that the server does not accept EMAIL_FROM.",
        )
    return Result(
        Level.OK,
        "The mail server took the email. If it does not arrive, look for it among unwanted mail, and check SPF and DKIM.",
    )
