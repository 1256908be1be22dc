"""Questions of the form: rules of the source page, texts in the language of the page."""

import pytest
from wagtail.blocks.stream_block import StreamValue

from events.enums import Mode, QuestionKind
from events.models import EventQuestion
from events.registration.questions import questions_for
from tests.factories import reload
from tests.factories.events import in_language, translate_all
from tests.factories.registrations import make_open_page

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def choices(*labels) -> StreamValue:
    block = EventQuestion._meta.get_field("choices").stream_block
    raw = [
        {"type": "choice", "value": label, "id": f"00000000-0000-4000-8000-00000000000{n}"}
        for n, label in enumerate(labels)
    ]
    return StreamValue(block, raw, is_lazy=True)


@pytest.fixture
def page(home_page):
    page = make_open_page(home_page)
    page.questions.set(
        [
            EventQuestion(label="Role", is_required=True, locale=page.locale, sort_order=0),
            EventQuestion(
                label="Dinner",
                kind="choice",
                choices=choices("Fish", "Beans"),
                only_mode="on_site",
                locale=page.locale,
                sort_order=1,
            ),
            EventQuestion(label="Diet", help_text="Allergies", is_sensitive=True, locale=page.locale, sort_order=2),
        ]
    )
    page.save_revision().publish()
    return reload(page)


def test_questions_of_the_source_page_are_in_order(page):
    role, dinner, diet = questions_for(page)
    assert (role.label, role.kind, role.is_required, role.language) == ("Role", QuestionKind.TEXT, True, "en")
    assert [label for _key, label in dinner.choices] == ["Fish", "Beans"]
    assert (dinner.applies_to(Mode.ON_SITE), dinner.applies_to(Mode.ONLINE), role.applies_to("online")) == (
        True,
        False,
        True,
    )
    assert (diet.help_text, diet.is_sensitive) == ("Allergies", True)


def test_a_translation_changes_texts_and_neither_keys_nor_rules(page):
    translate_all(page.get_parent().specific, page, codes=("fi",))
    finnish = in_language(page, "fi")
    # Rules of the translated rows have no effect.
    finnish.questions.update(is_required=False, only_mode="online", kind="text")
    found, source = questions_for(reload(finnish)), questions_for(page)
    assert [question.label for question in found] == ["fi Role", "fi Dinner", "fi Diet"]
    assert [question.key for question in found] == [question.key for question in source]
    assert [(q.kind, q.is_required, q.only_mode, q.is_sensitive) for q in found] == [
        (q.kind, q.is_required, q.only_mode, q.is_sensitive) for q in source
    ]
    assert [label for _key, label in found[1].choices] == ["fi Fish", "fi Beans"]
    assert [key for key, _label in found[1].choices] == [key for key, _label in source[1].choices]
    assert {question.language for question in found} == {"fi"}


def test_untranslated_questions_and_choices_use_the_text_of_the_source(page):
    translate_all(page.get_parent().specific, page, codes=("fi",))
    finnish = in_language(page, "fi")
    finnish.questions.filter(label="fi Role").delete()
    dinner = finnish.questions.get(label="fi Dinner")
    dinner.choices = choices("fi Fish")
    dinner.save()
    role, dinner, _diet = questions_for(reload(finnish))
    assert (role.label, role.language) == ("Role", "en")
    assert [label for _key, label in dinner.choices] == ["fi Fish", "Beans"]
