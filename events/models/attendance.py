"""What is needed at the door: ticket codes, and links with which helpers check participants in.

Only `events/registration/tickets.py` and `events/attendance/` write these tables.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.registration import Registration


class Ticket(models.Model):
    """The code that a participant shows at the door. It opens nothing: the personal link is another secret.

    A replaced code stays until the registration is anonymised, so that the door can say why it is refused.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="tickets")
    code = models.CharField(max_length=20, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=models.Q(replaced_at=None), name="one_valid_ticket_per_registration"
            )
        ]

    def __str__(self):
        return str(self.pk)
