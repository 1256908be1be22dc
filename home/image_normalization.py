"""Normalises an uploaded image: `python image_normalization.py SOURCE TARGET`, in a process with limits (`images.py`).

The result is upright, in sRGB with 8 bits per colour, at most `LONGEST_SIDE` pixels on its longest side, and has no
metadata, such as the place where a photograph was taken. The program prints the extension of the result as JSON, or null if
the image is normal already. It imports nothing of the site.
"""

from __future__ import annotations

import io
import json
import math
import sys
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, ImageSequence

# Pixels. The largest rendition of the site is 1,920 pixels wide; this leaves room to crop.
LONGEST_SIDE = 4000
QUALITY = 90
# Formats that browsers show are kept. Others become JPEG, or PNG if they have transparent parts.
KEPT = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}
# Animated PNG files are refused, because Willow, which makes the renditions, does not support them.
ANIMATED = {"GIF", "WEBP", "AVIF"}
TRANSPARENT = {"RGBA", "LA", "PA", "La", "RGBa"}
# Keys of `Image.info` with metadata.
METADATA = {"exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "icc_profile", "Raw profile type exif"}


def normalise(source: str, target: str) -> str | None:
    """Write the normalised image to `target` and return its extension, or None if the image is normal already."""
    with Image.open(source) as image:
        if image.format in ANIMATED and getattr(image, "n_frames", 1) > 1:
            return normalise_animation(image, target)
        image.load()
        if is_normal(image):
            return None
        found = bounded(in_srgb(upright(image)))
        found.info = {}
        kind = output_format(image.format or "", found)
        options = {"lossless": False, "quality": QUALITY} if kind in {"WEBP", "AVIF"} else {"quality": QUALITY}
        found.save(target, kind, **({"optimize": True} if kind == "PNG" else options))
        return KEPT[kind]


def normalise_animation(image: Image.Image, target: str) -> str | None:
    """Normalise an animation as `normalise` does an image.

    It stays an animation in the same format. All its frames together may have as many pixels as one image may have.
    """
    kind = image.format or ""
    pixels = image.width * image.height * image.n_frames  # type: ignore[attr-defined]  # the stubs lack it
    scale = min(1.0, LONGEST_SIDE / max(image.size), math.sqrt((Image.MAX_IMAGE_PIXELS or pixels) / pixels))
    size = max(1, int(image.width * scale)), max(1, int(image.height * scale))
    loop, keep, frames, durations = image.info.get("loop"), scale == 1.0, [], []
    for frame in ImageSequence.Iterator(image):
        frame.load()
        keep = keep and not has_metadata(frame)
        durations.append(frame.info.get("duration", 100))
        shown = in_srgb(frame.copy()).convert("RGBA")
        shown.info = {}
        frames.append(shown if shown.size == size else shown.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0))
    if keep:
        return None
    # Without a number of repetitions, a GIF is shown once.
    options = {} if loop is None else {"loop": loop}
    # In a GIF, the background is restored after each frame (disposal 2).
    options |= {"disposal": 2} if kind == "GIF" else {"quality": QUALITY}
    frames[0].save(target, kind, save_all=True, append_images=frames[1:], duration=durations, **options)
    return KEPT[kind]


def is_normal(image: Image.Image) -> bool:
    return (
        image.format in KEPT
        and image.mode in {"L", "P", "RGB", "RGBA", "LA"}
        and max(image.size) <= LONGEST_SIDE
        and not has_metadata(image)
        and not has_16_bits(image)
    )


def has_metadata(image: Image.Image) -> bool:
    return bool(
        METADATA & {name for name, value in image.info.items() if value}
        or has_exif(image)
        # The text chunks of a PNG file.
        or getattr(image, "text", None)
        # The segments of a JPEG file: APP0 and APP14 are needed to read the colours, the others describe the photograph.
        or {name for name, _content in getattr(image, "applist", [])} - {"APP0", "APP14"}
    )


def has_16_bits(image: Image.Image) -> bool:
    """Return whether a PNG has 16 bits per colour. Pillow reads 8, but each rendition would decode twice the data."""
    if image.format != "PNG":
        return False
    with Path(image.filename).open("rb") as file:  # type: ignore[attr-defined]  # the stubs lack it
        return file.read(25)[24:] == b"\x10"


def has_exif(image: Image.Image) -> bool:
    try:
        return bool(image.getexif())
    except Exception:  # of damaged data
        return True


def upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # of damaged data, which say nothing about the orientation
        return image


def output_format(source: str, image: Image.Image) -> str:
    if source in {"WEBP", "AVIF"}:
        return source
    if source in {"PNG", "GIF"} or image.mode in TRANSPARENT:
        return "PNG"
    return "JPEG"


def in_srgb(image: Image.Image) -> Image.Image:
    """Return the image in RGB or grey, with transparency if it has any. An invalid colour profile is ignored."""
    profile = image.info.get("icc_profile")
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode.startswith("I") or image.mode == "F":
        # 16 bits of grey, as scanners save images.
        return image.convert("F").point(lambda value: value * (255 / 65535) + 0).convert("L")
    transparent = image.mode in TRANSPARENT
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = "L" if image.mode == "L" else "RGBA" if transparent else "RGB"
            converted = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode=mode)
            if converted is not None:
                return converted
    if image.mode in {"L", "RGB", "RGBA"}:
        return image
    return image.convert("RGBA" if transparent else "RGB")


def bounded(image: Image.Image) -> Image.Image:
    """Return the image scaled down to `LONGEST_SIDE`, at least one pixel high and wide."""
    if max(image.size) <= LONGEST_SIDE:
        return image
    scale = LONGEST_SIDE / max(image.size)
    size = tuple(max(1, round(side * scale)) for side in image.size)
    return image.resize((size[0], size[1]), Image.Resampling.LANCZOS, reducing_gap=2.0)


def limit(seconds: int, megabytes: int) -> None:
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main(arguments: list[str]) -> None:
    source, target, seconds, megabytes, pixels = arguments
    with suppress(ImportError):
        from pillow_heif import register_heif_opener  # noqa: PLC0415  (photographs of phones)

        register_heif_opener()
    Image.MAX_IMAGE_PIXELS = int(pixels)
    limit(int(seconds), int(megabytes))
    sys.stdout.write(json.dumps(normalise(source, target)))


if __name__ == "__main__":
    main(sys.argv[1:])
