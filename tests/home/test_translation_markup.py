"""Translators' texts reach the public pages without markup that the rich text editor cannot make."""

import json
import uuid
from urllib.parse import urlencode

import html5lib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.blocks import StreamValue
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction
from wagtail_localize.models import OverridableSegment, SegmentOverride, StringSegment, StringTranslation, Translation

from home.html_sanitizer import clean_segment, is_safe_address
from home.models import ContentPage, Organisation
from tests.factories.events import commit, publish
from tests.factories.translations import make_translations
from tests.factories.users import make_user

pytestmark = pytest.mark.any_database

# Each is read differently by Python's `html.parser` and by browsers, or is plainly forbidden.
HOSTILE = [
    "<!--><img src=x onerror=alert(1)>-->",
    "<!---><script>alert(1)</script>-->",
    "<!--a--!><img src=x onerror=alert(1)>-->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<![CDATA[><div data-controller='w-swap w-action'></div>]]>",
    "<?x ><img src=x onerror=alert(1)>?>",
    "<!DOCTYPE ><img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<b onclick=alert(1)>x</b>",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<b/onclick=alert(1)//>x",
]
FORM = "application/x-www-form-urlencoded"
SCHEMES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,x",
]


def elements(html: str) -> list:
    """Return the elements of a fragment and their attributes as a browser reads them."""
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return [(node.tag, set(node.attrib)) for node in tree.iter() if node is not tree]


@pytest.mark.parametrize("text", HOSTILE)
def test_only_inline_elements_without_attributes_remain(text):
    cleaned = clean_segment(text)
    assert clean_segment(cleaned) == cleaned
    for tag, attributes in elements(cleaned):
        assert tag in {"a", "b", "br", "i"}
        assert not attributes


def test_ordinary_texts_stay():
    text = 'Kysy <a id="a1">meiltä</a><br>ja <b>lue</b> <i>lisää</i>: R&amp;D &lt; 3'
    assert clean_segment(text) == text
    assert clean_segment("R&D < 3") == "R&amp;D &lt; 3"


@pytest.mark.parametrize("address", SCHEMES)
def test_addresses_with_other_schemes_are_not_safe(address):
    assert not is_safe_address(address)


@pytest.fixture
def translator(db):
    return make_user("translator", group="Translators: Finnish")


@pytest.fixture
def translated(home_page):
    """A published page with a translation into Finnish, and the translation's record."""
    key = str(uuid.uuid4())
    text = '<p>Ask <a href="https://example.org/">them</a>.</p>'
    page = ContentPage(title="Page", slug="page", locale=home_page.locale)
    page.body = StreamValue(page.body.stream_block, [{"type": "text", "value": text, "id": key}], is_lazy=True)
    home_page.add_child(instance=page)
    publish(page)
    make_translations(page, ["fi"])
    return Translation.objects.get(source__object_id=page.translation_key)


def target(translation) -> ContentPage:
    return translation.get_target_instance().specific


def put_text(client, translation, text: str):
    segment = StringSegment.objects.get(source=translation.source, context__path__startswith="body")
    url = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
    return segment, client.put(url, urlencode({"value": text}), content_type=FORM)


def stored_text(translation, segment) -> str:
    return StringTranslation.objects.get(
        translation_of=segment.string, context=segment.context, locale=translation.target_locale
    ).data


def publish_translation(client, translation) -> str:
    page = target(translation)
    with commit():
        client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {"action": "publish"})
    return Client().get(target(translation).url).text


def test_markup_in_a_translation_never_reaches_the_page(client, translator, translated):
    client.force_login(translator)
    for text in [*HOSTILE, "".join(HOSTILE)]:
        hostile = f'<a id="a1">Canary</a>{text}'
        segment, answer = put_text(client, translated, hostile)
        assert answer.status_code in {200, 201}
        assert "Markup that is not allowed was removed" in answer.json()["error"]
        stored = stored_text(translated, segment)
        assert stored == clean_segment(hostile)
    # Saved a second time without the markup, so without the error that keeps it from the page.
    put_text(client, translated, stored)
    page = publish_translation(client, translated)
    assert "Canary" in page
    for tag, attributes in elements(page):
        assert tag not in {"img", "math", "svg", "u"} or "class" in attributes
        assert not [name for name in attributes if str(name).startswith(("on", "data-controller"))]
    assert "alert(1)" not in page.replace("&gt;", "")


