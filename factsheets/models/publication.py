"""A publication: the details that its pages in all languages share, its files with their versions, and its downloads.

These rows are not translated. They are kept when a page or a translation is deleted.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from factsheets.formats import format_name, media_type
from factsheets.licences import ADDRESSES, Licence
from factsheets.models.keywords import TargetGroup, Topic
from home.languages import language_choices, language_name, own_language_name
from home.models.partners import orcid_validator
from home.models.results import DoiMixin
from home.private_files import private_storage

IN_SOURCE_LANGUAGE = {"locale__language_code": settings.LANGUAGE_CODE, "live": True}


# Wagtail and modelcluster have no types, so mypy does not know their related managers.
class Publication(DoiMixin, ClusterableModel):  # type: ignore[django-manager-missing]
    name = models.CharField(
        _("name"),
        max_length=255,
        help_text=_("Used in lists and reports for editors. Visitors see the title of the page in their language."),
    )
    original_language = models.CharField(
        _("original language"),
        max_length=5,
        choices=language_choices,
        default=settings.LANGUAGE_CODE,
        help_text=_(
            "The file in this language is marked as the original; files in other languages are its translations."
        ),
    )
    licence = models.CharField(_("licence"), max_length=20, choices=Licence, default=Licence.CC_BY)
    work_package = models.CharField(
        _("work package"), max_length=10, blank=True, help_text=_("The number, such as WP3.")
    )
    deliverable = models.CharField(
        _("deliverable"), max_length=10, blank=True, help_text=_("The number in the grant agreement, such as D3.2.")
    )
    # Chosen in the source language. Pages show their translations.
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), blank=True, related_name="+", limit_choices_to=IN_SOURCE_LANGUAGE
    )
    target_groups = models.ManyToManyField(
        TargetGroup,
        verbose_name=_("target groups"),
        blank=True,
        related_name="+",
        limit_choices_to=IN_SOURCE_LANGUAGE,
    )
    first_published_on = models.DateField(
        _("first published"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("Set automatically when a page of the publication is first published."),
    )

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    @property
    def licence_url(self) -> str:
        return ADDRESSES.get(Licence(self.licence), "")

    @property
    def licence_name(self) -> str:
        return str(self.get_licence_display())


class Contributor(Orderable):
    """An author: a person, with or without an organisation, or an organisation."""

    publication = ParentalKey(Publication, on_delete=models.CASCADE, related_name="contributors")
    name = models.CharField(
        _("person"), max_length=120, blank=True, help_text=_("First name and last name, as in the publication.")
    )
    orcid = models.CharField(
        "ORCID",
        max_length=19,
        blank=True,
        validators=[orcid_validator],
    )
    organisation = models.ForeignKey(
        "home.Organisation",
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("If no person is given, the organisation is the author."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name="") | models.Q(organisation__isnull=False),
                name="factsheets_contributor_has_a_name",
                violation_error_message=_("Enter a person, an organisation, or both."),
            )
        ]

    def __str__(self):
        return self.name or str(self.organisation)


class PublicationFile(models.Model):
    """A file in one language and of one kind.

    `current` is the version that visitors download; None if no version was accepted.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF")
        EDITABLE = "editable", _("Editable file")

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(_("language"), max_length=5, choices=language_choices)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PDF)
    current = models.ForeignKey(
        "FileVersion", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["language", "-kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "language", "kind"], name="factsheets_one_file_per_language_and_kind"
            )
        ]

    def __str__(self):
        return f"{self.language_name}: {self.get_kind_display()}"

    @property
    def language_name(self) -> str:
        return language_name(self.language)

    @property
    def own_language_name(self) -> str:
        return own_language_name(self.language)


def content_path(version: FileVersion, filename: str) -> str:
    # The name of the uploaded file is not used, so neither its letters nor its extension get into the storage.
    return f"publications/{version.file.publication_id}/{version.key}/content"


class FileVersion(models.Model):
    """One upload of a file. When validation accepts it, it gets a number and a permanent address."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Being checked")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Not accepted")

    file = models.ForeignKey(PublicationFile, on_delete=models.CASCADE, related_name="versions")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveSmallIntegerField(_("version"), null=True, editable=False)
    content = models.FileField(storage=private_storage, upload_to=content_path, max_length=200)
    format = models.CharField(max_length=8)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    dated_on = models.DateField(_("date"), default=timezone.localdate)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    checked_at = models.DateTimeField(null=True, editable=False)
    # [{"code": …, further values for its text}], see `validation/issues.py`.
    issues = models.JSONField(default=list, editable=False)
    pages = models.PositiveIntegerField(null=True, editable=False)
    # Pictures of the first page, smallest first: [{"name": in the private storage, "width": pixels, "height": pixels}].
    covers = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="factsheets_version_numbers_are_unique"),
            models.CheckConstraint(
                condition=models.Q(status="accepted", number__isnull=False)
                | (~models.Q(status="accepted") & models.Q(number=None)),
                name="factsheets_accepted_versions_have_numbers",
            ),
        ]

    def __str__(self):
        return f"{self.file} ({self.number or self.get_status_display()})"

    @property
    def media_type(self) -> str:
        return media_type(self.format)

    @property
    def format_name(self) -> str:
        return format_name(self.format)

    def clean(self):
        super().clean()
        if self.dated_on and self.dated_on > timezone.localdate():
            raise ValidationError(
                {"dated_on": _("The date cannot be in the future. To publish later, schedule the page.")}
            )


class DownloadCount(models.Model):
    """The number of downloads of a publication in one language on one day. It holds no personal data."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="download_counts")
    language = models.CharField(max_length=5)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("daily downloads")
        verbose_name_plural = _("daily downloads")
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "language", "day"], name="factsheets_one_count_per_language_and_day"
            )
        ]
        indexes = [models.Index(fields=["day"], name="factsheets_count_day")]

    def __str__(self):
        return f"{self.publication_id} {self.language} {self.day}: {self.count}"
