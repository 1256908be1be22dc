"""Uploads of images: a file that cannot be shown in full is refused with a message."""

from __future__ import annotations

import warnings
from typing import Any

from django.core.exceptions import ValidationError
from PIL import Image, ImageSequence
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm


class CheckedImageField(WagtailImageField):
    """Wagtail's field reads only the header of a file. This one reads every frame, after the check of the number of pixels.

    Otherwise a damaged image is stored, and each page and list that shows it fails.
    """

    def to_python(self, data: Any) -> Any:
        with warnings.catch_warnings():
            # Wagtail's own limit (`WAGTAILIMAGES_MAX_IMAGE_PIXELS`) is lower than that of Pillow's warning.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            try:
                file = super().to_python(data)
                if file is not None:
                    self._read_frames(file)
            except ValidationError:
                raise
            except Exception as error:
                # Pillow raises many classes, also SyntaxError and struct.error.
                raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error
        return file

    def _read_frames(self, file: Any) -> None:
        file.seek(0)
        with Image.open(file) as image:
            for frame in ImageSequence.Iterator(image):
                frame.load()
        file.seek(0)


class ImageForm(BaseImageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = CheckedImageField(label=field.label, required=field.required, widget=field.widget)
