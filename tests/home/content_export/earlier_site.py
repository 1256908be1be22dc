"""Adds to a demo what it does not have, in the shell of the site. `MARK` is in all that must not leave the site."""

import datetime

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction, Comment, Page, PageViewRestriction, Site
from wagtail_localize.models import SegmentOverride, StringTranslation, TranslationSource

from events.models import (
    CertificateRule,
    CertificateSignatory,
    Event,
    EventMaterial,
    EventOrganiser,
    EventPage,
    EventSession,
    RegistrationSettings,
    Survey,
    SurveyQuestion,
    TimetableChange,
)
from factsheets.models import DownloadCount, Publication
from home.models import (
    ContactPage,
    ContentPage,
    Deliverable,
    DeliverableEditor,
    LanguageTexts,
    Organisation,
    PressPicture,
    ProjectPublication,
    ProjectSettings,
    ResultsPage,
    SiteImage,
    SocialAccount,
    StaleString,
    SyncFailure,
    SyncRequest,
    WorkPackage,
)
from news.models import NewsPage
from tests.factories.personal_data import make_full_registration
from tests.factories.registrations import set_up_registration
from tests.factories.users import make_organiser, make_user

MARK = "zebedee"
PRIVATE = "private-page"
CLOSED = "closed-page"


def build() -> None:
    user = make_user(MARK, first_name=MARK)
    Page.objects.update(owner=user)
    SiteImage.objects.update(uploaded_by_user=user)
    StringTranslation.objects.update(last_translated_by=user)
    LanguageTexts.objects.filter(locale__language_code="en").update(
        confirmed_by=MARK, confirmed_on=timezone.localdate()
    )
    Organisation.objects.all()[0].editors.add(user)
    _pages(user)
    _documents(user)
    _images(user)
    _results()
    _event(user)
    _translations(user)
    # The rows of pages that were added without publishing them are not in the search index yet.
    call_command("update_index", verbosity=0)


def _pages(user) -> None:
    home = Site.objects.get().root_page
    private = home.add_child(instance=ContentPage(title="Private", slug=PRIVATE, locale=home.locale, owner=user))
    PageViewRestriction.objects.create(page=private, restriction_type="password", password=MARK)
    closed = home.add_child(instance=ContentPage(title="Closed", slug=CLOSED, locale=home.locale))
    restriction = PageViewRestriction.objects.create(page=closed, restriction_type="groups")
    restriction.groups.add(Group.objects.get(name="Editors"), Group.objects.create(name="Only here"))
    draft = ContentPage.objects.live().exclude(pk__in=[private.pk, closed.pk])[0]
    draft.wagtail_admin_comments = [Comment(user=user, text=f"Ask {MARK}.", contentpath="title")]
    draft.title = "A draft title"
    draft.save_revision(user=user)
    later = home.add_child(instance=ContentPage(title="Later", slug="later", locale=home.locale, live=False))
    later.go_live_at = timezone.now() + timezone.timedelta(days=30)
    later.save_revision(user=user).publish()
    Redirect.objects.create(old_path="/earlier-address", site=Site.objects.get(), redirect_page=draft)


def _documents(user) -> None:
    collection = Collection.get_first_root_node().add_child(name="Closed")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    document = get_document_model()(title="Minutes", collection=collection, uploaded_by_user=user)
    document.file.save("minutes.txt", ContentFile(b"What was decided."))
    document.tags.add("minutes")


def _event(user) -> None:
    page = EventPage.objects.live()[0]
    event = page.event
    if not RegistrationSettings.objects.filter(event=event).exists():
        set_up_registration(event)
    RegistrationSettings.objects.filter(event=event).update(notification_emails=f"{MARK}@example.org")
    make_full_registration(event, MARK)
    make_organiser(event, f"{MARK}-organiser")
    rule = CertificateRule.objects.get_or_create(event=event)[0]
    CertificateSignatory.objects.create(rule=rule, position=9, name=MARK)
    row = page.timetable_rows.first()
    EventSession.objects.update_or_create(key=row.translation_key, defaults={"event": event, "code_word": MARK})
    Event.objects.filter(pk=event.pk).update(online_link="https://meet.example.org/forum")
    Survey.objects.get_or_create(event=event)
    SurveyQuestion.objects.create(page=page, label="Was it warm?", locale=page.locale)
    EventMaterial.objects.create(page=page, title="Slides", url="https://example.org/slides", locale=page.locale)
    EventOrganiser.objects.create(event=event, organisation=Organisation.objects.filter(locale=page.locale)[0])
    TimetableChange.objects.create(event=event, before={"day": "2026-02-12"}, after={"day": "2026-02-13"})


def _images(user) -> None:
    image = SiteImage.objects.create(title="A room", file=get_test_image_file("room.png"), uploaded_by_user=user)
    image.tags.add("rooms")
    NewsPage.objects.update(image=image, image_alt="A room with chairs")
    contact = ContactPage.objects.filter(locale__language_code="en")[0]
    PressPicture.objects.create(
        page=contact, image=image, caption="A room", credit="The project", locale=contact.locale
    )


def _results() -> None:
    page = ResultsPage.objects.filter(locale__language_code="en")[0]
    document = get_document_model().objects.all()[0]
    WorkPackage.objects.create(page=page, number=1, title="Training", locale=page.locale)
    Deliverable.objects.create(page=page, number="D1.1", title="Plan", document=document, locale=page.locale)
    DeliverableEditor.objects.create(
        page=page, work_package_number=1, organisation=Organisation.objects.all()[0], locale=page.locale
    )
    ProjectPublication.objects.create(page=page, title="A study", authors="The project", year=2025, locale=page.locale)
    SocialAccount.objects.create(
        project=ProjectSettings.objects.get(), label="Mastodon", url="https://example.org/social"
    )
    DownloadCount.objects.create(
        publication=Publication.objects.all()[0], language="en", day=datetime.date(2026, 2, 12), count=3
    )


def _translations(user) -> None:
    source = TranslationSource.objects.filter(overridablesegment__isnull=False)[0]
    translation = source.translations.all()[0]
    SegmentOverride.objects.create(
        locale=translation.target_locale,
        context=source.overridablesegment_set.all()[0].context,
        last_translated_by=user,
        data_json=source.overridablesegment_set.all()[0].data_json,
    )
    segment = source.stringsegment_set.all()[0]
    StaleString.objects.create(
        translation=translation,
        context=segment.context,
        string=segment.string,
        old_source="Old",
        old_translation="Vana",
    )
    SyncRequest.objects.get_or_create(source=source, defaults={"user": user})
    SyncFailure.objects.get_or_create(translation=translation, defaults={"reason": "It took too long."})
