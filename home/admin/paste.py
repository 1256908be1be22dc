"""Converts text pasted in the page editor: `site/static/admin/paste.js` sends the HTML and inserts the returned blocks."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin.telepath import register
from wagtail.blocks.stream_block import StreamBlockAdapter

from home.blocks import BodyBlock
from home.pasted_html import Pasted, read

# The most characters of HTML. Word writes about ten for each character of the text.
LONGEST = 2_000_000
# The most tags: about a hundred pages of Word. Reading a tag takes up to a millisecond.
MOST_TAGS = 30_000


def validate_tags(html: str) -> None:
    """Raise ValidationError if the HTML has more tags than can be read while the user waits."""
    if html.count("<") > MOST_TAGS:
        # The script then pastes the text without structure, and says so.
        raise ValidationError("too many tags")


class PastedForm(forms.Form):
    html = forms.CharField(max_length=LONGEST, strip=False, validators=[validate_tags])


@require_POST
def pasted_html(request: HttpRequest) -> JsonResponse:
    """Return the pasted HTML as blocks of a page, in the form in which the editor's forms store their state."""
    form = PastedForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    pasted = read(form.cleaned_data["html"])
    body = BodyBlock()
    blocks = []
    for kind, value in pasted.blocks():
        block = body.child_blocks[kind]
        blocks.append({"type": kind, "value": block.get_form_state(block.to_python(value))})
    return JsonResponse(
        {
            "has_structure": pasted.has_structure,
            "blocks": blocks,
            "messages": _messages(pasted, _("Tables were added as table blocks. Enter a caption for each.")),
            # For fields without blocks.
            "html": pasted.rich_text(),
            "text_messages": _messages(pasted, _("This field has no tables: each row is a paragraph now.")),
        }
    )


def _messages(pasted: Pasted, about_tables: str) -> list[str]:
    messages = [about_tables] if pasted.has_tables else []
    if pasted.has_images:
        messages.append(_("Pictures cannot be pasted. Upload them under Images and add image blocks."))
    return messages


class BodyBlockAdapter(StreamBlockAdapter):
    """The client-side form of a page's body. It accepts pasted headings and tables as blocks."""

    js_constructor = "home.BodyBlock"

    @cached_property
    def media(self):
        return super().media + forms.Media(js=["admin/body-block.js"])


register(BodyBlockAdapter(), BodyBlock)
