"""The tags of a master: ID3v2.3, written afresh; nothing of the recording's own metadata is ever read.

mutagen's trap: it sorts frames by size, so chapters land out of time order, and ffmpeg and some players list
them as they find them.  The frames are therefore put in order after mutagen has rendered them.
"""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import mutagen.id3

if TYPE_CHECKING:
    from cop_publish.core.model import Chapter, ClearedEpisode
    from cop_publish.settings import Show

id3: Any = mutagen.id3  # its frames are made by specifications at run time, and have no types
TEXT = mutagen.id3.Encoding.UTF16  # the only Unicode of ID3v2.3
HEADER_BYTES = 10  # of the tag, and of each frame
NO_OFFSET = 0xFFFFFFFF  # a chapter is found by its time
_OF_ADDRESSES = "%:/?#[]@!$&'()*+,;="  # RFC 3986, 2.2; whatever is not ASCII is written with %, as ID3 must
# ISO 639-2 codes of the languages that BCP 47 writes with two letters; others are left out of the tag.
LANGUAGES = {
    "ar": "ara", "bn": "ben", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu", "el": "ell", "en": "eng",
    "es": "spa", "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "ga": "gle", "gd": "gla", "gu": "guj",
    "gv": "glv", "he": "heb", "hi": "hin", "hu": "hun", "is": "isl", "it": "ita", "ja": "jpn", "ko": "kor",
    "kw": "cor", "lt": "lit", "lv": "lav", "nl": "nld", "no": "nor", "pa": "pan", "pl": "pol", "pt": "por",
    "ro": "ron", "ru": "rus", "so": "som", "sv": "swe", "ta": "tam", "tr": "tur", "uk": "ukr", "ur": "urd",
    "zh": "zho",
}  # fmt: skip


def tag_bytes(
    episode: ClearedEpisode, show: Show, feed_url: str, cover_jpeg: bytes | None, duration_seconds: float
) -> bytes:
    """A whole ID3v2.3 tag, to stand in front of the sound; the episode's times are published ones."""
    tag = id3.ID3()
    facts = (*_facts(episode, show), *_people(episode), *_podcast(episode, feed_url))
    for frame in (*facts, *_chapters(episode.chapters, duration_seconds)):
        tag.add(frame)
    if cover_jpeg is not None:
        cover = {"mime": "image/jpeg", "type": id3.PictureType.COVER_FRONT, "desc": "", "data": cover_jpeg}
        tag.add(id3.APIC(encoding=id3.Encoding.LATIN1, **cover))
    tag.update_to_v23()
    rendered = BytesIO()
    tag.save(rendered, v1=0, v2_version=3, padding=lambda _: 0)
    return _chapters_in_time_order(rendered.getvalue())


def _facts(episode: ClearedEpisode, show: Show) -> list[Any]:
    language = episode.language.partition("-")[0].lower()
    code = language if len(language) == 3 else LANGUAGES.get(language)  # noqa: PLR2004 - ISO 639-2 and 3
    frames: list[Any] = [
        id3.TIT2(encoding=TEXT, text=episode.title),
        id3.TALB(encoding=TEXT, text=show.title),
        id3.TPE1(encoding=TEXT, text=show.author),
        id3.TCON(encoding=TEXT, text="Podcast"),
        id3.TDRC(encoding=TEXT, text=f"{episode.published_at:%Y-%m-%d}"),
        id3.COMM(encoding=TEXT, lang=code or "XXX", desc="", text=episode.summary),
    ]
    if code:
        frames.append(id3.TLAN(encoding=TEXT, text=code))
    if episode.number is not None:
        frames.append(id3.TRCK(encoding=TEXT, text=str(episode.number)))
    if episode.season is not None:
        frames.append(id3.TPOS(encoding=TEXT, text=str(episode.season)))
    return frames


def _people(episode: ClearedEpisode) -> list[Any]:
    """Everyone who is credited, in the words that they agreed to (IPLS in ID3v2.3)."""
    people = [[credit.part.value, credit.label] for credit in episode.credits]
    return [id3.TIPL(encoding=TEXT, people=people)] if people else []


def _podcast(episode: ClearedEpisode, feed_url: str) -> list[Any]:
    """The frames by which Apple's players know a podcast: they are widely read, and nowhere standardised."""
    return [
        id3.PCST(value=0),
        id3.TGID(encoding=TEXT, text=episode.guid),
        id3.TDES(encoding=TEXT, text=episode.summary),
        id3.WFED(url=feed_url),
    ]


def _chapters(chapters: tuple[Chapter, ...], duration_seconds: float) -> list[Any]:
    """CHAP for each and a CTOC of them all, at the top and in order: some apps show none without it."""
    ordered = sorted(chapters, key=lambda chapter: chapter.start_seconds)
    ends = [after.start_seconds for _, after in pairwise(ordered)] + [duration_seconds]
    frames: list[Any] = [
        id3.CHAP(
            element_id=_element_id(index),
            start_time=round(1000 * chapter.start_seconds),
            end_time=round(1000 * end),
            start_offset=NO_OFFSET,
            end_offset=NO_OFFSET,
            sub_frames=_sub_frames(chapter),
        )
        for index, (chapter, end) in enumerate(zip(ordered, ends, strict=False))
    ]
    if frames:
        ids = [_element_id(index) for index in range(len(ordered))]
        flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
        frames.append(id3.CTOC(element_id="toc", flags=flags, child_element_ids=ids, sub_frames=[]))
    return frames


def _sub_frames(chapter: Chapter) -> list[Any]:
    title = id3.TIT2(encoding=TEXT, text=chapter.title)
    if not chapter.url:
        return [title]
    return [title, id3.WXXX(encoding=TEXT, desc="", url=quote(chapter.url, safe=_OF_ADDRESSES))]


def _element_id(index: int) -> str:
    return f"chp{index:03}"


def _chapters_in_time_order(tag: bytes) -> bytes:
    """The same frames: texts, the table of contents, its chapters by time, and the picture last."""
    frames, at = [], HEADER_BYTES
    while at < len(tag):
        end = at + HEADER_BYTES + int.from_bytes(tag[at + 4 : at + 8], "big")
        frames.append(tag[at:end])
        at = end
    ranks = {b"CTOC": 1, b"CHAP": 2, b"APIC": 3}
    frames.sort(key=lambda frame: (ranks.get(frame[:4], 0), _start_time(frame)))
    return tag[:HEADER_BYTES] + b"".join(frames)


def _start_time(frame: bytes) -> int:
    """Of a CHAP: the 32 bits after its identifier and a zero byte; other frames keep their order."""
    if frame[:4] != b"CHAP":
        return 0
    at = frame.index(b"\0", HEADER_BYTES) + 1
    return int.from_bytes(frame[at : at + 4], "big")
