"""The blocks of a page body: output, validation and previews."""

import json
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import translation
from PIL import Image as Picture
from wagtail.blocks import Block
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale

from home.blocks import AudienceBlock, BodyBlock, GoalBlock, LinkBlock, sections_of
from home.models import ContentPage, Organisation, Person
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database

BODY = BodyBlock()
SCRIPT = '<script>alert("x")</script>'


def value(name: str, content):
    """Return the value of the body block `name` for the stored `content`."""
    return BODY.child_blocks[name].to_python(content)


def render(name: str, content, **context) -> BeautifulSoup:
    return soup(BODY.child_blocks[name].render(value(name, content), context=context))


def stream(*blocks: tuple[str, object]) -> str:
    return json.dumps([{"type": name, "value": content} for name, content in blocks])


@pytest.fixture
def image(db):
    content = BytesIO()
    Picture.new("RGB", (1000, 500), "teal").save(content, "PNG")
    return get_image_model().objects.create(
        title="A file name.png", file=ContentFile(content.getvalue(), "picture.png"), description="What the file shows"
    )


@pytest.fixture
def document(db):
    return get_document_model().objects.create(title="Fact sheet 1", file=ContentFile(b"x" * 2048, "fact-sheet.pdf"))


@pytest.fixture
def english(db):
    return Locale.objects.get(language_code="en")


@pytest.fixture
def finnish(db):
    return Locale.objects.get(language_code="fi")


# Previews

PREVIEWS = {
    "text": "A paragraph with bold words and a list: one point another point",
    "heading": "What we learned",
    "quote": "Learning together changes how we work. A participant Nurse",
    "details": "Who can take part? Everyone who works in cancer care.",
    "table": "Levels of the training Level For whom EQF 6 Nurses EQF 7 Specialists",
    "image": "What the image shows Picture: Author",
    "video": (
        "Watch the video “The project in two minutes” The project in two minutes "
        "The video opens on example.org. Nothing is loaded from that site until you follow the link."
    ),
    "file": "PDF Fact sheet for nurses (PDF, 1.1 MB) Two pages to print.",
    "statistics": "levels of the European Qualifications Framework 6–8",
    "timeline": "The project in steps Spring We begin Autumn We pilot",
    "people": "Name of a person Role in the project",
    "organisations": "NOAO Name of an organisation What it does.",
    "call_to_action": (
        "Take part The training is open to everyone who works with people affected by cancer. Read about the training"
    ),
}


def test_every_body_block_is_listed_in_previews():
    assert set(PREVIEWS) == set(BODY.child_blocks)


def preview(client, block: Block) -> BeautifulSoup:
    response = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})

    assert response.status_code == 200
    return soup(response.content.decode())


@pytest.mark.parametrize("name", PREVIEWS)
def test_block_preview_has_the_text_and_styles_of_the_site(admin_client, name):
    page = preview(admin_client, BODY.child_blocks[name])

    assert text_of(page.select_one(".prose")).replace("\xa0", " ") == PREVIEWS[name]
    assert [link["href"] for link in page.select("link[rel=stylesheet]")] == [
        "/static/css/tokens.css",
        "/static/css/site.css",
    ]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (LinkBlock(), "Read about the training"),
        (GoalBlock(), "Better digital skills Professionals learn to use digital tools with confidence."),
        (AudienceBlock(), "Nurses Nurses who help patients use digital services."),
    ],
)
def test_block_outside_a_body_renders_its_preview_value(block, expected):
    assert text_of(block.render(block.get_preview_value())) == expected


@pytest.mark.parametrize("name", PREVIEWS)
def test_block_has_a_preview_and_a_description(name):
    block = BODY.child_blocks[name]

    assert block.is_previewable
    assert str(block.meta.description)
    assert block.meta.icon != Block._meta_class.icon


def test_previews_use_the_first_existing_rows(admin_client, image, english):
    organisation = Organisation.objects.create(name="College of Care", country="EE", locale=english)
    Person.objects.create(name="Mari Maasikas", organisation=organisation, locale=english)

    assert "Mari Maasikas College of Care" in text_of(preview(admin_client, BODY.child_blocks["people"]))
    assert "College of Care" in text_of(preview(admin_client, BODY.child_blocks["organisations"]))
    assert preview(admin_client, BODY.child_blocks["image"]).img["alt"] == "What the file shows"


