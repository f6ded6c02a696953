"""Words that XML, HTML and apps stumble over, each escaped once."""

from __future__ import annotations

from dataclasses import replace

from feed_samples import FULL_SHOW, PARTS, feed_of, only
from samples import EPISODE

from cop_publish.core.model import Chapter


def made() -> bytes:
    words = "Q&A <AI> ]]> 🎙️ عن \"us\" & 'them'"
    parts = replace(PARTS, notes={EPISODE.id: "<p>Q&amp;A &lt;AI&gt; ]]&gt; 🎙️ <em>عن</em></p>"})
    told = only(title=words, summary=words, chapters=(Chapter(0.0004, words, "https://x.example/?a=1&b=2"),))
    return feed_of(told, replace(FULL_SHOW, title=words, description=words, cover_alt=words), parts)
