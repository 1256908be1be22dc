"""The style sheets of the public site fit its templates."""

import re
from pathlib import Path

import polib
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from fontTools.ttLib import TTFont

from config.static_files import MinifiedStaticFilesStorage

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[2]
SHEETS = [str(sheet.relative_to(ROOT)) for sheet in ROOT.glob("*/static/**/*.css") if sheet.stem != "admin"]
FOLDERS = ["home/templates/home", "events/templates/events", "factsheets/templates", "news/templates", "site/templates"]
# Screens of staff and emails have styles of their own.
OTHER = {"admin", "wagtailadmin", "wagtail_localize", "wagtaillocales", "mail", "demo", "door"}
BLOCK = re.compile(r"[a-z]+(?:-[a-z]+)*")


def text_of(sheets):
    return re.sub(r"/\*.*?\*/", "", "".join((ROOT / sheet).read_text() for sheet in sheets), flags=re.DOTALL)


def blocks_of(template):
    """Return the names of blocks, without parts and variants, in the class attributes of a template."""
    # What stands for a tag is not part of a name.
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "\0", template.read_text(), flags=re.DOTALL)
    for value in re.findall(r'class="([^"]*)"', text):
        yield from (name for name in value.split() if BLOCK.fullmatch(name))


def test_every_block_of_a_public_template_has_a_rule():
    rules = text_of(SHEETS)
    missing = {
        f"{template.relative_to(ROOT)}: {name}"
        for folder in FOLDERS
        for template in (ROOT / folder).rglob("*.html")
        if not OTHER & set(template.relative_to(ROOT).parts)
        for name in blocks_of(template)
        if not re.search(rf"\.{name}(?![a-z-])", rules)
    }
    assert missing == set()


def test_a_live_site_serves_style_sheets_without_comments(tmp_path):
    source = FileSystemStorage(tmp_path / "source")
    source.save("css/site.css", ContentFile("/* Why. */\na  {  color: red;  background: url('../a.svg') }\n"))
    source.save("css/broken.txt", ContentFile("a  {"))
    source.save("wagtailadmin/css/core.css", ContentFile("/* Wagtail's */ a { color: red }"))
    source.save("a.svg", ContentFile("<svg/>"))
    collected = MinifiedStaticFilesStorage(location=tmp_path / "static", base_url="/static/")
    names = ["css/site.css", "css/broken.txt", "wagtailadmin/css/core.css", "a.svg"]
    for name in names:
        with source.open(name) as file:
            collected.save(name, file)

    list(collected.post_process({name: (source, name) for name in names}))

    sheet = (tmp_path / "static" / collected.hashed_files["css/site.css"]).read_text()
    untouched = (tmp_path / "static" / collected.hashed_files["wagtailadmin/css/core.css"]).read_text()
    image = collected.hashed_files["a.svg"]
    assert sheet == f'a{{color:red;background:url("../{image}")}}'
    assert "Wagtail's" in untouched


def declarations_of(sheet):
    """Yield condition, selector and property of each declaration in their order. The condition is empty without @media."""
    opened: list[str] = []
    for text, mark in re.findall(r"([^{};]*)([{};])", text_of([sheet])):
        if mark == "{":
            opened.append(" ".join(text.split()))
        elif not opened:
            continue
        elif ":" in text and not opened[-1].startswith("@"):
            condition = " ".join(rule for rule in opened if rule.startswith(("@media", "@container")))
            for selector in opened[-1].split(","):
                yield condition, selector.strip(), text.partition(":")[0].strip()
        if mark == "}":
            opened.pop()


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_rule_for_a_width_is_undone_by_a_general_one_below_it(sheet):
    conditional: dict[tuple[str, str], str] = {}
    undone = set()
    for condition, selector, name in declarations_of(sheet):
        if condition:
            conditional[selector, name] = condition
        elif (selector, name) in conditional:
            undone.add(f"{conditional[selector, name]} {selector} {name}")
    assert undone == set()


def fonts():
    """Return for each family the characters that the style sheet names for each of its files."""
    found = {}
    for face in re.findall(r"@font-face \{(.*?)\}", text_of(["site/static/css/tokens.css"]), flags=re.DOTALL):
        if file := re.search(r"fonts/([\w-]+\.woff2)", face):
            family = re.search(r'font-family: "([^"]+)"', face)[1]
            named = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", face)
            found.setdefault(family, {})[file[1]] = {
                code for first, last in named for code in range(int(first, 16), int(last or first, 16) + 1)
            }
    return found


def characters_of(file):
    with TTFont(ROOT / "site/static/fonts" / file) as font:
        return set(font.getBestCmap())


def test_each_character_is_taken_from_the_part_of_the_font_that_has_it():
    known = set()
    for ranges in fonts().values():
        files = {name: characters_of(name) for name in ranges}
        characters = set().union(*files.values())
        known |= characters
        for name, range_ in ranges.items():
            lacking = {f"U+{code:04X}" for code in range_ & characters - files[name]}
            assert lacking == set(), name
            others = set().union(*(other for file, other in ranges.items() if file != name))
            assert not range_ & others, name
    assert len(known) > 400


def test_the_greek_font_has_what_greek_pages_need():
    """A letter that it lacks would load the Latin part too."""
    (name,) = fonts()["Commissioner Greek"]
    characters = characters_of(name)
    catalogue = polib.pofile(str(ROOT / "locale/el/LC_MESSAGES/django.po"))
    letters = {letter for entry in catalogue for letter in entry.msgstr if letter.isalpha()}
    assert len(letters) > 80
    assert {letter for letter in letters if ord(letter) not in characters} == set()


def test_ticks_of_the_admin_are_as_large_as_their_text():
    """Wagtail gives an icon no size of its own."""
    lines = [
        line
        for template in (ROOT / "site/templates/wagtailadmin").rglob("*.html")
        for line in template.read_text().splitlines()
        if '{% icon name="success"' in line
    ]

    assert len(lines) > 3
    assert [line for line in lines if '<p class="nothing-to-do">' not in line] == []