# Markup


def test_text_is_rendered_with_its_markup():
    assert str(render("text", "<p>One <b>two</b></p><ul><li>three</li></ul>").div.p) == "<p>One <b>two</b></p>"


@pytest.mark.parametrize("level", ["h2", "h3"])
def test_heading_has_its_level(level):
    page = render("heading", {"text": "Aims", "level": level})

    assert [(tag.name, tag.text, tag.attrs) for tag in page.find_all()] == [(level, "Aims", {})]


def test_quote_names_its_source():
    figure = render("quote", {"text": "It works.", "attribution": "A. Nurse", "role": "Tallinn"}).figure

    assert text_of(figure.blockquote) == "It works."
    assert text_of(figure.figcaption) == "A. Nurse Tallinn"


def test_statistics_are_a_description_list():
    page = render("statistics", {"items": [{"value": "6", "label": "countries", "note": "in 2023"}]})

    assert page.dl.dt.text == "countries"
    assert [item.text for item in page.dl.find_all("dd")] == ["6", "in 2023"]


def test_table_has_caption_headings_and_a_focusable_region():
    page = render(
        "table", {"caption": "Levels", "columns": ["Level", "For whom"], "rows": [{"cells": ["EQF 6", "Nurses"]}]}
    )

    assert page.caption.text == "Levels"
    assert [(cell.text, cell["scope"]) for cell in page.select("th")] == [
        ("Level", "col"),
        ("For whom", "col"),
        ("EQF 6", "row"),
    ]
    assert [(cell["data-label"], cell.text) for cell in page.select("td")] == [("For whom", "Nurses")]
    region = page.table.parent
    assert (region["role"], region["tabindex"], region["aria-label"]) == ("region", "0", "Levels")


def test_timeline_is_an_ordered_list():
    page = render(
        "timeline",
        {
            "heading": "",
            "items": [
                {"when": "2023", "title": "Kickoff", "text": "<p>All met.</p>"},
                {"when": "2026", "title": "End"},
            ],
        },
    )

    assert [text_of(item) for item in page.ol.find_all("li")] == ["2023 Kickoff All met.", "2026 End"]
    assert page.h2 is None


def test_file_link_names_format_size_and_language(document):
    link = render("file", {"document": document.pk, "title": "", "description": "", "language": "fi"}).a

    assert text_of(link).replace("\xa0", " ") == "Fact sheet 1 (PDF, 2.0 KB, Finnish)"
    assert (link["href"], link["hreflang"]) == (document.url, "fi")


def test_file_title_can_be_changed_and_language_is_optional(document):
    link = render("file", {"document": document.pk, "title": "For nurses", "description": "", "language": ""}).a

    assert text_of(link).replace("\xa0", " ") == "For nurses (PDF, 2.0 KB)"
    assert not link.has_attr("hreflang")


def test_file_with_a_deleted_document_is_not_rendered(db):
    assert text_of(render("file", {"document": 4711, "title": "Gone", "description": "", "language": ""})) == ""


def test_video_is_a_link_without_third_party_requests():
    page = render(
        "video",
        {"title": "Two minutes", "url": "https://www.example.org/v?a=1&b=2", "poster": None, "transcript": "<p>Hi</p>"},
    )

    assert [link["href"] for link in page.select("a")] == ["https://www.example.org/v?a=1&b=2"]
    assert not page.select("[src], iframe, video, script, object, embed")
    assert "The video opens on example.org." in text_of(page)
    assert text_of(page.details) == "Transcript of “Two minutes” Hi"


def test_video_image_is_served_by_this_site(image):
    page = render("video", {"title": "Two minutes", "url": "https://example.org/v", "poster": image.pk})

    assert page.img["alt"] == ""
    assert page.img["src"].startswith("/media/images/")


# Images


def figure(image, **content):
    block = BODY.child_blocks["image"]
    stored = {"image": {"image": image.pk, "decorative": False, "alt_text": ""} | content, "caption": "", "credit": ""}
    return soup(block.render(block.bulk_to_python([stored])[0]))


