"""The contact page, and the enquiries that visitors send with its form."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.images import get_image_model_string
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField

from home.language_fallback import published
from home.models.base import BasePage
from home.models.partners import Person

LONGEST_MESSAGE = 4000


class Subject(models.TextChoices):
    """What an enquiry is about."""

    PROJECT = "project", _("The project and its results")
    TRAINING = "training", _("The training programme")
    EVENTS = "events", _("Events")
    PRESS = "press", _("Press and media")
    WEBSITE = "website", _("This website")
    OTHER = "other", _("Something else")


class ContactPage(BasePage):
    """The contacts of the project, and a form for messages. The form is shown if there is an address to send them to."""

    postal_address = models.TextField(
        _("postal address"),
        max_length=300,
        blank=True,
        help_text=_("As on an envelope, a line for each part. It is the same in all languages."),
    )
    response_days = models.PositiveSmallIntegerField(
        _("reply within (working days)"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("Shown with the form. The list of enquiries shows by when each must be answered."),
    )

    boilerplate = models.TextField(
        _("about the project, for the press"),
        max_length=1500,
        blank=True,
        help_text=_("Text that others may copy. Without it, the text of the footer is used."),
    )

    kind = _("Contact")
    text_fields = ("boilerplate",)
    in_legal_menu = True
    override_translatable_fields = [
        SynchronizedField("postal_address", overridable=False),
        SynchronizedField("response_days", overridable=False),
    ]
    content_panels = [
        *BasePage.content_panels,
        InlinePanel(
            "contacts",
            label=_("contact"),
            heading=_("Contacts"),
            help_text=_(
                "Who visitors can write to, in this order. Without an email address here or in the settings of the "
                "project, the form is not shown."
            ),
        ),
        MultiFieldPanel(["postal_address", "response_days"], heading=_("Address and form")),
        MultiFieldPanel(
            ["boilerplate", InlinePanel("press_pictures", label=_("picture"), heading=_("Pictures"))],
            heading=_("Press pack"),
        ),
    ]
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    page_description = _(
        "Who visitors can write to, the postal address, and a form for messages. Every page links to it."
    )

    class Meta:
        verbose_name = _("contact page")

    def body_text(self) -> str:
        words = [f"{contact.role} {contact.person.name if contact.person else ''}" for contact in self.contact_list]
        return " ".join([*words, self.postal_address, self.boilerplate])

    @cached_property
    def contact_list(self) -> list[Contact]:
        """The contacts with their people, read once for each response."""
        rows = list(self.contacts.all())
        people = Person.objects.select_related("organisation__locale", "locale", "portrait").in_bulk(
            [row.person_id for row in rows if row.person_id]
        )
        for row in rows:
            row.person = published(people.get(row.person_id), self)
        return rows

    def recipients(self, subject: str, fallback: str = "") -> list[str]:
        """Return the addresses that a message goes to: of the contacts for the subject, else of those without a subject,
        else of the first contact with an address, else `fallback`.
        """
        rows = [contact for contact in self.contact_list if contact.email]
        chosen = (
            [contact for contact in rows if contact.subject == subject]
            or [contact for contact in rows if not contact.subject]
            or rows[:1]
        )
        return list(dict.fromkeys(contact.email for contact in chosen)) or ([fallback] if fallback else [])

    def json_ld(self, layout):
        points = [
            {"@type": "ContactPoint", "contactType": contact.role, "email": contact.email}
            for contact in self.contact_list
            if contact.email
        ]
        return [{"@type": "ContactPage", "name": self.title, "url": layout.canonical_url, "mainEntity": points or None}]


class Contact(TranslatableMixin, Orderable):
    page = ParentalKey(ContactPage, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(
        pgettext_lazy("of a contact", "role"),
        max_length=120,
        help_text=_("For example “Coordinator of the project” or “Press”."),
    )
    email = models.EmailField(
        _("email address"), blank=True, help_text=_("Shown on the page. Prefer an address that several people read.")
    )
    subject = models.CharField(
        _("subject"),
        max_length=10,
        choices=Subject,
        blank=True,
        help_text=_(
            "Messages from the form about this subject go to this contact. Without a subject, the contact gets all messages "
            "that no other contact gets."
        ),
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Only if the person agreed to be named here."),
    )

    override_translatable_fields = [
        SynchronizedField("email", overridable=False),
        SynchronizedField("subject", overridable=False),
    ]
    panels = ["role", FieldRowPanel(["email", "subject"]), "person"]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self):
        return self.role


class PressPicture(TranslatableMixin, Orderable):
    page = ParentalKey(ContactPage, on_delete=models.CASCADE, related_name="press_pictures")
    image = models.ForeignKey(
        get_image_model_string(), verbose_name=_("picture"), on_delete=models.CASCADE, related_name="+"
    )
    caption = models.CharField(_("caption"), max_length=200, blank=True, help_text=_("What the picture shows."))
    credit = models.CharField(
        _("credit"), max_length=120, help_text=_("Author and licence of the image. It has to allow others to print it.")
    )

    override_translatable_fields = [
        SynchronizedField("image", overridable=False),
        SynchronizedField("credit", overridable=False),
    ]
    panels = ["image", "caption", "credit"]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self):
        return self.caption or self.image.title


class Enquiry(models.Model):
    """A message that someone sent with the form on the contact page.

    It is deleted ENQUIRY_MONTHS months after it arrived (`home/enquiries/retention.py`).
    """

    # Derived from the form token, the sender and the message, so that a form that is sent twice is stored once.
    submission_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(pgettext_lazy("person", "Name"), max_length=120)
    email = models.EmailField(_("Email address"))
    subject = models.CharField(_("Subject"), max_length=10, choices=Subject)
    message = models.TextField(_("Message"), max_length=LONGEST_MESSAGE)
    language = models.CharField(_("Language"), max_length=10)
    # The email addresses that receive the message, one in each line.
    recipients = models.TextField(editable=False)
    received_at = models.DateTimeField(_("Received"), default=timezone.now, db_index=True)
    answer_by = models.DateField(_("Answer by"))
    answered_at = models.DateTimeField(_("Answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # When the email is sent, or sent again after a failure; None once it has been sent.
    mail_due_at = models.DateTimeField(null=True, default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        default_permissions = ("view", "change", "delete")
        ordering = ["-received_at", "-pk"]

    def __str__(self):
        return f"{self.get_subject_display()} {self.pk}"

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.answer_by < timezone.localdate()
