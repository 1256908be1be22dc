"""Uploaded images of every kind: normalised, or refused in words, and shown on pages, in lists and when a page is shared."""

import io
import struct
import zlib
from collections.abc import Callable

import pillow_heif
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pillow
from PIL import ImageCms
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form

from home.image_normalization import LONGEST_SIDE
from news.models import NewsIndexPage, NewsPage
from tests.factories.pages import make_page
from tests.html import soup

pytestmark = pytest.mark.any_database

SIZE = (64, 48)
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def saved(image: Pillow.Image, kind: str, **options) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def picture(mode: str = "RGB", size: tuple[int, int] = SIZE, color="teal") -> Pillow.Image:
    return Pillow.new(mode, size, color)


def photograph() -> bytes:
    """A JPEG that a phone took upright, with place and make of the camera."""
    exif = Pillow.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "Zeisig Camera"
    exif[GPS] = {1: "N", 2: (60.0, 27.0, 0.0), 3: "E", 4: (22.0, 16.0, 0.0)}
    return saved(picture(), "JPEG", exif=exif, comment=b"Zeisig")


def heic() -> bytes:
    return saved_heif(picture())


def saved_heif(image: Pillow.Image) -> bytes:
    target = io.BytesIO()
    pillow_heif.from_pillow(image).save(target)
    return target.getvalue()


def png_of_16_bits() -> bytes:
    """A PNG with 16 bits per colour, which Pillow reads but does not write."""
    header = struct.pack(">IIBBBBB", *SIZE, 16, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + struct.pack(">HHH", 40_000, 20_000, 0) * SIZE[0]) * SIZE[1])
    chunks = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def animation(kind: str, size: tuple[int, int] = SIZE, **options) -> bytes:
    return saved(picture(size=size), kind, save_all=True, append_images=[picture(size=size, color="red")], **options)


def rgb_profile(*primaries: tuple[float, float, float], gamma: float = 563 / 256) -> bytes:
    """Return an ICC profile for colours of these primaries (XYZ, adapted to D50)."""

    def xyz(values: tuple[float, ...]) -> bytes:
        return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))

    tags = {b"wtpt": xyz((0.9642, 1.0, 0.8249)), b"cprt": b"text" + bytes(4) + b"Zeisig\0\0"}
    tags[b"desc"] = b"desc" + bytes(4) + struct.pack(">I", 7) + b"Zeisig\0" + bytes(79) + b"\0\0"
    for letter, primary in zip((b"r", b"g", b"b"), primaries, strict=True):
        tags[letter + b"XYZ"] = xyz(primary)
        tags[letter + b"TRC"] = b"curv" + bytes(4) + struct.pack(">IHxx", 1, round(gamma * 256))
    table, content, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(content), len(data))
        content += data + bytes(-len(data) % 4)
    header = struct.pack(">I4xI", start + len(content), 0x02100000) + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    return header + xyz((0.9642, 1.0, 0.8249))[8:] + bytes(48) + struct.pack(">I", len(tags)) + table + content


ADOBE_RGB = rgb_profile((0.60969, 0.31109, 0.01948), (0.20524, 0.62567, 0.06089), (0.14926, 0.06323, 0.74501))
DISPLAY_P3 = rgb_profile((0.51507, 0.24117, -0.00105), (0.29194, 0.69224, 0.04188), (0.15718, 0.06659, 0.78455))
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
KINDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "photograph": ("a.jpg", photograph),
    "CMYK": ("a.jpg", lambda: saved(picture("CMYK", color=(10, 20, 30, 40)), "JPEG")),
    "CMYK with a profile for RGB": (
        "a.jpg",
        lambda: saved(picture("CMYK", color=(10, 20, 30, 40)), "JPEG", icc_profile=PROFILE),
    ),
    "damaged profile": ("a.jpg", lambda: saved(picture(), "JPEG", icc_profile=b"no profile")),
    "16-bit grey": ("a.png", lambda: saved(Pillow.new("I;16", SIZE, 40_000), "PNG")),
    "palette": ("a.png", lambda: saved(picture().quantize(4), "PNG")),
    "transparent palette": ("a.gif", lambda: saved(picture("P", color=0), "GIF", transparency=0)),
    "grey with transparency": ("a.png", lambda: saved(picture("LA", color=(9, 9)), "PNG")),
    "text in a PNG": ("a.png", lambda: saved(picture(), "PNG", exif=Pillow.Exif())),
    "MPO": ("a.jpg", lambda: saved(picture(), "MPO", save_all=True, append_images=[picture()])),
    "HEIC": ("a.heic", heic),
    "damaged metadata": ("a.webp", lambda: saved(picture(), "WEBP", exif=b"Exif\0\0Zeisig")),
    "16-bit colours": ("a.png", png_of_16_bits),
    "other segments": ("a.jpg", lambda: saved(picture(), "JPEG", extra=b"\xff\xe7\x00\x08Zeisig")),
    "animated": ("a.gif", lambda: animation("GIF")),
    "animated with a comment": ("a.gif", lambda: animation("GIF", comment=b"Zeisig", loop=0, duration=[70, 90])),
    "animated with metadata": ("a.webp", lambda: animation("WEBP", xmp=b"<Zeisig>")),
    "animated and long": ("a.webp", lambda: animation("WEBP", (5000, 10))),
    "one pixel": ("a.png", lambda: saved(picture(size=(1, 1)), "PNG")),
    "one row": ("a.png", lambda: saved(picture(size=(3000, 1)), "PNG")),
    "long": ("a.png", lambda: saved(picture("L", (400, 9000), 0), "PNG")),
}


