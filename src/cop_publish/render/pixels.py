"""Pillow, and nothing else: decode with a guard, turn upright, flatten to sRGB, encode from pixels.

Traps: Pillow carries a JPEG's comment and a PNG's colour profile over from the image it opened, so
what is encoded is always a new image made of bare pixels; and 16-bit greys clip when converted.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import TYPE_CHECKING

from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from cop_publish.render.images import BadImageError, Pixels

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE_WIDTHS_PX = (480, 960, 1600)
# Apple Podcasts' artwork rules, kept by every directory: square, RGB, 1400 to 3000 pixels.
COVER_MIN_PX, COVER_MAX_PX = 1400, 3000
TAG_PX, TAG_MAX_BYTES = 1000, 300_000
# A 64-megapixel photograph is the most that telephones make; more is a mistake or a bomb.
MAX_PIXELS = 64_000_000
FLAT_COLOURS = 256
_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".gif": "GIF", ".webp": "WEBP"}
_HEIF_BRANDS = {b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1"}


def for_pages(source: bytes, suffix: str) -> tuple[Pixels, ...]:
    """Up to three widths, narrowest first; PNG where it is flat or see-through, else JPEG."""
    image = _upright(source, suffix, shrink_to=max(PAGE_WIDTHS_PX))
    flat = image.mode == "RGBA" or image.getcolors(FLAT_COLOURS) is not None
    encode = _png if flat else _jpeg
    return tuple(encode(_resized(image, width)) for width in _widths(image.width))


def for_apps(source: bytes, suffix: str) -> tuple[Pixels, ...]:
    """One RGB JPEG of 1400 to 3000 pixels square."""
    image = _square(source, suffix)
    return (_jpeg(_resized(image, min(image.width, COVER_MAX_PX))),)


def for_tags(source: bytes, suffix: str) -> tuple[Pixels, ...]:
    """One RGB JPEG of at most 300 KB."""
    image = _resized(_square(source, suffix), TAG_PX)
    for quality in (85, 75, 60, 45, 30, 15):
        made = _jpeg(image, quality)
        if len(made.content) <= TAG_MAX_BYTES:
            return (made,)
    message = "cannot be made smaller than 300 KB"
    raise BadImageError(message, "Use a simpler picture.")


def pixels_sha256(source: bytes, suffix: str) -> str:
    """Digest what is to be seen: another comment, profile or packing of the same pixels changes nothing."""
    image = _upright(source, suffix, shrink_to=COVER_MAX_PX)
    return hashlib.sha256(f"{image.mode} {image.size} ".encode() + image.tobytes()).hexdigest()


def _square(source: bytes, suffix: str) -> Image.Image:
    image = _upright(source, suffix, shrink_to=COVER_MAX_PX)
    if image.width != image.height:
        what = f"is {image.width} by {image.height} pixels: a cover must be square"
        raise BadImageError(what, "Crop it to a square of 1400 to 3000 pixels.")
    if image.width < COVER_MIN_PX:
        what = f"is {image.width} pixels wide: podcast apps want at least {COVER_MIN_PX}"
        raise BadImageError(what, "Export it again at 3000 by 3000 pixels.")
    return _on_white(image)


def _upright(source: bytes, suffix: str, *, shrink_to: int) -> Image.Image:
    """The image as a new one of bare pixels, RGB or RGBA, turned as its EXIF says."""
    with _opened(source, suffix) as image:
        _refuse_by_header(image, suffix)
        image.draft(
            "RGB", (shrink_to, shrink_to)
        )  # a JPEG decodes at a half or a quarter where that is enough
        try:
            image.load()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            message = "is damaged or cut short"
            raise BadImageError(message, "Export it again.") from error
        pixels = _to_srgb(_turned(image))
    return Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())


def _turned(image: Image.Image) -> Image.Image:
    """Turned as its EXIF says; EXIF that cannot be read says nothing.

    `ImageOps.exif_transpose` writes the EXIF again, which nobody needs here and odd values make impossible.
    """
    try:
        turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, _UPRIGHT))
    except Exception:  # noqa: BLE001 - whatever Pillow raises at what some camera or editor left
        turn = None
    return image if turn is None else image.transpose(turn)


# EXIF 2.3, tag 274: what is done to the stored pixels to see them upright.
_UPRIGHT = 1
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _opened(source: bytes, suffix: str) -> Image.Image:
    if source[4:8] == b"ftyp" and source[8:12] in _HEIF_BRANDS:
        message = "is a HEIC photo, which browsers cannot show"
        raise BadImageError(message, "Save it as JPEG first.")
    if suffix not in _FORMATS:
        message = "is not a JPEG, PNG, GIF or WebP by its name"
        raise BadImageError(message, "Save it as JPEG or PNG.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(source), formats=("JPEG", "PNG", "GIF", "WEBP"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        message = "is not an image that can be read"
        raise BadImageError(message, "Export it again as JPEG or PNG.") from error


def _refuse_by_header(image: Image.Image, suffix: str) -> None:
    """What the header alone already says, before a pixel is decoded."""
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    # An MPO is a JPEG with a second frame behind it (telephones, depth); the first is the photograph.
    kind = "JPEG" if image.format == "MPO" else image.format
    if kind != _FORMATS[suffix]:
        what = f"is called {suffix} and is a {kind}"
        raise BadImageError(what, f"Name it .{'jpg' if kind == 'JPEG' else str(kind).lower()}.")
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        message = "moves: readers cannot stop it"
        raise BadImageError(message, "Use a still picture.")


def _too_many_pixels() -> BadImageError:
    what = f"has more than {MAX_PIXELS // 1_000_000} million pixels"
    return BadImageError(what, "Scale it down to 3000 pixels.")


def _to_srgb(image: Image.Image) -> Image.Image:
    see_through = "A" in image.getbands() or "transparency" in image.info
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):
        image = Image.frombytes("L", image.size, image.tobytes()[_high_byte(image.mode) :: 2])
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        image = _through_profile(image, profile)
    mode = "RGBA" if see_through else "RGB"
    image = image.convert(mode)
    if mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    return image


def _high_byte(mode: str) -> int:
    return 0 if mode.endswith("B") else 1


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Telephones photograph in wider colours than the web shows; a broken profile is left aside."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        there = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, there, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return image if turned is None else turned


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _widths(width: int) -> Iterator[int]:
    yield from (w for w in PAGE_WIDTHS_PX[:-1] if w < width)
    yield min(width, PAGE_WIDTHS_PX[-1])


def _resized(image: Image.Image, width: int) -> Image.Image:
    if width >= image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _jpeg(image: Image.Image, quality: int = 82) -> Pixels:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return Pixels(image.width, image.height, "jpg", out.getvalue())


def _png(image: Image.Image) -> Pixels:
    if image.mode == "RGB":  # flat: a resized edge has a few colours more, and a palette holds them
        image = image.quantize(FLAT_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return Pixels(image.width, image.height, "png", out.getvalue())
