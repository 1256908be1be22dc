"""Uploads of images: they are normalised (`image_normalization.py`), or refused with a message if they cannot be shown.

How large they may be, and which formats there are: `site/config/settings/files.py`.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import warnings
from io import BytesIO
from pathlib import Path, PurePath
from typing import Any

import willow  # type: ignore[import-untyped]  # has no types
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from home.file_check.runner import environment

logger = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("image_normalization.py")
# Limits of the process: seconds, and megabytes. An image of `WAGTAILIMAGES_MAX_IMAGE_PIXELS` needs about half of the memory.
SECONDS = 30
MEGABYTES = 1500
# The number of bytes in which the chunks before the first picture of a PNG file must be.
PNG_START = 64 * 1024
TOO_COSTLY = _("This image needs too much memory or time. Make it smaller and upload it again.")
ANIMATED_PNG = _("Animated PNG files cannot be shown. Save the animation as GIF or WebP, or one picture of it as PNG.")


class NormalisedImageField(WagtailImageField):
    """A form field that decodes and normalises the whole image. Wagtail's field reads only the header of the file.

    Otherwise a damaged image, or one with colours that the site cannot convert, would break each page and list that shows
    it, and photographs would keep the place where they were taken.
    """

    def to_python(self, data: Any) -> Any:
        with warnings.catch_warnings():
            # Wagtail's own limit (`WAGTAILIMAGES_MAX_IMAGE_PIXELS`) is lower than the limit above which Pillow warns.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            try:
                if is_animated_png(data):
                    raise ValidationError(ANIMATED_PNG, code="animated_png")
                file = super().to_python(data)
                return file and self._normalised(file)
            except ValidationError:
                raise
            except Exception as error:
                # Pillow raises exceptions of many classes, including SyntaxError and struct.error.
                raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error

    def _normalised(self, file: Any) -> Any:
        """Return the file, or a new file with the normalised image. Raises ValidationError if it cannot be decoded."""
        file.seek(0)
        found = normalised(file.read())
        file.seek(0)
        if found is None:
            return file
        extension, content = found
        new = SimpleUploadedFile(f"{PurePath(file.name).stem}.{extension}", content, _media_type(extension))
        # Wagtail's field also sets this attribute.
        new.image = willow.Image.open(BytesIO(content))  # type: ignore[attr-defined]
        return new


def is_animated_png(file: Any) -> bool:
    """Return whether an uploaded file is an animated PNG: it has the chunk `acTL` before the first picture."""
    if not hasattr(file, "read"):
        return False
    file.seek(0)
    start = file.read(PNG_START)
    file.seek(0)
    return start.startswith(b"\x89PNG\r\n") and b"acTL" in start.partition(b"IDAT")[0]


def normalised(content: bytes) -> tuple[str, bytes] | None:
    """Return (extension, content) of the normalised image, or None if it is normal already.

    Raises ValidationError if the image cannot be decoded within the limits.
    """
    with tempfile.TemporaryDirectory(prefix="image-") as name:
        source, target = Path(name) / "source", Path(name) / "target"
        source.write_bytes(content)
        extension = _run(source, target)
        return None if extension is None else (extension, target.read_bytes())


def _run(source: Path, target: Path) -> str | None:
    limits = [str(SECONDS), str(MEGABYTES), str(settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS)]
    command = [sys.executable, "-I", str(PROGRAM), str(source), str(target), *limits]
    try:
        # The command contains only paths of the site. The environment is replaced, because it contains secrets.
        result = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=SECONDS + 5, check=False, env=environment()
        )
    except subprocess.TimeoutExpired as error:
        raise ValidationError(TOO_COSTLY, code="too_costly") from error
    if result.returncode < 0 or b"MemoryError" in result.stderr:
        raise ValidationError(TOO_COSTLY, code="too_costly")
    if result.returncode:
        logger.info("an image was refused: %s", result.stderr.decode(errors="replace").strip().rpartition("\n")[2])
        raise ValidationError(NormalisedImageField.default_error_messages["invalid_image"], code="invalid_image")
    extension: str | None = json.loads(result.stdout)
    return extension


def _media_type(extension: str) -> str:
    return f"image/{'jpeg' if extension == 'jpg' else extension}"


class ImageForm(BaseImageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = NormalisedImageField(label=field.label, required=field.required, widget=field.widget)
        if field := self.fields.get("description"):
            field.help_text = _(
                "What the image shows, in one sentence. Suggested as alternative text where the image is used, and read "
                "to people who cannot see it when a page is shared."
            )
