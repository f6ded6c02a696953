"""Adversarial cases: consents, and the yes that people give to exactly what will be public of them."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import imageio_ffmpeg  # type: ignore[import-untyped]  # it has no types
from cases import DONE, REFUSED, Case, case
from spoil import PUBLIC_EPISODE, all_of, change, delete, post, write
from workspaces import NOW, Said, say, sign

from cop_publish.errors import CopPublishError
from cop_publish.publish import Errand, publish
from cop_publish.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PHRASES = (
    *("file missing", "expires today", "withdrawn after gate before upload (race)"),
    *("`level: named` with empty display", "display contains a withheld name"),
    *("display text identical for two people", "YAML `no`", "unknown scope", "duplicate keys"),
    *("clock skew/time zones/DST at embargo", "election window added after scheduling"),
    *("network item linked from a public page", "tag page or search index counting a network item"),
    *(
        "whitespace-only edit (stands)",
        "one-word edit (void)",
        "template edit (stands)",
        "NFC vs NFD (stands)",
    ),
    *("neighbour paragraph changed", "re-encode with same PCM but new encoder", "ID3 retag (stands)"),
    *(
        "replayed approval from draft 2",
        "approval for another item",
        "truncated/edited audit log",
        "chain fork",
    ),
)
CONSENT_TO_013 = "registry/consents/013-explaining-an-algorithm/p-r8w3.yaml"
CONSENT_TO_012 = "registry/consents/012-citizens-jury/p-k2m9.yaml"
FOLDER, ADVISER = "012-citizens-jury", "p-k2m9"
VOID = "what is public of p-k2m9 in 012-citizens-jury is not what they signed off last"
EMBARGOED = "published before"
_EDIT = partial(change, PUBLIC_EPISODE)


def withdrawn_meanwhile(root: Path, _arguments: tuple[str, ...]) -> Said:
    """The yes goes after the gate has passed everything, and before anything is uploaded."""

    def clock() -> datetime:
        change(CONSENT_TO_013, "given:", "withdrawn: 2026-11-22\ngiven:")(root)
        return datetime.fromisoformat(NOW)

    errand = Errand(
        root, Scope(None), datetime.fromisoformat(NOW), lambda _s, _f: None, lambda _p: None, clock=clock
    )
    try:
        publish(errand)
    except CopPublishError as error:
        return Said(error.exit_code, "", str(error))
    return Said(0, "", "")


def at(now: str) -> Callable[[Path, tuple[str, ...]], Said]:
    return lambda root, arguments: say(root, *arguments, now=now)


def embargoed(until: str) -> Callable[[Path], None]:
    return post("title: New", f"embargo: {until}", body=EMBARGOED)


def called_later(root: Path) -> None:
    """A post is agreed for a day; then an election is called."""
    write(
        "registry/people/p-r8w3.yaml",
        "name: {given: Rowan, family: Madeup}\nalso: {aliases: [Rowan T. Madeup]}\nemployer: a-council\n",
    )(root)
    write(
        "registry/consents/2026-11-22-new/p-r8w3.yaml",
        "level: named\ndisplay: Rowan Madeup\nallow: {words: yes}\ngiven: {on: 2026-11-12, how: e-mail}\n",
    )(root)
    post("title: New", "author: p-r8w3", "embargo: 2026-11-26 00:01")(root)
    assert say(root, "publish").code == 0
    calendar = "periods:\n  - {kind: election, from: 2026-11-24, to: 2026-12-10, employers: [a-council]}\n"
    write("registry/calendar.yaml", calendar)(root)


def decomposed(path: str) -> Callable[[Path], None]:
    """The same text with its accents apart, as another system's keyboard writes it."""

    def spoil(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        (root / path).write_text(unicodedata.normalize("NFD", text), "utf-8")

    return spoil


def accented_and_signed(root: Path) -> None:
    """Words with accents stand beside theirs, and they say yes to that; then only the normal form changes."""
    change(PUBLIC_EPISODE, "At the back of the room", "À l’arrière de la pièce")(root)
    sign(root, FOLDER, ADVISER)
    assert say(root, "publish").code == 0
    decomposed(PUBLIC_EPISODE)(root)
    assert "A\u0300" in (root / PUBLIC_EPISODE).read_text("utf-8")


def same_sound_in_other_bytes(root: Path) -> None:
    """The recording in another encoder's words: the same samples."""
    recording = root / "episodes" / FOLDER / "recording.flac"
    other = recording.with_name("other.flac")
    engine = str(imageio_ffmpeg.get_ffmpeg_exe())
    argv = [engine, "-v", "error", "-i", str(recording), "-compression_level", "0", "-y", str(other)]
    subprocess.run(argv, check=True, timeout=60)
    assert other.read_bytes() != recording.read_bytes()
    other.replace(recording)


def replayed(root: Path) -> None:
    """Their yes to an earlier draft is put below a no to this one."""
    log = root / f"registry/signoffs/{FOLDER}/{ADVISER}.jsonl"
    old = log.read_text("utf-8")
    _EDIT("ten careful pages", "a dozen pages")(root)
    sign(root, FOLDER, ADVISER)
    log.write_text(log.read_text("utf-8") + old, "utf-8")


def of_another_item(root: Path) -> None:
    folder = root / "registry/signoffs/2026-11-22-new"
    shutil.copytree(root / f"registry/signoffs/{FOLDER}", folder)
    write(
        "registry/consents/2026-11-22-new/p-k2m9.yaml",
        "level: role\ndisplay: an adviser\nallow: {words: yes}\ngiven: {on: 2026-11-12, how: e-mail}\n",
    )(root)
    post("title: New", body="@{p-k2m9} said so.")(root)


def edited_audit(root: Path) -> None:
    _something_to_record(root)
    log = root / "registry/audit.jsonl"
    log.write_text(log.read_text("utf-8").replace("sign-off", "sign-on"), "utf-8")


def truncated_audit(root: Path) -> None:
    _something_to_record(root)
    log = root / "registry/audit.jsonl"
    lines = log.read_text("utf-8").splitlines(keepends=True)
    log.write_text("".join(lines[:-1]), "utf-8")


def forked_audit(root: Path) -> None:
    """Two copies of the registry each recorded something, and somebody joined the files."""
    log = root / "registry/audit.jsonl"
    before = log.read_text("utf-8")
    _something_to_record(root)
    ours = log.read_text("utf-8").removeprefix(before)
    log.write_text(before + ours + ours, "utf-8")


def _something_to_record(root: Path) -> None:
    sign(root, FOLDER, ADVISER)
    change(CONSENT_TO_013, "display: Rowan Madeup", "display: Rowan  Madeup")(root)


CASES: tuple[Case, ...] = (
    case(
        "file missing",
        "of a guest who is heard",
        delete(CONSENT_TO_013),
        40,
        "p-r8w3 has not agreed to their voice and words in 013-explaining-an-algorithm",
    ),
    case(
        "expires today",
        "at midnight it is over",
        change(CONSENT_TO_013, "given:", "expires: 2026-11-23\ngiven:"),
        40,
    ),
    case(
        "expires today",
        "the day before it holds",
        all_of(change(CONSENT_TO_013, "given:", "expires: 2026-11-24\ngiven:"), post("title: New")),
        DONE,
    ),
    case(
        "withdrawn after gate before upload (race)",
        "the whole item",
        post("title: New"),
        40,
        "the registry was changed while this was being made",
        start=withdrawn_meanwhile,
    ),
    case(
        "`level: named` with empty display",
        "none at all",
        change(CONSENT_TO_013, "display: Rowan Madeup\n", ""),
        REFUSED,
        "`display` is empty",
    ),
    case(
        "`level: named` with empty display",
        "blanks",
        change(CONSENT_TO_013, "display: Rowan Madeup", "display: '  '"),
        REFUSED,
        "`display` is empty",
    ),
    case(
        "display contains a withheld name",
        "of another person",
        change(CONSENT_TO_013, "display: Rowan Madeup", "display: a friend of Torquil Inventedson"),
        REFUSED,
        "`display` holds a name of p-k2m9",
    ),
    case(
        "display contains a withheld name",
        "their own, below `named`",
        change(CONSENT_TO_012, "display: a policy", "display: Torquil, a policy"),
        REFUSED,
        "`display`",
    ),
    case(
        "display text identical for two people",
        "but for capitals and accents",
        change(CONSENT_TO_012, "display: a policy adviser in central government", "display: siân ap-example"),
        REFUSED,
        "`display` is what p-7f3k is called here too",
    ),
    case(
        "YAML `no`",
        "in capitals",
        change(CONSENT_TO_013, "voice: yes", "voice: NO"),
        40,
        "p-r8w3 has not agreed to their voice",
    ),
    case("YAML `no`", "as a title", post("title: no"), DONE, shows=("<h1>no</h1>",)),
    case(
        "unknown scope",
        "with a slip",
        change(CONSENT_TO_013, "given:", "withdrawn: {on: 2026-11-22, scope: atribution}\ngiven:"),
        REFUSED,
        "`withdrawn.scope` has a value that is not known",
    ),
    case(
        "duplicate keys",
        "in a consent",
        change(CONSENT_TO_013, "given:", "level: role\ngiven:"),
        REFUSED,
        "`level` stands here a second time",
    ),
    case(
        "duplicate keys",
        "in front matter",
        post("title: New", "title: Old"),
        REFUSED,
        "`title` stands here a second time",
    ),
    case(
        "clock skew/time zones/DST at embargo",
        "a second before, in another zone",
        embargoed("2026-11-23T10:00:01+01:00"),
        DONE,
        "is held back until",
        hides=(EMBARGOED,),
        same=True,
    ),
    case(
        "clock skew/time zones/DST at embargo",
        "on the second, in another zone",
        embargoed("2026-11-23T10:00:00+01:00"),
        DONE,
        shows=(EMBARGOED,),
    ),
    case(
        "clock skew/time zones/DST at embargo",
        "an hour that comes twice",
        embargoed("2026-10-25 01:30"),
        REFUSED,
        "twice",
    ),
    case(
        "clock skew/time zones/DST at embargo",
        "an hour that is skipped",
        embargoed("2027-03-28 01:30"),
        REFUSED,
        "2026-11-22-new.md:",
    ),
    case(
        "clock skew/time zones/DST at embargo",
        "a time of no zone for the clock",
        post("title: New"),
        2,
        arguments=("publish", "--now", "2026-11-23T09:00"),
    ),
    case(
        "election window added after scheduling",
        "for their employer",
        called_later,
        40,
        "a pre-election period holds for p-r8w3's employer",
        start=at("2026-11-26T00:02+00:00"),
    ),
    case(
        "network item linked from a public page",
        "by its address",
        all_of(
            post("title: Ours", "audience: network", path="posts/2026-11-21-ours.md"),
            post("title: New", body="See [there](/blog/2026/11/21/ours.html)."),
        ),
        REFUSED,
        "a link leads to something that is not",
    ),
    case(
        "tag page or search index counting a network item",
        "its topic, its title, its words",
        all_of(
            post(
                "title: Ours and Quetzals",
                "audience: network",
                "topics: [quetzals]",
                path="posts/2026-11-21-ours.md",
            ),
            post("title: New", "topics: [bridges]"),
        ),
        DONE,
        hides=("uetzal", "/ours"),
    ),
    case(
        "whitespace-only edit (stands)",
        "two blanks",
        _EDIT("At the back of", "At  the back  of"),
        DONE,
    ),
    case(
        "one-word edit (void)",
        "beside their words",
        _EDIT("ten careful pages", "nine careful pages"),
        40,
        VOID,
        hides=("nine careful pages",),
    ),
    case(
        "template edit (stands)",
        "a heading",
        change("templates/episode.html", '<h2 id="voices">Voices</h2>', '<h2 id="voices">Heard</h2>'),
        DONE,
        shows=(">Heard</h2>",),
    ),
    case("NFC vs NFD (stands)", "words beside theirs", accented_and_signed, DONE, same=True),
    case(
        "neighbour paragraph changed",
        "the one before",
        _EDIT("It asked thirty residents", "It asked forty residents"),
        40,
        VOID,
        hides=("forty residents",),
    ),
    case(
        "neighbour paragraph changed",
        "one further off (stands)",
        _EDIT("Pay people, and pay for childcare", "Pay people and for childcare"),
        DONE,
        shows=("Pay people and for childcare",),
    ),
    case(
        "re-encode with same PCM but new encoder",
        "of the recording (void: the yes is to a recording)",
        same_sound_in_other_bytes,
        40,
        VOID,
    ),
    case(
        "re-encode with same PCM but new encoder",
        "of the master (stands: the yes is not to an encoder)",
        post("title: New"),
        DONE,
        arguments=("publish", "--remaster"),
        start=lambda root, _arguments: say(root, "episode", f"episodes/{FOLDER}", "--remaster"),
        same=True,
    ),
    case("ID3 retag (stands)", "another season", _EDIT("season: 2", "season: 3"), DONE),
    case("replayed approval from draft 2", "below the newest", replayed, 40, VOID),
    case(
        "approval for another item",
        "copied into a post's folder",
        of_another_item,
        REFUSED,
        "this line is no answer as it was recorded",
    ),
    case("truncated/edited audit log", "edited", edited_audit, 40, "registry/audit.jsonl"),
    case("truncated/edited audit log", "truncated", truncated_audit, 40, "registry/audit.jsonl"),
    case("chain fork", "two ends joined", forked_audit, 40, "registry/audit.jsonl"),
)