def upload(name: str, content: bytes):
    """Return the form of an upload, as each screen with an upload uses it."""
    image = get_image_model()
    return get_image_form(image)({"title": "Picture"}, {"file": SimpleUploadedFile(name, content)}, instance=image())


def stored(kind: str):
    name, make = KINDS[kind]
    form = upload(name, make())
    assert form.is_valid(), form.errors
    return form.save()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_an_upload_is_normalised(kind):
    image = stored(kind)
    with image.file.open("rb") as file:
        content = file.read()
    with Pillow.open(io.BytesIO(content)) as found:
        assert found.size == (image.width, image.height)
        assert max(found.size) <= LONGEST_SIDE
        assert found.mode in {"L", "P", "RGB", "RGBA", "LA"}
        assert found.format in {"JPEG", "PNG", "WEBP", "GIF"}
        assert not found.getexif()
        assert not found.info.get("icc_profile")
        assert getattr(found, "n_frames", 1) == (2 if kind.startswith("animated") else 1)
    assert b"Zeisig" not in content


@pytest.mark.django_db
def test_a_photograph_is_turned_upright_and_its_original_has_no_place():
    image = stored("photograph")
    assert (image.width, image.height) == (48, 64)


# The quarters of an upright image, as its middle and those of the quarters to the right of and below it see them.
QUARTERS = {(16, 12): (255, 0, 0), (48, 12): (0, 255, 0), (16, 36): (0, 0, 255), (48, 36): (255, 255, 255)}
# How a camera that notes an orientation (Exif 2.3, 4.6.4) has turned the upright image.
TURNS = {
    1: None,
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_90,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_270,
}