def test_markup_in_a_po_file_is_removed(client, translator, translated):
    client.force_login(translator)
    segment = StringSegment.objects.get(source=translated.source, context__path__startswith="body")
    po = translated.export_po()
    for entry in po:
        if entry.msgctxt == segment.context.path:
            entry.msgstr = '<![CDATA[><img src=x onerror=alert(1)>]]><a id="a1">Canary</a>'
    file = SimpleUploadedFile("fi.po", str(po).encode())
    client.post(reverse("wagtail_localize:upload_pofile", args=[translated.pk]), {"file": file})
    assert "Canary" in stored_text(translated, segment)
    assert "<img" not in stored_text(translated, segment)


def put_override(client, translation, segment, value: str):
    url = reverse("wagtail_localize:edit_override", args=[translation.pk, segment.pk])
    return client.put(url, urlencode({"value": value}), content_type=FORM)


@pytest.mark.parametrize("address", SCHEMES[:1])
def test_overridden_links_have_a_permitted_scheme(address, client, translator, translated):
    client.force_login(translator)
    segment = OverridableSegment.objects.get(source=translated.source, context__path__endswith="'")
    answer = put_override(client, translated, segment, address)
    assert "Enter an address" in answer.json()["error"]
    assert "alert" not in publish_translation(client, translated)
    assert not put_override(client, translated, segment, "https://example.org/fi").json()["error"]
    assert 'href="https://example.org/fi"' in publish_translation(client, translated)
    put_override(client, translated, segment, address)
    assert "alert" not in publish_translation(client, translated)


def test_overridden_texts_may_contain_a_colon_and_overridden_addresses_no_script(home_page):
    organisation = Organisation.objects.create(
        name="A", short_name="B", country="FI", website="https://example.org/", locale=home_page.locale
    )
    make_translations(organisation, ["fi"])
    translation = Translation.objects.get(source__object_id=organisation.translation_key)
    overrides = {}
    for name, value in (("short_name", "Note: A"), ("website", "javascript:alert(1)")):
        segment = OverridableSegment.objects.get(source=translation.source, context__path=name)
        overrides[name] = SegmentOverride.objects.create(
            locale=translation.target_locale, context=segment.context, data_json=json.dumps(value)
        )
    assert not overrides["short_name"].has_error
    assert overrides["website"].has_error


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Kysy heiltä.", 'The link “them” is missing. Put <a id="a1"> before its text and </a> after it.'),
        ('Kysy <a id="a1">heiltä.', "The tag <a> is not closed. Put </a> after the text that it belongs to."),
        ('<i>Kysy <a id="a1">heiltä</a>.', "The tag <i> is not closed. Put </i> after the text that it belongs to."),
        ('Kysy</b> <a id="a1">heiltä</a>.', "Remove the tag </b>, or put <b> before it."),
        ('Kysy <b><a id="a1">heiltä</a></b><br/>.', None),
    ],
)
def test_tags_of_a_translation_are_checked_when_it_is_saved(text, error, client, translator, translated):
    client.force_login(translator)
    _segment, answer = put_text(client, translated, text)
    assert answer.json()["error"] == error


def test_overridden_files_are_those_that_the_translator_may_choose(client, home_page, translator):
    private = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=private, restriction_type="password", password="x")
    model = get_image_model()
    shown = model.objects.create(title="Shown", file=get_test_image_file("shown.png"))
    hidden = model.objects.create(title="Hidden", file=get_test_image_file("hidden.png"), collection=private)
    page = ContentPage(title="Page", slug="page", locale=home_page.locale, share_image=shown)
    picture = {"image": shown.pk, "alt_text": "A picture", "decorative": False}
    figure = {"image": picture, "caption": "", "credit": ""}
    raw = [{"type": "image", "value": figure, "id": str(uuid.uuid4())}]
    page.body = StreamValue(page.body.stream_block, raw, is_lazy=True)
    home_page.add_child(instance=page)
    publish(page)
    make_translations(page, ["fi"])
    translation = Translation.objects.get(source__object_id=page.translation_key)
    client.force_login(translator)
    paths = []
    for segment in OverridableSegment.objects.filter(source=translation.source):
        if segment.data != shown.pk:
            continue
        # The share image, and the image in the body.
        paths.append(segment.context.path.split(".")[0])
        for wrong in (str(hidden.pk), "999999", "x"):
            error = put_override(client, translation, segment, wrong).json()["error"]
            assert "Choose something else" in (error or ""), (segment.context.path, wrong)
        assert not put_override(client, translation, segment, str(shown.pk)).json()["error"]
    assert sorted(paths) == ["body", "share_image"]