def test_image_block_uses_its_own_alt_text(image):
    page = figure(image, alt_text="Six people around a table")

    assert page.img["alt"] == "Six people around a table"
    assert [source["type"] for source in page.select("picture source")] == ["image/avif", "image/webp"]
    assert (page.img["loading"], page.img["width"], page.img["height"]) == ("lazy", "480", "240")
    assert page.figcaption is None


def test_decorative_image_has_empty_alt_text(image):
    assert figure(image, decorative=True, alt_text="Left over").img["alt"] == ""


def test_image_needs_alt_text_or_the_decorative_option(image):
    block = BODY.child_blocks["image"].child_blocks["image"]

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python({"image": image.pk, "decorative": False, "alt_text": ""}))

    assert list(refused.value.block_errors) == ["alt_text"]


def test_deleted_image_is_not_rendered(db):
    page = render(
        "image", {"image": {"image": None, "decorative": True, "alt_text": ""}, "caption": "Left", "credit": ""}
    )

    assert text_of(page) == ""


# People and organisations in the reader's language


@pytest.fixture
def college(english, finnish):
    """An organisation that is translated into Finnish."""
    college = Organisation.objects.create(name="College of Care", country="EE", locale=english)
    translated = college.copy_for_translation(finnish)
    translated.name = "Hoitokorkeakoulu"
    translated.save()
    return college


@pytest.fixture
def institute(english):
    """An organisation in English only."""
    return Organisation.objects.create(name="Institute of Health", country="FI", locale=english)


def finnish_page(finnish):
    return ContentPage(title="Sivu", locale=finnish)


def test_organisations_are_shown_in_the_language_of_the_page(college, institute, finnish):
    page = render(
        "organisations",
        {"heading": "Tekijät", "organisations": [institute.pk, college.pk]},
        page=finnish_page(finnish),
    )

    assert [(tag.text, tag.get("lang")) for tag in page.select("h3")] == [
        ("Institute of Health", "en"),
        ("Hoitokorkeakoulu", None),
    ]


def test_people_are_shown_in_the_language_of_the_page(college, english, finnish):
    person = Person.objects.create(name="Mari Maasikas", role="Teacher", organisation=college, locale=english)

    page = render("people", {"heading": "", "people": [person.pk]}, page=finnish_page(finnish))

    assert page.select_one(".person__name").name == "p"
    assert (page.select_one(".person__role").text, page.select_one(".person__role")["lang"]) == ("Teacher", "en")


@pytest.mark.parametrize("count", [1, 3])
def test_people_block_has_a_constant_number_of_queries(english, finnish, college, count, django_assert_num_queries):
    people = [Person.objects.create(name=f"P{number}", organisation=college, locale=english) for number in range(count)]
    content = value("people", {"heading": "", "people": [person.pk for person in people]})
    page = finnish_page(finnish)

    with django_assert_num_queries(1):
        html = BODY.child_blocks["people"].render(content, context={"page": page})

    assert len(soup(html).select(".person")) == count


def test_deleted_row_is_left_out(college):
    page = render("organisations", {"heading": "", "organisations": [college.pk, 4711]})

    assert [text_of(item) for item in page.select(".organisation__name")] == ["College of Care"]


# Links


def link(**content):
    block = LinkBlock()
    return block.clean(block.to_python({"label": "Read on", "page": None, "document": None, "url": ""} | content))


def test_link_needs_a_target(db):
    with pytest.raises(StructBlockValidationError) as refused:
        link()

    assert {name: error.messages for name, error in refused.value.block_errors.items()} == {
        "page": ["Choose a page or a document, or enter a web address."]
    }


def test_link_accepts_one_target_only(home_page, document):
    with pytest.raises(StructBlockValidationError) as refused:
        link(page=home_page.pk, document=document.pk)

    assert set(refused.value.block_errors) == {"page", "document"}


def test_link_has_the_url_of_its_target(home_page, document):
    assert link(url="https://example.org/a").href == "https://example.org/a"
    assert link(document=document.pk).href == document.url
    assert link(page=home_page.pk).href == "/en/"


def test_link_uses_the_translation_in_the_language_of_the_page(home_page):
    target = link(page=home_page.pk)

    with translation.override("fi"):
        assert target.href == "/fi/"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "mailto:a@example.org"])
