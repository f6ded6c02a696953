"""The contributor's page from the program: what it shows is searched for, and it shows nobody else."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import imageio_ffmpeg  # type: ignore[import-untyped]
import numpy as np
import pytest
from workspaces import published_sample, say, sign, tree

if TYPE_CHECKING:
    from pathlib import Path

EPISODE, ADVISER = "012-citizens-jury", "p-k2m9"
POST, QUOTED = "2026-11-20-jury-lessons", "p-q4d7"
SECRETS = (
    "Torquil",
    "Inventedson",
    "Morwenna",
    "Pretendington",
    "Oluwaseun",
    "Bartholomew",
    "£4.1 million",
)


@pytest.fixture
def show(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published_sample(tmp_path_factory, tmp_path / "show")


def page_of(show: Path, item: str = EPISODE, person: str = ADVISER) -> str:
    said = say(show, "sign-off", item, person, "--page", "page.html")
    assert said.code == 0, said.err
    path = show / "page.html"
    assert path.stat().st_mode & 0o777 == 0o600
    return path.read_text("utf-8")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def without_sound(page: str) -> str:
    return re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)


def test_it_shows_what_is_theirs_and_holds_no_id_no_name_and_nothing_that_is_marked(show: Path) -> None:
    for item, person in ((EPISODE, ADVISER), (POST, QUOTED)):
        page = without_sound(page_of(show, item, person))
        assert [secret for secret in SECRETS if secret in page] == []
        assert not re.search(r"\bp-[a-z0-9]{4,12}\b", page)
        assert "<dd>nowhere (we looked through" in page
    assert "a contributor" in page
    page = page_of(show)
    assert "We rewrote the guidance around the doorbell." in page
    assert "Whoever calls knows your name" in page
    assert "Alys Example" in page  # a neighbour, as public as on the page


def test_every_place_is_found_by_searching_and_not_by_knowing(show: Path) -> None:
    before = page_of(show)
    for key in ("episodes/012-citizens-jury.html", "transcript.vtt", "transcript.json", "feed.xml", ".mp3"):
        assert key in before
    assert "episodes/index.html" not in before
    change(
        show / "templates/episodes.html",
        "{% block main %}",
        "{% block main %}<p>A policy adviser<!-- x --> in central\ngovernment</p>",
    )
    assert "episodes/index.html" in page_of(show)


def test_a_name_that_a_template_gives_away_is_found_in_the_very_files(show: Path) -> None:
    change(
        show / "templates/about.html"
        if (show / "templates/about.html").exists()
        else show / "templates/page.html",
        "{% block main %}",
        "{% block main %}<p>Torquil  INVENTEDSON</p>",
    )
    page = page_of(show)
    assert "<dd>in 1 file, which must not be: tell us" in page


def test_a_page_that_would_show_somebody_else_is_not_written(show: Path) -> None:
    change(
        show / "episodes/012-citizens-jury/episode.md",
        "ran the jury. At the back",
        "ran the jury with Morwenna Pretendington. At the back",
    )
    said = say(show, "sign-off", EPISODE, ADVISER, "--page", "page.html")
    assert said.code == 10
    assert "Morwenna" not in said.err
    assert not (show / "page.html").exists()


def test_their_sound_is_that_of_the_file_that_listeners_get(show: Path, tmp_path: Path) -> None:
    page = page_of(show)
    (sound,) = re.findall(r"data:audio/mpeg;base64,([A-Za-z0-9+/=]+)", page)
    ((start, end),) = re.findall(r"From (\d:\d\d) to (\d:\d\d)", page)
    clip = tmp_path / "clip.mp3"
    clip.write_bytes(base64.b64decode(sound))
    (master,) = (show / "published").rglob("012-citizens-jury*.mp3")
    heard, whole = decoded(clip), decoded(master)
    first, last = (int(t[0]) * 60 + int(t[2:]) for t in (start, end))
    assert abs(len(heard) / 8000 - (last - first)) < 2.5
    window = heard[8000 * 20 : 8000 * 24]
    fits = np.correlate(whole, window, "valid") / (
        np.linalg.norm(window) * np.sqrt(np.convolve(whole**2, np.ones(len(window)), "valid")) + 1e-9
    )
    assert fits.max() > 0.95
    assert abs(int(fits.argmax()) / 8000 - (first + 20)) < 1.5


def decoded(path: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    argv = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-i",
        str(path),
        "-ac",
        "1",
        "-ar",
        "8000",
        "-f",
        "f32le",
        "-",
    ]
    return np.frombuffer(subprocess.run(argv, capture_output=True, check=True).stdout, "<f4").astype(
        np.float64
    )


def test_what_changed_since_their_answer_stands_in_it_as_a_redline(show: Path) -> None:
    assert "Nothing of yours has changed since." in page_of(show)
    notes = show / "episodes/012-citizens-jury/episode.md"
    change(
        notes,
        "saw ten careful pages on privacy go unasked for",
        "saw a dozen pages on privacy go unasked for",
    )
    page = page_of(show)
    assert (
        "This is public already, perhaps in other words: if you do not answer, nothing of it changes." in page
    )
    shutil.rmtree(show / ".cop-publish/stores")  # as in a clone that never published
    assert "<strong>If you do not answer, nothing of this is published.</strong>" in page_of(show)
    assert '<del><span class="sign">was:</span> ten careful</del>' in page
    assert '<ins><span class="sign">now:</span> a dozen</ins>' in page


def test_what_the_edit_list_or_a_mark_takes_out_is_shown_as_removed_and_never_as_words(show: Path) -> None:
    (show / "episodes/012-citizens-jury/edit.yaml").write_text("cut:\n  - {from: 1:04, to: 1:07.2}\n")
    notes = show / "episodes/012-citizens-jury/episode.md"
    change(notes, "saw ten careful pages", "saw [[confidential: eleven drafts of |say| ten]] careful pages")
    page = page_of(show)
    assert "[removed: a passage]" in page
    assert re.search(r"\[removed: \d seconds\]", page)
    assert "eleven drafts" not in page
    assert "around the doorbell" not in page


def test_an_item_that_is_not_due_yet_is_shown_as_it_will_be_on_its_day(show: Path) -> None:
    post = show / "posts/2027-01-15-what-next.md"
    change(post, "Come to the February meeting", "As @{p-q4d7} said: come to the February meeting")
    consent = show / "registry/consents/2027-01-15-what-next" / f"{QUOTED}.yaml"
    consent.parent.mkdir()
    consent.write_text("level: anonymous\nallow: {words: yes}\ngiven: {on: 2026-11-17, how: e-mail}\n")
    assert "has not signed off 2027-01-15-what-next" in say(show, "publish").out
    page = page_of(show, "2027-01-15-what-next", QUOTED)
    assert "This post is to come out on 15 January 2027. Please answer before that day." in page
    assert "We know of no election that holds this back on 15 January 2027." in page
    assert "Nothing of it is public yet. If you do not answer, nothing of this is published." in page
    assert "blog/2027/01/15/what-next.html" in page
    sign(show, "2027-01-15-what-next", QUOTED)
    assert say(show, "publish").code == 0


def test_a_yes_to_another_draft_is_not_recorded(show: Path) -> None:
    shown = re.findall(r'"code">(.{9})<', page_of(show))[0]
    change(show / "episodes/012-citizens-jury/episode.md", "ten careful pages", "ten pages")
    before = tree(show / "registry")
    said = say(show, "sign-off", EPISODE, ADVISER, "--approve", shown, "--how", "e-mail")
    assert said.code == 40
    assert "said yes to another draft" in said.err
    assert tree(show / "registry") == before
    now = re.findall(r'"code">(.{9})<', page_of(show))[0]
    assert say(show, "sign-off", EPISODE, ADVISER, "--approve", now, "--how", "e-mail").code == 0
    assert say(show, "publish").code == 0


def test_a_yes_that_is_taken_back_stops_the_next_publish(show: Path) -> None:
    said = say(show, "sign-off", EPISODE, ADVISER, "--leave-out", "--how", "telephone")
    assert said.code == 0
    before = tree(show / "published")
    said = say(show, "publish")
    assert said.code == 40
    assert f"{ADVISER} asked to be left out of {EPISODE}" in said.err
    assert tree(show / "published") == before


def test_their_wish_for_changes_waits_until_they_are_made_and_seen(show: Path) -> None:
    say(show, "sign-off", EPISODE, ADVISER, "--changes", "Say records, not data.", "--how", "e-mail")
    assert f"{ADVISER} asked for changes to {EPISODE}" in say(show, "publish").out
    change(show / "episodes/012-citizens-jury/episode.md", "ten careful pages", "ten pages")
    assert "is not what they signed off last" in say(show, "publish").out
    sign(show, EPISODE, ADVISER)
    assert say(show, "publish").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing", ADVISER), "There is no episode, post or meeting called nothing"),
        ((EPISODE, "p-t6h8"), "Nothing of p-t6h8 would be public"),
        ((EPISODE, "p-zzzz"), "Nothing of p-zzzz would be public"),
        ((EPISODE, ADVISER, "--approve", "d930437b"), "Say how they answered"),
        ((EPISODE, ADVISER, "--leave-out", "--changes", "x", "--how", "e-mail"), "Give one answer"),
        ((EPISODE, ADVISER, "--page", "."), "--page and --text need the name of a file"),
    ],
)
def test_what_cannot_be_asked_is_said(show: Path, arguments: tuple[str, ...], said: str) -> None:
    found = say(show, "sign-off", *arguments)
    assert found.code == 2
    assert said in found.err


def test_another_template_tag_or_number_leaves_every_yes_standing(show: Path) -> None:
    change(show / "templates/episode.html", '<h2 id="voices">Voices</h2>', '<h2 id="voices">Heard</h2>')
    change(
        show / "episodes/012-citizens-jury/episode.md",
        "topics: [juries, local government, data sharing]",
        "topics: [juries]",
    )
    change(show / "episodes/012-citizens-jury/episode.md", "season: 2", "season: 3")
    assert say(show, "publish").code == 0


def test_a_picture_that_shows_them_is_there_as_it_will_be_seen(show: Path) -> None:
    post = show / "posts/2026-11-20-jury-lessons.md"
    change(post, "coming back to check 4.\n    people: []", "coming back to check 4.\n    people: [p-host]")
    page = page_of(show, POST, "p-host")
    assert "Your consent covers this, so it does not wait for you" in page
    assert "You have said yes to exactly this." in page_of(show)
    (picture,) = re.findall(r'src="data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=]+)"', page)
    assert len(base64.b64decode(picture)) > 1000
    assert "<dd>one</dd>" in page


def test_every_answer_is_a_line_of_the_audit_that_names_nobody(show: Path) -> None:
    sign(show, EPISODE, ADVISER)
    said = say(show, "sign-off", EPISODE, ADVISER, "--changes", "Torquil says: records.", "--how", "e-mail")
    assert said.code == 0
    lines = (show / "registry/audit.jsonl").read_text("utf-8").splitlines()
    assert sum('"event": "sign-off"' in line for line in lines) == 2
    assert "Torquil" not in "".join(lines)
    assert "records" not in "".join(lines)
    head = hashlib.sha256(lines[-1].encode()).hexdigest()
    assert head[:16] in page_of(show)


def works_at(show: Path, *names: str) -> None:
    change(
        show / f"registry/people/{ADVISER}.yaml",
        "aliases: []",
        f"aliases: []\n  organisations: [{', '.join(names)}]",
    )


def where_they_work(page: str) -> str:
    found = re.findall(r"<dt>The name of where you work</dt><dd>(.*?)</dd>", page)
    assert len(found) == 1
    return str(found[0])


def test_where_they_work_is_searched_for_only_if_it_is_known_what_it_is_called(show: Path) -> None:
    assert (
        where_they_work(page_of(show))
        == "we have not written down what it is called, so we did not look for it"
    )
    works_at(show, "Ministry of Unheard Things", "MUT")
    assert where_they_work(page_of(show)) == "nowhere"


def test_where_they_work_is_found_in_the_very_files_and_told_apart_from_their_own_words(show: Path) -> None:
    works_at(show, "Sampleford Council", "IT")  # "it" is in every file, and is not meant
    page = page_of(show)
    told = r"in \d+ files,? (\d of which|that) show this episode: could it be taken for yours\? See below"
    assert re.fullmatch(told, where_they_work(page))
    assert "The name of where you work stands in it too; it need not be about you." in page
    assert "<mark>Sampleford council</mark>" in page
    change(
        show / "templates/about.html"
        if (show / "templates/about.html").exists()
        else show / "templates/page.html",
        "{% block main %}",
        "{% block main %}<p>M&#105;nistry of Hidden<!-- x -->\nThings</p>",
    )
    change(show / f"registry/people/{ADVISER}.yaml", "Sampleford Council, IT", "Ministry of Hidden Things")
    assert where_they_work(page_of(show)) == "in 1 file, none of which shows this episode"


def test_where_they_work_is_no_surprise_where_they_agreed_to_say_it(show: Path) -> None:
    works_at(show, "central government")
    agreed = r"in \d files, for it stands in the words that you agreed to"
    assert re.fullmatch(agreed, where_they_work(page_of(show)))


def test_the_same_can_be_sent_as_text_and_is_for_their_eyes_alone(show: Path) -> None:
    said = say(show, "sign-off", EPISODE, ADVISER, "--text", "page.txt")
    assert said.code == 0, said.err
    assert "wrote page.txt" in said.out
    path = show / "page.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text("utf-8")
    assert not re.search(r"\bp-[a-z0-9]{4,12}\b|<\w+", text)
    assert [secret for secret in SECRETS if secret in text] == []
    assert "| We rewrote the guidance around the doorbell.\n" in text
    fingerprint = re.findall(r"fingerprint:\s+(\w{4}\s\w{4})\.", text)[0]
    assert " ".join(fingerprint.split()) in page_of(show)


def test_a_text_that_would_show_somebody_else_is_not_written(show: Path) -> None:
    change(
        show / "episodes/012-citizens-jury/episode.md",
        "ran the jury. At the back",
        "ran the jury with Morwenna Pretendington. At the back",
    )
    assert say(show, "sign-off", EPISODE, ADVISER, "--text", "page.txt").code == 10
    assert not (show / "page.txt").exists()


def bracketed(html: str) -> str:
    return re.sub(r"<[^>]+>", "", re.sub(r"<(?:ins|del)>", "[", re.sub(r"</(?:ins|del)>", "]", html)))


def without_a_name(show: Path) -> None:
    record = show / f"registry/consents/{EPISODE}/{ADVISER}.yaml"
    record.write_text(
        "level: anonymous\nallow: {words: yes, voice: revoiced}\ngiven: {on: 2026-10-19, how: e-mail reply}\n"
        "anonymous_from: colleagues\ngroup_size: 12\n",
        "utf-8",
    )
    change(
        show / f"episodes/{EPISODE}/episode.md",
        "people: [p-host, p-7f3k, p-k2m9]",
        "people: [p-host, p-7f3k, p-k2m9]\nrevoiced: [p-k2m9]",
    )


def test_somebody_without_a_name_is_told_that_others_are_called_so_too(show: Path) -> None:
    shared = "Everybody without a name is called so"
    assert shared not in page_of(show)
    without_a_name(show)
    page = page_of(show)
    assert shared in page
    assert page.index("<b>The page itself</b>") < page.index("<b>A web page</b>")
    assert "read by somebody else, and we say so, for 18 seconds</dd>" in page
    assert "your colleagues, too, should not know that it is you" in page
    assert "people fit your description" not in page  # there is none
    assert "You told us on 19 October 2026 (e-mail reply) what may be public of you." in page


def test_a_new_name_for_them_does_not_drown_what_else_changed(show: Path) -> None:
    without_a_name(show)
    change(show / f"episodes/{EPISODE}/transcript.vtt", "around the doorbell", "around the front door")
    page = page_of(show)
    changed = re.findall(r"<p><b>(.*?):</b>(.*?)</p>", page.partition('id="changed"')[2], re.DOTALL)
    assert [who for who, _ in changed].count("You say") == 1  # another name for them is no other words
    assert "[was: doorbell.] [now: front door.]" in bracketed(dict(changed)["You say"])


def test_what_others_say_of_them_is_marked_as_theirs_too(show: Path) -> None:
    page = page_of(show)
    assert '<p class="who">Alys Example (about you)</p>' in page
    assert '<p class="who">a policy adviser in central government (you)</p>' in page


def test_the_last_day_of_an_election_is_told_as_the_calendar_has_it(show: Path) -> None:
    period = "{kind: election, from: 2026-12-01 00:01, to: 2026-12-10, employers: all}"
    (show / "registry/calendar.yaml").write_text(f"periods:\n  - {period}\n", "utf-8")
    assert "From 1 December 2026 to 10 December 2026 an election holds back what is new" in page_of(show)