def close(found: Pillow.Image, place: tuple[int, int], color: tuple[int, ...], tolerance: int = 3) -> bool:
    """Return whether a pixel has a colour, apart from what JPEG and HEIC round."""
    pixel = found.convert("RGB").getpixel(place)
    return all(abs(one - other) <= tolerance for one, other in zip(pixel, color, strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize("orientation", TURNS)
def test_each_part_of_an_upright_image_is_where_it_was(orientation):
    image = picture(color="white")
    for left, top, color in ((0, 0, "#f00"), (32, 0, "#0f0"), (0, 24, "#00f")):
        image.paste(color, (left, top, left + 32, top + 24))
    turn, exif = TURNS[orientation], Pillow.Exif()
    exif[ORIENTATION] = orientation
    turned = image if turn is None else image.transpose(turn)
    form = upload("a.jpg", saved(turned, "JPEG", exif=exif, quality=95))
    assert form.is_valid(), form.errors
    with form.save().file.open("rb") as file, Pillow.open(file) as found:
        assert found.size == SIZE
        assert [place for place, color in QUARTERS.items() if not close(found, place, color)] == []


SRGB = {
    "photograph": (0, 128, 128),
    # Pillow's conversion of CMYK without a profile: 255 minus black, less the share of each colour.
    "CMYK": (207, 198, 190),
    "CMYK with a profile for RGB": (207, 198, 190),
    "damaged profile": (0, 128, 128),
    "16-bit grey": (156, 156, 156),
    "16-bit colours": (156, 78, 0),
    "palette": (0, 128, 128),
    "MPO": (0, 128, 128),
    "HEIC": (0, 128, 128),
    "animated": (0, 128, 128),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", SRGB)
def test_colours_are_converted_to_srgb(kind):
    with stored(kind).file.open("rb") as file, Pillow.open(file) as found:
        assert found.mode in ({"L"} if kind == "16-bit grey" else {"RGB", "P"})
        assert close(found, (0, 0), SRGB[kind])


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
@pytest.mark.parametrize(
    ("profile", "expected"),
    # Computed from the primaries and the gamma of each space.
    [(ADOBE_RGB, (162, 121, 88)), (DISPLAY_P3, (157, 119, 85))],
    ids=["Adobe RGB", "Display P3"],
)
def test_colours_of_a_wide_profile_look_as_before(kind, profile, expected):
    image = picture(color=(150, 120, 90))
    if kind == "HEIC":
        image.info["icc_profile"] = profile
        content = saved_heif(image)
    else:
        content = saved(image, kind, icc_profile=profile, **({} if kind == "PNG" else {"quality": 95}))
    assert b"acsp" in content or kind == "PNG"
    form = upload(f"a.{kind.lower()}", content)
    assert form.is_valid(), form.errors
    with form.save().file.open("rb") as file, Pillow.open(file) as found:
        assert not found.info.get("icc_profile")
        assert close(found, (0, 0), expected)


@pytest.mark.django_db
def test_colours_of_16_bits_are_stored_with_8():
    with stored("16-bit colours").file.open("rb") as file:
        assert file.read(25)[24] == 8
        file.seek(0)
        with Pillow.open(file) as found:
            assert found.getpixel((0, 0)) == (156, 78, 0)


@pytest.mark.django_db
def test_an_animation_keeps_its_times_and_repeats():
    with stored("animated with a comment").file.open("rb") as file, Pillow.open(file) as found:
        times = [found.info["duration"]]
        found.seek(1)
        assert ([*times, found.info["duration"]], found.info["loop"]) == ([70, 90], 0)


@pytest.mark.django_db
def test_an_animation_has_no_more_pixels_than_one_image_may_have(settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 4000
    form = upload("a.gif", animation("GIF"))
    assert form.is_valid(), form.errors
    image = form.save()
    assert (image.width, image.height) == (51, 38)


@pytest.mark.django_db
def test_a_normal_image_is_stored_as_it_is():
    content = saved(picture(), "PNG")
    form = upload("a.png", content)
    assert form.is_valid()
    assert form.cleaned_data["file"].read() == content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jpg", saved(picture(size=(400, 400)), "JPEG")[:600]),
        ("a.png", saved(picture(), "JPEG")),
        ("a.jpg", b"MZ no image"),
        ("a.exe", saved(picture(), "PNG")),
        ("a.png", animation("PNG")),
    ],
    ids=["truncated", "wrong ending", "program", "ending of a program", "animated PNG"],
)
def test_an_image_that_cannot_be_shown_is_refused(name, content):
    form = upload(name, content)
    assert list(form.errors) == ["file"]


@pytest.mark.django_db
def test_an_animated_png_is_refused_in_words():
    form = upload("a.png", animation("PNG"))
    assert form.errors["file"] == [
        "Animated PNG files cannot be shown. Save the animation as GIF or WebP, or one picture of it as PNG."
    ]


@pytest.mark.django_db
def test_an_image_that_needs_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("home.images.MEGABYTES", 10)
    form = upload("a.png", saved(picture(size=(5000, 3000)), "PNG"))
    assert form.errors["file"] == ["This image needs too much memory or time. Make it smaller and upload it again."]


def picture_sources(client, address: str) -> list[str]:
    """Return the addresses of the pictures that a page, a screen of the admin or a chooser shows."""
    response = client.get(address)
    assert response.status_code == 200, address
    page = soup(response.json()["html"] if "json" in response["Content-Type"] else response)
    return [
        found["src"]
        for found in page.select("main picture img, main .listing img, .image-choice img, .show-transparency")
    ]


def test_every_kind_is_shown_on_pages_and_in_the_admin(client, admin_client, home_page, monkeypatch):
    monkeypatch.setattr("home.models.base.SMALLEST_SHARED", (1, 1))
    index = make_page(NewsIndexPage, home_page, "News")
    images = [stored(kind) for kind in KINDS]
    for number, image in enumerate(images):
        make_page(NewsPage, index, f"Article {number}", image=image, image_alt="A picture")
    shown = {page.specific.get_url(): picture_sources(client, page.specific.get_url()) for page in [home_page, index]}
    for page in NewsPage.objects.all():
        shown[page.get_url()] = found = picture_sources(client, page.get_url())
        assert found, page
    screens = {reverse("wagtailimages:index"): len(KINDS), reverse("wagtailimages_chooser:choose"): 10}
    screens |= {reverse("wagtailimages:edit", args=[image.pk]): 1 for image in images}
    for address, number in screens.items():
        shown[address] = found = picture_sources(admin_client, address)
        assert len(found) >= number, address
    # Else it is the placeholder of an image that cannot be shown.
    failed = [address for address, found in shown.items() if not all(src.startswith("/media/images/") for src in found)]
    assert failed == []


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?fields=*"])
def test_the_api_of_the_admin_has_images_without_an_address_of_the_original(admin_client, query):
    image = stored("palette")
    found = admin_client.get(f"/admin/api/main/images/{image.pk}/{query}").json()
    assert found["thumbnail"]["url"].startswith("/media/")
    assert "download_url" not in found["meta"]
    listed = admin_client.get(f"/admin/api/main/images/{query}").json()
    assert [item["id"] for item in listed["items"]] == [image.pk]
