"""Normalise images that were stored before the site normalised uploads: `manage.py normalise_images`."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand
from django.db import transaction
from wagtail.images.models import SourceImageIOError

from home.images import normalised
from home.models import SiteImage


class Command(BaseCommand):
    help = (
        "Normalise stored images as uploads are: upright, sRGB with 8 bits, bounded, without metadata such as the place of "
        "a photograph. Names the images that cannot be read. Safe to run again."
    )

    def handle(self, **options: object) -> None:
        changed = failed = 0
        for image in SiteImage.objects.order_by("pk").iterator():
            try:
                with image.open_file() as file:
                    found = normalised(file.read())
            except (SourceImageIOError, ValidationError) as error:
                failed += 1
                reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
                self.stderr.write(f"{image.pk} {image.title}: {reason}")
                continue
            if found:
                replace(image, *found)
                changed += 1
        self.stdout.write(f"Images normalised: {changed}; that cannot be read: {failed}.")


@transaction.atomic
def replace(image: SiteImage, extension: str, content: bytes) -> None:
    """Store new content for an image. Its old file and its renditions are deleted."""
    old, old_size = image.file.name, (image.width, image.height)
    storage = image.file.storage
    image.file = ContentFile(content, name=f"{PurePath(old).stem}.{extension}")
    image._set_image_file_metadata()
    keep_focal_point(image, old_size)
    image.save()
    image.file.close()
    # Delete row by row, so that the files are deleted as well.
    for rendition in image.renditions.all():
        rendition.delete()
    transaction.on_commit(partial(storage.delete, old))


def keep_focal_point(image: SiteImage, old_size: tuple[int, int]) -> None:
    """Scale the focal point with the image, or remove it if the image was rotated."""
    point = image.get_focal_point()
    if point is None:
        return
    across, down = image.width / old_size[0], image.height / old_size[1]
    turned = abs(across - down) > 0.01 * across
    scaled = None if turned else type(point)(*(round(value * across) for value in point))
    image.set_focal_point(scaled)
