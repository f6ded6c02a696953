"""What a decoding makes of plain text may hold control characters, which are no leak and no bug."""

from __future__ import annotations

import pytest
from gate_samples import feed, gate, page, public, refusal

from cop_publish.errors import LeakFound

RSS = "application/rss+xml; charset=utf-8"
# WordPress calls its posts so, and quoted-printable reads U+0012 in it.
NUMBERED = "https://old.example/?p=1234"


@pytest.mark.parametrize(
    "inside",
    [
        f"<guid>{NUMBERED}</guid><description><![CDATA[<p>a</p>]]></description>",
        f"<description>&lt;p&gt;{NUMBERED} moved&lt;/p&gt;&lt;p&gt;b&lt;/p&gt;</description>",
        f"<description><![CDATA[<ul><li>x</li></ul> {NUMBERED}]]></description>",
    ],
)
def test_an_address_that_another_encoding_reads_as_a_control_character_passes(inside: str) -> None:
    assert gate(public("feed.xml", feed(inside), content_type=RSS)).files


@pytest.mark.parametrize(
    "name",
    ["Jory=20Madeup-Fictive", "Jory=01Madeup-Fictive", "J=6Fry Madeup-Fictive", "J=6Fry=02Madeup-Fictive"],
)
@pytest.mark.parametrize("around", ["<p>%s</p>", "&lt;p&gt;%s&lt;/p&gt;", "x=12<p>%s</p>y", "<p>=1F%s</p>"])
def test_a_name_beside_control_characters_is_found(name: str, around: str) -> None:
    content = feed(f"<description>{(around % name).replace('<', '&lt;')}</description>")
    assert isinstance(refusal(public("feed.xml", content, content_type=RSS)), LeakFound)
    assert isinstance(refusal(public("a.html", page(around % name))), LeakFound)
