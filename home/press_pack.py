"""The press pack of the contact page: a ZIP file that is created on request, and the citation of the project."""

from __future__ import annotations

import io
import logging
import uuid
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.coreutils import string_to_ascii
from wagtail.images.exceptions import InvalidFilterSpecError

from home.citations import Author, Citation
from home.http import page_cache
from home.http.host import has_own_port
from home.http.routing import find_site
from home.layout import Layout
from home.models import ContactPage, LanguageTexts
from home.models.images import is_placeholder
from home.pdf import EMBLEM, FOLDER, picture
from home.site_context import SiteContext

if TYPE_CHECKING:
    from home.models import PressPicture

logger = logging.getLogger(__name__)

MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 47 24"><g fill="#0f8583"><path d="M21 20C25.2 15.2 28.5 15.6 32 '
    '18.7L32 5.3C28.5 8.4 25.2 8.8 21 4Z"/><circle cx="12" cy="12" r="12"/><circle cx="38" cy="12" r="9"/></g><circle '
    'cx="12" cy="12" r="4.4" fill="#bfe5df"/></svg>'
)
# The colours of the letters, by the background that the logo is for.
GROUNDS = {"light": "#0c2a30", "dark": "#ffffff"}
LOGO_PIXELS_PER_INCH = 600
PICTURE = "max-2400x2400|format-jpeg|jpegquality-85"
# The date of all files in the archive, so that an unchanged pack has the same bytes.
FIXED_DATE = (2000, 1, 1, 0, 0, 0)
MAX_AGE = 300
STYLES = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
}


def page_context(page: ContactPage, request: HttpRequest) -> dict[str, object]:
    """Return the template context for the press pack on the contact page."""
    layout = Layout(request, page)
    context = layout.site_context
    return {
        "about": about(page, context.texts.get(layout.language_code)),
        "press_pictures": list(page.press_pictures.select_related("image")) if page.pk else [],
        "citation": citation_of(context, layout.language_code, layout.root_url),
        "pack_url": reverse("press_pack", args=[page.translation_key]),
        "bibtex_url": reverse("project_citation", args=[page.translation_key, "bib"]),
        "ris_url": reverse("project_citation", args=[page.translation_key, "ris"]),
    }


def about(page: ContactPage, texts: LanguageTexts | None) -> str:
    """Return the text about the project in the language of the page."""
    return page.boilerplate or (texts.footer_text if texts else "")


def citation_of(context: SiteContext, language: str, root_url: str) -> Citation | None:
    """Return the citation of the project, or None without its title in the language. Its year is the project's last one."""
    project, texts = context.settings, context.texts.get(language)
    if project is None or texts is None:
        return None
    coordinator = context.coordinator(language)
    day = project.ends_on or project.starts_on
    with override(language):
        consortium = _("%(acronym)s consortium") % {"acronym": project.acronym}
        grant = (
            _("%(programme)s, grant agreement %(number)s")
            % {"programme": project.programme_name, "number": project.grant_number}
            if project.grant_number
            else ""
        )
    return Citation(
        authors=[Author(consortium)],
        year=day.year if day else None,
        title=texts.project_title,
        publisher=coordinator.name if coordinator else project.acronym,
        url=f"{root_url}/{language}/",
        language=language,
        note=grant,
    )


