"""A paragraph for a page that stands by itself: it reads as on the site, and leads nowhere."""

from __future__ import annotations

import pytest

from cop_publish.render.markdown import to_plain_html


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**Bold** and `code`.", "<p><strong>Bold</strong> and <code>code</code>.</p>"),
        ("A [link](/x.html) and [another](https://x.example/).", "<p>A link and another.</p>"),
        ("![A map](/images/map.png)", "<p>(A map)</p>"),
        ("Before ![](x.png) after", "<p>Before  after</p>"),
        ('<img alt="A map" src="x.png">', "(A map)"),
        ("## A heading", "<p><strong>A heading</strong></p>"),
        ("<script>alert(1)</script>Words", "Words"),
        ("> Quoted", "<blockquote>\n<p>Quoted</p>\n</blockquote>"),
        ("See [episode](013-x.md).", "<p>See episode.</p>"),
        ('Not a mark: id="x" stays.', "<p>Not a mark: id=“x” stays.</p>"),
    ],
)
def test_it_reads_as_on_the_site(markdown: str, html: str) -> None:
    shown = to_plain_html(markdown).strip()
    assert shown == html
    assert "href" not in shown
    assert "<img" not in shown
