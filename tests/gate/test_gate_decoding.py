"""What each decoder undoes, and what it leaves: else names stand there in letters that nobody reads."""

from __future__ import annotations

import base64
import gzip
import zlib

import pytest
from gate_samples import NAME, public, refusal

from cop_publish.errors import LeakFound
from cop_publish.gate.decode import DECODERS, GUNZIPPED_BYTES, as_text, gunzip, layers
from cop_publish.gate.view import Unreadable, View


def _texts(text: str) -> list[str]:
    return [layer.text for layer in layers(View("a view", text))]


UNDONE = {
    "HTML entities": [
        ("&#74;ory", "Jory"),
        ("&#x4A;ory", "Jory"),
        ("a &lt b", "a < b"),
        ("a &lt;b&gt;", "a <b>"),
        ("&Mu;", "Μ"),  # noqa: RUF001 - a Greek letter
        ("&CounterClockwiseContourIntegral;", "∳"),
    ],
    "percent-encoding": [("%4Aory", "Jory"), ("Zo%c3%ab", "Zoë")],
    "backslash escapes": [
        (r"\u004aory", "Jory"),
        (r"\u004A\u006fry", "Jory"),
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\x4aory", "Jory"),
        (r"\x4abc", "Jbc"),
        (r"\u{4a}ory", "Jory"),
        (r"\u{9}Jory", "\tJory"),
        (r"\u{00004a}ory", "Jory"),
        (r"\u{00000000004a}ory", "Jory"),
        (r"\u{10ffff}", "\U0010ffff"),
        (r"\u{110000}Jory", " Jory"),
        (r"https:\/\/x.example", "https://x.example"),
        (r"\"Jory\"", '"Jory"'),
        (r"Jory\nLee\rLee\tLee", "Jory\nLee\nLee\nLee"),
    ],
    "CSS escapes": [
        (r"\4a\6f\72\79", "Jory"),
        (r"\00004aory", "Jory"),
        (r"\00004abc", "Jbc"),
        (r"Jory\a Mee", "Jory\nMee\n\nJory\n Mee"),
        (r"\4a ory", "Jory\n\nJ ory"),
        (r"\110000Jory", " Jory"),
        (r"\10ffffJory", "\U0010ffffJory"),
    ],
    "quoted-printable": [
        ("=4Aory", "Jory"),
        ("Jory=20Lee", "Jory Lee"),
        ("Jo=\r\nry", "Jory"),
        ("Jo=\nry", "Jory"),
        ("Jo= \t\nry", "Jory"),
        ("Zo=C3=AB", "Zoë"),
        ("width=device-width =4Aory", "width\ufffdvice-width Jory"),
        ("\ufffd =4Aory", "\ufffd Jory"),
    ],
}


@pytest.mark.parametrize(
    ("decoder", "encoded", "plain"),
    [(decoder, encoded, plain) for decoder, pairs in UNDONE.items() for encoded, plain in pairs],
    ids=ascii,
)
def test_every_way_to_write_a_letter_is_undone(decoder: str, encoded: str, plain: str) -> None:
    assert DECODERS[decoder].trigger(encoded)
    assert DECODERS[decoder].decode(encoded) == plain
    assert plain in _texts(encoded)


def test_every_decoder_but_base64_which_has_tests_of_its_own_is_among_them() -> None:
    assert {*UNDONE, "base64"} == set(DECODERS)


@pytest.mark.parametrize(
    "text",
    [
        "<meta name=viewport content='width=device-width'>",
        "A heading\n=========\n\nAnd words.",
        "a = b",
        r"C:\Windows",
        "50 % of all",
        "Tom & Jerry & Co",
        "words/and/a/slug-of-many-small-letters/and/more/of/them",
        "averylongwordofsmallletters",
        "A-heading-that-is-an-anchor",
    ],
)
def test_what_is_not_encoded_stays_as_it_is(text: str) -> None:
    assert _texts(text) == [text]


def test_what_is_read_in_other_views_is_not_undone_again() -> None:
    """Compressed bytes have such signs by chance, round after round."""
    assert [layer.text for layer in layers(View("v", "%4Aory", layered=False))] == ["%4Aory"]


