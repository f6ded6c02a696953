from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from samples import RELEASES, SHOW

from cop_publish.errors import InvalidSource
from cop_publish.render.images import Picture, cover, cover_jpeg, make_pictures, rebuild
from cop_publish.render.pixels import pixels_sha256

if TYPE_CHECKING:
    from pathlib import Path

# Segments a JPEG may hold: start, JFIF, tables, frame headers, scans, end.  No APP1 (EXIF, XMP), no COM.
JPEG_SEGMENTS = {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA}
PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"sRGB", b"IDAT", b"IEND"}
ARTIST = "Jane Madeup 51.5N"


def photo(width: int = 900, height: int = 600) -> Image.Image:
    """Many colours, and a red corner at the top left."""
    image = Image.effect_mandelbrot((width, height), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    image = Image.merge(
        "RGB", (image.getchannel(0), Image.linear_gradient("L").resize(image.size), image.getchannel(1))
    )
    image.paste((255, 0, 0), (0, 0, width // 4, height // 4))
    return image


def telephone_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = ARTIST  # Artist
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)  # GPSLatitude
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def reopened(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.largest.content))


def jpeg_segments(content: bytes) -> set[int]:
    found, at = set(), 2
    while True:
        marker = content[at + 1]
        found.add(marker)
        if marker == 0xDA:
            return found
        at += 2 + int.from_bytes(content[at + 2 : at + 4])


def png_chunks(content: bytes) -> set[bytes]:
    found, at = set(), 8
    while at < len(content):
        found.add(content[at + 4 : at + 8])
        at += 12 + int.from_bytes(content[at : at + 4])
    return found


def with_exif(image: Image.Image, *entries: tuple[int, int, int, bytes]) -> bytes:
    """A JPEG with these EXIF entries as they are: tag, type, count, and the value in four bytes."""
    rows = b"".join(struct.pack(">HHI", *entry[:3]) + entry[3] for entry in entries)
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + rows + bytes(4)
    written = io.BytesIO()
    image.save(written, "JPEG", exif=b"Exif\0\0" + tiff)
    return written.getvalue()


UPSIDE_DOWN = (0x0112, 3, 1, b"\0\x03\0\0")


@pytest.mark.parametrize("odd", [(0x011A, 2, 2, b"ab\0\0"), (0x0128, 2, 2, b"ab\0\0")])
def test_a_photo_with_exif_that_cannot_be_written_again_is_turned_all_the_same(
    odd: tuple[int, int, int, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(with_exif(photo(400, 300), UPSIDE_DOWN, odd))
    turned = reopened(rebuild(path, "a")).convert("RGB")
    assert turned.getpixel((390, 290)) == pytest.approx((255, 0, 0), abs=8)


def test_exif_that_cannot_be_read_at_all_turns_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.webp", photo(400, 300), exif=b"Exif\0\0XX\0*\0\0\0\x08")
    assert reopened(rebuild(path, "a")).size == (400, 300)


def test_a_telephones_photograph_keeps_nothing_but_its_pixels(tmp_path: Path) -> None:
    source = saved(
        tmp_path / "a.jpg",
        photo(),
        exif=telephone_exif(),
        comment=ARTIST,
        xmp=f"<x>{ARTIST}</x>".encode(),
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )
    assert ARTIST.encode() in source.read_bytes()
    picture = rebuild(source, "picture")
    assert [(v.width, v.height) for v in picture.variants] == [(480, 320), (900, 600)]
    for variant in picture.variants:
        assert variant.content_type == "image/jpeg"
        assert jpeg_segments(variant.content) <= JPEG_SEGMENTS
        assert b"Madeup" not in variant.content
        assert b"Exif" not in variant.content


def test_the_comment_of_a_photograph_does_not_survive_in_any_size(tmp_path: Path) -> None:
    # Pillow writes the comment of the image that it opened into the one that it saves.
    source = saved(tmp_path / "a.jpg", photo(), comment=ARTIST)
    for variant in rebuild(source, "picture").variants:
        assert jpeg_segments(variant.content) <= JPEG_SEGMENTS


def test_a_png_keeps_nothing_but_its_pixels(tmp_path: Path) -> None:
    from PIL import PngImagePlugin  # noqa: PLC0415 - only this test writes PNG text

    words = PngImagePlugin.PngInfo()
    words.add_text("Author", ARTIST)
    words.add_itxt("XML:com.adobe.xmp", ARTIST)
    see_through = photo().convert("RGBA")
    see_through.putalpha(Image.linear_gradient("L").resize(see_through.size))
    source = saved(tmp_path / "a.png", see_through, pnginfo=words, exif=telephone_exif(), dpi=(300, 300))
    for variant in rebuild(source, "picture").variants:
        assert variant.content_type == "image/png"
        assert png_chunks(variant.content) <= PNG_CHUNKS
        assert b"Madeup" not in variant.content


def test_a_photograph_taken_sideways_stands_upright(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.jpg", photo(), exif=telephone_exif(orientation=6), quality=95)
    image = reopened(rebuild(source, "picture")).convert("RGB")
    assert image.size == (600, 900)
    red, green, _ = image.getpixel((image.width - 20, 20))  # type: ignore[misc]
    assert red > 200
    assert green < 60


def test_the_second_frame_of_a_telephones_mpo_does_not_survive(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    photo().save(path, "MPO", save_all=True, append_images=[photo().rotate(180)])
    content = rebuild(path, "picture").largest.content
    assert content.count(b"\xff\xd8\xff") == 1
    assert content.endswith(b"\xff\xd9")


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "LA", "I;16"])
def test_every_kind_of_pixel_becomes_one_that_browsers_show(tmp_path: Path, mode: str) -> None:
    name = "a.jpg" if mode == "CMYK" else "a.png"
    image = Image.linear_gradient("L").resize((300, 300))
    if mode == "I;16":
        deep = bytes(byte for value in image.tobytes() for byte in (0, value))
        image = Image.frombytes("I;16", (300, 300), deep)
    else:
        image = image.convert(mode)
    shown = reopened(rebuild(saved(tmp_path / name, image), "picture")).convert("L")
    dark, light = shown.getpixel((150, 10)), shown.getpixel((150, 290))
    assert isinstance(dark, int | float)
    assert isinstance(light, int | float)
    assert dark < 60
    assert light > 200


def test_flat_drawings_stay_sharp_and_small_and_photographs_become_jpeg(tmp_path: Path) -> None:
    flat = Image.new("RGB", (2000, 1000), "white")
    flat.paste((10, 80, 90), (100, 100, 900, 600))
    drawing = rebuild(saved(tmp_path / "a.png", flat), "picture")
    assert [v.width for v in drawing.variants] == [480, 960, 1600]
    assert {v.content_type for v in drawing.variants} == {"image/png"}
    assert sum(len(v.content) for v in drawing.variants) < 40_000
    assert rebuild(saved(tmp_path / "b.png", photo()), "picture").largest.content_type == "image/jpeg"


def test_names_come_from_the_bytes_and_never_from_the_file(tmp_path: Path) -> None:
    picture = rebuild(saved(tmp_path / "jane-madeup.jpg", photo()), "picture")
    assert all(v.key.startswith("images/picture-") and v.key.endswith(".jpg") for v in picture.variants)
    again = rebuild(saved(tmp_path / "other.jpg", photo()), "picture")
    assert picture == again


def bomb(width: int) -> bytes:
    """A PNG of a hundred bytes that claims to be a square of so many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def moving() -> bytes:
    out = io.BytesIO()
    photo(50, 50).save(out, "GIF", save_all=True, append_images=[photo(50, 50).rotate(90)])
    return out.getvalue()


def encoded(kind: str, *, size: tuple[int, int] = (50, 50)) -> bytes:
    out = io.BytesIO()
    photo(*size).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.png", b"only words\n", "is not an image that can be read"),
        ("a.png", b"", "is not an image that can be read"),
        ("a.jpg", encoded("JPEG", size=(900, 600))[:-5000], "is damaged or cut short"),
        ("a.png", bomb(9000), "has more than 64 million pixels"),
        ("a.png", bomb(10_000), "has more than 64 million pixels"),
        ("a.png", bomb(60_000), "has more than 64 million pixels"),
        ("a.gif", moving(), "moves: readers cannot stop it"),
        ("a.png", encoded("JPEG"), "is called .png and is a JPEG"),
        ("a.jpg", encoded("PNG"), "is called .jpg and is a PNG"),
        ("a.jpg", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "is a HEIC photo, which browsers cannot show"),
        ("a.svg", b"<svg/>", "is not a JPEG, PNG, GIF or WebP by its name"),
        ("a.jpg", None, "cannot be read"),
    ],
    ids=range(12),
)
def test_a_picture_that_cannot_be_published_says_why(
    tmp_path: Path, name: str, content: bytes | None, what: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidSource) as caught:
        rebuild(tmp_path / name, "picture")
    assert [(p.where.path, p.what) for p in caught.value.problems] == [(name, what)]
    assert caught.value.problems[0].fix


@pytest.mark.parametrize(
    ("size", "what"),
    [
        ((1500, 1400), "is 1500 by 1400 pixels: a cover must be square"),
        ((1399, 1399), "is 1399 pixels wide: podcast apps want at least 1400"),
    ],
)
def test_a_cover_that_apps_would_refuse_is_refused_here(
    tmp_path: Path, size: tuple[int, int], what: str
) -> None:
    source = saved(tmp_path / "cover.jpg", photo(*size))
    with pytest.raises(InvalidSource, match=what):
        cover(source)


def test_a_cover_is_one_rgb_jpeg_and_fits_into_a_tag(tmp_path: Path) -> None:
    see_through = photo(3200, 3200).convert("RGBA")
    see_through.putalpha(128)
    source = saved(tmp_path / "cover.png", see_through, compress_level=1)
    made = reopened(cover(source))
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (3000, 3000))
    tag = cover_jpeg(source)
    assert len(tag) <= 300_000
    assert jpeg_segments(tag) <= JPEG_SEGMENTS


def test_equal_pictures_give_equal_bytes_and_the_second_time_nothing_is_decoded(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.jpg", photo())
    cache = tmp_path / "cache"
    first = rebuild(source, "picture", cache=cache)
    assert first == rebuild(source, "picture")
    program = (
        "import sys; from pathlib import Path; from cop_publish.render.images import rebuild; "
        f"p = rebuild(Path({str(source)!r}), 'picture', cache=Path({str(cache)!r})); "
        "print(p.largest.key, 'PIL' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out == f"{first.largest.key} False\n"


def test_a_damaged_cache_is_not_trusted(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.jpg", photo())
    first = rebuild(source, "picture", cache=tmp_path / "cache")
    kept = next(f for f in (tmp_path / "cache").rglob("*.jpg"))
    kept.write_bytes(kept.read_bytes()[:-5])
    assert rebuild(source, "picture", cache=tmp_path / "cache") == first


@pytest.mark.parametrize("name", [".DS_Store", "notes.txt", "a.b.c.jpg", "folder/file"])
def test_a_strange_file_in_the_cache_makes_no_difference(name: str, tmp_path: Path) -> None:
    source = saved(tmp_path / "a.jpg", photo())
    first = rebuild(source, "picture", cache=tmp_path / "cache")
    strange = next((tmp_path / "cache").iterdir()) / name
    strange.parent.mkdir(exist_ok=True)
    strange.write_bytes(b"left by a file browser")
    assert rebuild(source, "picture", cache=tmp_path / "cache") == first


def test_every_bad_picture_of_a_site_is_named_at_once(tmp_path: Path) -> None:
    from dataclasses import replace  # noqa: PLC0415 - only here

    from cop_publish.core.model import Image as Listed  # noqa: PLC0415 - the name is taken above

    post = replace(RELEASES.posts[0], images=(Listed("images/gone.png", ""), Listed("images/words.png", "")))
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "words.png").write_text("words")
    with pytest.raises(InvalidSource) as caught:
        make_pictures(tmp_path, replace(RELEASES, posts=(post,)), SHOW)
    assert [p.where.path for p in caught.value.problems] == [
        "cover.png",
        "images/gone.png",
        "images/words.png",
    ]


def test_what_is_to_be_seen_has_one_digest_however_it_is_packed(tmp_path: Path) -> None:
    image = photo()
    plain = saved(tmp_path / "plain.png", image).read_bytes()
    info = PngInfo()
    info.add_text("Comment", "Somebody at a table")
    other = saved(tmp_path / "other.png", image, pnginfo=info, compress_level=1).read_bytes()
    assert plain != other
    assert pixels_sha256(plain, ".png") == pixels_sha256(other, ".png")
    image.putpixel((5, 5), (1, 2, 3))
    assert pixels_sha256(saved(tmp_path / "dot.png", image).read_bytes(), ".png") != pixels_sha256(
        plain, ".png"
    )
