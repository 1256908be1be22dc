"""Translations of image blocks whose image no longer exists.

An image in use is not deleted (`home/admin/deletion.py`), but its row can be lost: by a command, or in a restored database.
wagtail-localize (1.14) then fails to save every translation of the page, until the source is published without the image.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from wagtail_localize.segments.ingest import StreamFieldSegmentsWriter

Handler = Callable[..., Any]


def skip_blocks_without_image() -> None:
    """Let wagtail-localize write no texts into an image block without an image. Called once, when the site starts."""
    StreamFieldSegmentsWriter.handle_image_block = _with_image(StreamFieldSegmentsWriter.handle_image_block)


def _with_image(handle: Handler) -> Handler:
    @wraps(handle)
    def handle_image_block(writer: StreamFieldSegmentsWriter, block: object, image: object, segments: object) -> Any:
        return None if image is None else handle(writer, block, image, segments)

    return handle_image_block