# --- base64 ---------------------------------------------------------------------------------------------

WORDS = "by Jory Madeup-Fictive?"  # its base64 has letters of both cases
SLASHED = "???>>> Jory ???>>> Lee"  # its base64 has slashes inside


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("words", ["Ann Lee x", "Ann Lee, 1", "Ann Lee, 12", WORDS, SLASHED])
@pytest.mark.parametrize(
    "around",
    [
        *("{}", "a {} b", "'{}'", "a={}", "{}!", "/{}", "/a/b/{}", "https://x.example/a/{}"),
        *("/a/{}/", "{}/a", "{}/", "/a/b/c/d/e/f/g/{}/index.html", "x/{}/y/z"),
    ],
)
def test_base64_is_undone_alone_in_text_and_as_a_part_of_an_address(words: str, around: str) -> None:
    encoded = _base64(words.encode())
    padded = around.format(encoded)
    assert any(words in text for text in _texts(padded)), padded
    if "/" not in encoded or around.count("/") < 1:
        bare = around.format(encoded.rstrip("="))
        assert any(words in text for text in _texts(bare)), bare
        for_addresses = around.format(encoded.replace("+", "-"))
        assert any(words in text for text in _texts(for_addresses)), for_addresses


def test_what_stands_around_base64_in_an_address_stays() -> None:
    encoded = _base64(WORDS.encode()).rstrip("=")
    assert f"/before/\n{WORDS}\n/behind" in _texts(f"/before/{encoded}/behind")
    assert f"\n{WORDS}\n/behind" in _texts(f"{encoded}/behind")
    assert f"/before/\n{WORDS}\n" in _texts(f"/before/{encoded}")
    assert f"a \n{WORDS}\n b" in _texts(f"a {encoded} b")


@pytest.mark.parametrize(
    "data",
    [
        WORDS.encode(),
        WORDS.encode("utf-16-le"),
        WORDS.encode("utf-16-be"),
        WORDS.encode("utf-16"),
        b"\xff\xfe" + WORDS.encode("utf-16-le"),
        b"\xfe\xff" + WORDS.encode("utf-16-be"),
        gzip.compress(WORDS.encode(), mtime=0),
        f"{WORDS}\t\r\n\u00ad\u2003\u2028\u2029\u00a0".encode(),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_text_in_base64_is_read_in_each_encoding(data: bytes) -> None:
    assert WORDS in (as_text(data) or "")
    error = refusal(public("a.txt", f"x {_base64(data.replace(b'?', b'.'))} x"))
    assert isinstance(error, LeakFound)
    assert NAME not in str(error)


def test_utf16_without_a_sign_is_text_where_a_third_of_its_bytes_is_zero() -> None:
    """Any other bytes are letters of some script; with a sign before them they are meant to be."""
    for codec, sign in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        third, quarter = ("Zoę" * 4).encode(codec), ("Zę" * 4).encode(codec)
        assert as_text(third) == "Zoę" * 4
        assert as_text(quarter) is None
        assert as_text(sign + quarter) == "\ufeff" + "Zę" * 4


@pytest.mark.parametrize(
    "data", [b"\x01Jory", b"Jory\x1b", "Jory\u0378".encode(), b"\xff\xd8\xff", b"\x1f\x8b\x08Jory"]
)
def test_bytes_that_no_text_has_are_no_text(data: bytes) -> None:
    assert as_text(data) is None


# --- gzip -----------------------------------------------------------------------------------------------


def test_gzip_is_undone_up_to_64_mebibytes_and_nothing_else_is() -> None:
    assert GUNZIPPED_BYTES == 2**26
    assert gunzip(gzip.compress(b"Jory")) == b"Jory"
    with pytest.raises(Unreadable, match="cannot be unpacked"):
        gunzip(zlib.compress(b"Jory"))
    with pytest.raises(Unreadable, match="too much"):
        gunzip(gzip.compress(bytes(2**26 + 1), 1))
