"""The rule of an event: reading and saving it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from events.models import CertificateRule, CertificateSignatory, Event


@dataclass(frozen=True)
class Signatory:
    """A signatory as entered. `signature` is a PNG; None keeps the stored picture, and b"" removes it."""

    name: str
    role: str = ""
    signature: bytes | None = None


def rule_of(event: Event) -> CertificateRule | None:
    return CertificateRule.objects.filter(event=event).first()


@transaction.atomic
def save_rule(rule: CertificateRule, signatories: Sequence[Signatory]) -> None:
    """Save the rule with its signatories. Certificates that are already issued do not change."""
    rule.save()
    stored = {row.position: row for row in rule.signatories.all()}
    for position, given in enumerate(signatories, start=1):
        row = stored.pop(position, None) or CertificateSignatory(rule=rule, position=position)
        row.name, row.role = given.name, given.role
        if given.signature is not None:
            row.signature = given.signature or None
        row.save()
    CertificateSignatory.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()