@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def pack(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Serve the press pack, which is the same in all languages."""
    pages = _public_pages(request, key)
    context = SiteContext.of(find_site(request))
    root_url = Layout(request, pages[0]).root_url
    content = page_cache.cached(
        f"press-pack-{key}-{request.get_host()}",
        lambda: _archive(pages, context, root_url),
        may_cache=lambda _content: has_own_port(request),
    )
    name = slugify(context.settings.acronym if context.settings else "") or "project"
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}-press-pack.zip"'
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def citation(request: HttpRequest, key: uuid.UUID, style: str) -> HttpResponse:
    """Serve the citation of the project in the language of the address, in a format for reference managers."""
    pages = [page for page in _public_pages(request, key) if page.locale.language_code == get_language()]
    if style not in STYLES or not pages:
        raise Http404("no such citation")
    layout = Layout(request, pages[0])
    found = citation_of(layout.site_context, layout.language_code, layout.root_url)
    if found is None:
        raise Http404("the project has no title in this language")
    response = HttpResponse(_written(found)[style], content_type=STYLES[style])
    response["Content-Disposition"] = f'attachment; filename="citation.{style}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _public_pages(request: HttpRequest, key: uuid.UUID) -> list[ContactPage]:
    """Return the public contact pages, the one in the source language first. Raises Http404 if there is none."""
    context = SiteContext.of(find_site(request))
    rows = ContactPage.objects.live().filter(translation_key=key).select_related("locale")
    found = [page for page in rows if context.is_public(page)]
    if not found:
        raise Http404("no such contact page")
    return sorted(found, key=lambda page: (page.locale.language_code != settings.LANGUAGE_CODE, page.pk))


def _archive(pages: list[ContactPage], context: SiteContext, root_url: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(pages, context, root_url):
            archive.writestr(zipfile.ZipInfo(name, FIXED_DATE), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _files(pages: list[ContactPage], context: SiteContext, root_url: str) -> Iterator[tuple[str, str | bytes]]:
    """Yield (name, content) for the files of the archive."""
    yield from _logos(context.settings.acronym if context.settings else settings.WAGTAIL_SITE_NAME)
    yield "eu-funding/emblem.svg", EMBLEM.read_text(encoding="utf-8")
    for code, texts in context.texts.items():
        yield f"eu-funding/statement-{code}.txt", f"{texts.funding_statement}\n\n{texts.disclaimer}\n"
    for page in pages:
        code = page.locale.language_code
        if text := about(page, context.texts.get(code)):
            title = context.texts[code].project_title if code in context.texts else page.title
            yield f"about/about-{code}.txt", f"{title}\n\n{text}\n"
    found = citation_of(context, settings.LANGUAGE_CODE, root_url)
    if found:
        yield from ((f"citation/citation.{style}", text) for style, text in _written(found).items())
    yield from _pictures(list(pages[0].press_pictures.select_related("image")))


def _logos(name: str) -> Iterator[tuple[str, bytes]]:
    for ground, colour in GROUNDS.items():
        data: dict[str, object] = {
            "name": name,
            "language": settings.LANGUAGE_CODE,
            "text-colour": colour,
            "mark": MARK,
        }
        template = FOLDER / "logo.typ"
        yield f"logo/logo-on-{ground}.svg", picture(template, data, as_format="svg")
        yield f"logo/logo-on-{ground}.png", picture(template, data, pixels_per_inch=LOGO_PIXELS_PER_INCH)


def _pictures(rows: list[PressPicture]) -> Iterator[tuple[str, str | bytes]]:
    credits_of = []
    for number, row in enumerate(rows, start=1):
        name = f"{number:02d}-{slugify(string_to_ascii(row.caption))[:40].strip('-') or 'picture'}.jpg"
        try:
            rendition = row.image.get_rendition(PICTURE)
            if is_placeholder(rendition):
                continue
            with rendition.file.open("rb") as file:
                content = file.read()
        except (OSError, InvalidFilterSpecError):
            logger.warning("image %s is not in the press pack", row.image_id, exc_info=True)
            continue
        yield f"pictures/{name}", content
        credits_of.append(f"{name}: {' '.join(filter(None, [row.caption, f'({row.credit})']))}")
    if credits_of:
        yield "pictures/credits.txt", "\n".join([*credits_of, ""])


def _written(found: Citation) -> dict[str, str]:
    with override(found.language):
        return {"txt": f"{found.text}\n", "bib": found.bibtex(), "ris": found.ris()}