def test_link_rejects_invalid_web_addresses(db, address):
    with pytest.raises(StructBlockValidationError) as refused:
        link(url=address)

    assert list(refused.value.block_errors) == ["url"]


# Tables


def table(rows):
    block = BODY.child_blocks["table"]
    return block.clean(
        block.to_python({"caption": "T", "columns": ["A", "B"], "rows": [{"cells": row} for row in rows]})
    )


def test_table_accepts_rows_with_one_cell_for_each_heading():
    assert [list(row["cells"]) for row in table([["1", "2"], ["3", ""]])["rows"]] == [["1", "2"], ["3", ""]]


def test_table_error_names_the_row_with_a_wrong_number_of_cells():
    with pytest.raises(StructBlockValidationError) as refused:
        table([["1", "2"], ["3"]])

    rows = refused.value.block_errors["rows"]
    assert {number: error.messages for number, error in rows.block_errors.items()} == {
        1: ["This row has 1 cells, but the table has 2 columns. Add or remove cells."]
    }


# Sections


def test_section_anchors_are_unique():
    body = BODY.to_python(
        json.loads(
            stream(
                ("heading", {"text": "Your rights", "level": "h2"}),
                ("heading", {"text": "In short", "level": "h3"}),
                ("heading", {"text": "Your rights", "level": "h2"}),
                ("heading", {"text": "Τα δικαιώματά σας", "level": "h2"}),
                ("heading", {"text": "…", "level": "h2"}),
            )
        )
    )

    assert [section.anchor for section in sections_of(body)] == [
        "your-rights",
        "your-rights-2",
        "τα-δικαιώματά-σας",
        "section",
    ]
    assert [tag.get("id") for tag in soup(BODY.render(body)).find_all(["h2", "h3"])] == [
        "your-rights",
        None,
        "your-rights-2",
        "τα-δικαιώματά-σας",
        "section",
    ]


# Markup in plain text

HOSTILE = {
    "heading": {"text": SCRIPT, "level": "h2"},
    "quote": {"text": SCRIPT, "attribution": SCRIPT, "role": SCRIPT},
    "details": {"summary": SCRIPT, "body": "<p>-</p>"},
    "table": {"caption": SCRIPT, "columns": [SCRIPT], "rows": [{"cells": [SCRIPT]}]},
    "video": {"title": SCRIPT, "url": 'https://example.org/"><script>', "description": SCRIPT},
    "statistics": {"items": [{"value": SCRIPT, "label": SCRIPT, "note": SCRIPT}]},
    "timeline": {"heading": SCRIPT, "items": [{"when": SCRIPT, "title": SCRIPT, "text": ""}]},
    "people": {"heading": SCRIPT, "people": []},
    "organisations": {"heading": SCRIPT, "organisations": []},
    "call_to_action": {"heading": SCRIPT, "text": SCRIPT, "link": {"label": SCRIPT, "url": "https://example.org/"}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_markup_in_plain_text_is_escaped(db, name):
    page = render(name, HOSTILE[name])

    assert "<script>alert" in page.get_text()
    assert not page.find_all("script")


def test_markup_in_names_of_rows_and_files_is_escaped(english, document):
    organisation = Organisation.objects.create(name=SCRIPT, description=SCRIPT, country="EE", locale=english)
    shown = render("organisations", {"heading": "", "organisations": [organisation.pk]})
    file = render("file", {"document": document.pk, "title": SCRIPT, "description": SCRIPT, "language": ""})

    assert "<script>alert" in shown.get_text()
    assert "<script>alert" in file.get_text()
    assert not [*shown.find_all("script"), *file.find_all("script")]


@pytest.mark.django_db
def test_alternative_text_is_asked_for_and_not_taken_from_the_name_of_the_file(image, admin_client):
    get_image_model().objects.update(title="IMG_4711", description="")
    chosen = admin_client.get(reverse("wagtailimages_chooser:chosen", args=[image.pk])).json()
    assert chosen["result"]["default_alt_text"] == ""
    block = BODY.child_blocks["image"]
    value = {"image": {"image": image.pk, "alt_text": "", "decorative": False}, "caption": "", "credit": ""}
    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python(value))
    value["image"]["decorative"] = True
    assert block.clean(block.to_python(value))["image"].pk == image.pk
