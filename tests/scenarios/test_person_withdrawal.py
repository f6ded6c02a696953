"""What somebody takes back stays away: from old workspaces, registries and releases, and from a CDN."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import threading
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from workspaces import NOW, published_sample, say, sign, unpublished_sample

from cop_publish.core.consents import PersonId, TakenBack
from cop_publish.errors import Busy
from cop_publish.publish import Errand
from cop_publish.scope import EVERYTHING
from cop_publish.withdrawal.item import withdraw
from cop_publish.withdrawal.known import item_of
from cop_publish.withdrawal.person import Request, withdraw_person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workspaces import Said

ROWAN, HOST, JUROR = "p-r8w3", "p-host", "p-7f3k"
EPISODE = "013-explaining-an-algorithm"
JURY = "012-citizens-jury"
LATER = "2026-11-24T09:00+00:00"


@pytest.fixture
def show(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample show, published, with Rowan's name no longer spoken in the sound."""
    folder = published_sample(tmp_path_factory, tmp_path / "show")
    quiet(folder)
    return folder


def quiet(folder: Path) -> None:
    edit(
        folder / f"episodes/{EPISODE}/transcript.vtt",
        "With me is @{p-r8w3}",
        "With me is [[confidential: @{p-r8w3}]]",
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path.name} does not hold it exactly once"
    path.write_text(text.replace(old, new), encoding="utf-8")


def take_back(folder: Path, scope: str, person: str = ROWAN, *more: str) -> Said:
    return say(folder, "withdraw", *more, "--person", person, "--scope", scope)


def holders(folder: Path, words: str) -> list[str]:
    """Every file of the store that holds these words, its private part included; packs are compressed."""
    files = [p for p in sorted((folder / "published").rglob("*")) if p.is_file()]
    return [p.name for p in files if words.encode() in p.read_bytes()]


def head(folder: Path) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(
        (folder / "published/_cop/head.json").read_text("utf-8")
    )
    return found


def private_registry(folder: Path, name: str = "private") -> Path:
    """A copy of the registry as a real one lies: outside the workspace, and not of made-up people."""
    registry = folder.parent / name
    shutil.copytree(folder / "registry", registry)
    for path in (registry, *registry.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    edit(registry / "registry.yaml", "fictional: true", "fictional: false")
    for address in (
        "podcast@commons",
        "join@commons",
        "//commons",
    ):  # a show that is no example has addresses of its own
        edit(folder / "cop-publish.toml", f"{address}.example", f"{address}.internal")
    edit(folder / "cop-publish.toml", 'path = "registry"', f'path = "../{name}"')
    settings = folder / "cop-publish.toml"  # with addresses that are somebody's
    settings.write_text(settings.read_text("utf-8").replace("commons.example", "commons.internal"), "utf-8")
    return registry


# --- nothing brings it back ------------------------------------------------------------------------


def test_an_old_workspace_builds_without_it_and_an_old_registry_does_not_publish(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    show = unpublished_sample(tmp_path_factory, tmp_path / "show")
    quiet(show)
    registry = private_registry(show)
    assert say(show, "publish").code == 0
    colleague, old = tmp_path / "colleague", tmp_path / "old"
    shutil.copytree(show, colleague)
    edit(colleague / "cop-publish.toml", 'folder = "published"', 'folder = "../show/published"')
    shutil.copytree(registry, old)
    assert take_back(show, "attribution").code == 0
    assert holders(show, "Madeup") == []

    edit(colleague / "cop-publish.toml", 'path = "../private"', 'path = "../old"')
    refused = say(colleague, "publish", now=LATER)
    assert refused.code == 60
    assert "Your registry is older" in refused.err
    edit(colleague / "cop-publish.toml", 'path = "../old"', 'path = "../private"')
    built = say(colleague, "publish", now=LATER)
    assert built.code == 40, "the new wording waits for a sign-off"
    assert holders(show, "Madeup") == []


def test_a_sound_with_a_voice_taken_back_never_comes_back_from_a_colleague_who_has_it(show: Path) -> None:
    colleague = show.parent / "colleague"
    shutil.copytree(show, colleague)
    edit(colleague / "cop-publish.toml", 'folder = "published"', 'folder = "../show/published"')
    (old,) = (show / "published/public/media").glob(f"{JURY}.*.mp3")
    said = take_back(show, "voice", JUROR, f"episodes/{JURY}", "--json")
    assert said.code == 0, said.err
    receipt = json.loads(said.out)
    assert receipt["keys"] == [f"media/{old.name}"], "it does not stay for thirty days"
    assert not old.exists()
    assert receipt["releases_dropped"] == 1
    (new,) = (show / "published/public/media").glob(f"{JURY}.*.mp3")
    assert new.stat().st_size < old.stat().st_size if old.exists() else new.name != old.name
    transcript = (show / f"published/public/episodes/{JURY}/transcript.vtt").read_text("utf-8")
    assert "drew thirty names" not in transcript, "the words that were heard go with the voice"
    again = say(colleague, "publish", now=LATER)
    assert again.code == 60
    assert "what was withdrawn never comes back" in again.err


@pytest.mark.parametrize("release", ["1", "2"])
def test_no_rollback_brings_it_back(show: Path, release: str) -> None:
    assert say(show, "publish").code == 0
    edit(show / "about.md", "There is a podcast", "There is now a podcast")
    assert say(show, "publish").code in {0, 40}
    assert take_back(show, "attribution").code == 0
    said = say(show, "rollback", release)
    assert said.code == 60
    assert "There is no kept release" in said.err
    assert holders(show, "Madeup") == []


def test_twice_is_once(show: Path) -> None:
    assert take_back(show, "attribution").code == 0
    again = take_back(show, "attribution", ROWAN, "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["keys"] == []
    audit = (show / "registry/audit.jsonl").read_text("utf-8")
    assert audit.count('"event": "withdraw"') == 1


# --- who is in many items, in addresses, in pictures ---------------------------------------------------


def test_a_voice_is_not_kept_public_by_a_post_of_theirs_that_waits_for_a_yes(show: Path) -> None:
    first = take_back(show, "attribution", ROWAN, "posts/2026-11-13-weeknotes-plain-words.md")
    assert first.code == 0, first.err
    assert "has not signed off 2026-11-13-weeknotes-plain-words" in first.out
    said = take_back(show, "voice")
    assert said.code == 0, said.err
    assert f"the voice of {ROWAN}, in everything" in said.out


def post(folder: Path, name: str, words: str = "What @{p-k2m9} said.") -> None:
    (folder / "posts" / f"{name}.md").write_text(
        f"---\ntitle: On {name[11:]}\nsummary: Short.\npeople: [p-k2m9]\n---\n{words}\n", encoding="utf-8"
    )
    record = folder / "registry/consents" / name / "p-k2m9.yaml"
    record.parent.mkdir()
    yes = "level: named\ndisplay: Torquil Inventedson\nallow: {words: yes, voice: no, photo: no}\n"
    record.write_text(f"{yes}given: {{on: 2026-01-01, how: e-mail}}\n", encoding="utf-8")


def test_a_second_thing_is_taken_back_before_anybody_has_signed_what_the_first_left(show: Path) -> None:
    """What is live without a yes was left by the first withdrawal, and the second waits for none either."""
    first = take_back(show, "voice", JUROR, f"episodes/{JURY}")
    assert first.code == 0, first.err
    assert "has not signed off 012-citizens-jury" in first.out
    second = take_back(show, "attribution", "p-k2m9", f"episodes/{JURY}")
    assert second.code == 0, second.err
    assert "a policy adviser" not in (show / f"published/public/episodes/{JURY}.html").read_text("utf-8")


def test_what_nobody_has_seen_is_not_published_by_a_withdrawal(show: Path) -> None:
    take_back(show, "voice", JUROR, f"episodes/{JURY}")
    edit(show / f"episodes/{JURY}/episode.md", "saw ten careful pages", "never saw eleven pages")
    second = take_back(show, "attribution", "p-k2m9", f"episodes/{JURY}")
    assert second.code == 40
    assert holders(show, "eleven pages") == []


def test_a_person_in_thirty_items_goes_from_all_of_them_at_once(show: Path) -> None:
    names = [f"2026-{month:02}-{day:02}-of-the-day" for month in (9, 10) for day in range(1, 16)]
    for name in names:
        post(show, name)
    assert say(show, "publish").code == 0
    assert len(holders(show, "Inventedson")) > len(names)
    said = take_back(show, "attribution", "p-k2m9", "--json")
    assert said.code == 0, said.err
    receipt = json.loads(said.out)
    assert set(names) < set(receipt["items"])
    assert holders(show, "Inventedson") == []
    assert "Inventedson" not in said.out + said.err
    assert len(list((show / "registry/consents").glob("*/p-k2m9.yaml"))) == len(names) + 1
    for record in (show / "registry/consents").glob("2026-*/p-k2m9.yaml"):
        assert "withdrawn: {on: 2026-11-23, scope: attribution}" in record.read_text("utf-8")


def test_an_address_that_holds_the_name_is_told_and_the_whole_item_can_go(show: Path) -> None:
    """Only somebody who is named everywhere can be in an address: for others the sitemap refuses it."""
    name = "2026-11-21-alys-example-writes"
    words = "---\ntitle: A day\nsummary: Short.\nauthor: p-host\n---\nWords.\n"
    (show / f"posts/{name}.md").write_text(words, encoding="utf-8")
    assert say(show, "publish").code == 0
    said = take_back(show, "attribution", HOST, f"posts/{name}.md")
    assert said.code in {10, 40}
    assert "its file's name or slug, and so its address, holds a name of p-host" in said.err
    assert "Nothing public was changed yet" in said.err
    assert say(show, "withdraw", f"posts/{name}.md").code == 0
    assert [p for p in (show / "published/public").rglob("*") if "alys-example" in p.name] == []
    assert "alys-example" not in (show / "published/public/sitemap.xml").read_text("utf-8")


def test_a_photograph_goes_from_wherever_it_is_shown(show: Path) -> None:
    page = show / "posts/2026-11-20-jury-lessons.md"
    edit(page, "coming back to check 4.\n    people: []", "coming back to check 4.\n    people: [p-host]")
    assert say(show, "publish").code == 0
    before = {p.name for p in (show / "published/public/images").iterdir()}
    words = page.read_text("utf-8")
    said = take_back(show, "photograph", HOST, "--json")
    assert said.code == 0, said.err
    receipt = json.loads(said.out)
    left_out = (
        f"{page.relative_to(show)}: images/jury-hours.png is left out: p-host took the photograph back."
    )
    assert receipt["pictures_left_out"] == [left_out]
    gone = {key.removeprefix("images/") for key in receipt["keys"]}
    assert gone
    assert gone == before - {p.name for p in (show / "published/public/images").iterdir()}
    assert set(head(show)["withdrawn"]["keys"]) == {f"images/{name}" for name in gone}
    assert page.read_text("utf-8") == words, "the producer's file is theirs"
    shown = (show / "published/public/blog/2026/11/20/jury-lessons.html").read_text("utf-8")
    assert "<img" not in shown
    assert "hours were spent" not in shown
    assert "In the jury shown here" in shown
    assert say(show, "rollback", "1").code == 60
    again = say(show, "publish", now=LATER)
    assert again.code == 0
    assert left_out in again.out


def test_a_cover_goes_from_page_feed_and_sound_and_only_who_was_on_it_is_asked_again(show: Path) -> None:
    page = show / f"episodes/{JURY}/episode.md"
    edit(page, "cover_people: []", "cover_people: [p-host, p-7f3k]")
    yes = show / f"registry/consents/{JURY}/p-7f3k.yaml"
    edit(yes, "photo: no}", "photo: yes}")
    edit(yes, "level: named", "sign_off: yes\nlevel: named")
    sign(show, JURY, JUROR)
    assert say(show, "publish").code == 0
    feed = (show / "published/public/feed.xml").read_text("utf-8")
    covers = set(re.findall(r'<itunes:image href="([^"]+)"', feed))
    assert len(covers) == 2, "the show's and the episode's"
    said = take_back(show, "photograph", HOST, "--json")
    assert said.code == 0, said.err
    receipt = json.loads(said.out)
    assert [line.partition(":")[0] for line in receipt["pictures_left_out"]] == [
        f"episodes/{JURY}/episode.md"
    ]
    assert any(key.startswith(f"media/{JURY}.") for key in receipt["keys"]), "its tags hold the cover"
    feed = (show / "published/public/feed.xml").read_text("utf-8")
    assert set(re.findall(r'<itunes:image href="([^"]+)"', feed)) < covers
    asked = [(one["item"], one["person"]) for one in receipt["to_sign_off_again"]]
    assert asked == [(JURY, JUROR)]


def test_a_photograph_in_html_is_told_with_its_line_and_nothing_changes(show: Path) -> None:
    page = show / "posts/2026-11-20-jury-lessons.md"
    edit(page, "coming back to check 4.\n    people: []", "coming back to check 4.\n    people: [p-host]")
    shown = "![Bar chart of how one jury’s 44 hours were spent](/images/jury-hours.png)"
    edit(page, shown, '<img src="/images/jury-hours.png" alt="Bar chart">')
    assert say(show, "publish").code == 0
    line = (
        page.read_text("utf-8").splitlines().index('<img src="/images/jury-hours.png" alt="Bar chart">') + 1
    )
    said = take_back(show, "photograph", HOST, "posts/2026-11-20-jury-lessons.md")
    assert said.code == 40
    where = (
        f"posts/2026-11-20-jury-lessons.md:{line}: a picture is shown here in a way that cannot be taken out"
    )
    assert where in said.err
    assert "Take it out of the text, with its caption." in said.err
    page.write_text(page.read_text("utf-8").replace('<img src="/images/jury-hours.png" alt="Bar chart">', ""))
    assert take_back(show, "photograph", HOST, "posts/2026-11-20-jury-lessons.md").code == 0


# --- others, meanwhile and around ------------------------------------------------------------------------


def test_while_somebody_publishes_it_is_recorded_and_told_to_wait(show: Path) -> None:
    path = show / "published/_cop/head.json"
    free = path.read_text("utf-8")
    lease = {
        "owner": "x",
        "nonce": "n",
        "since": "2026-11-23T09:00:00+00:00",
        "until": "2199-01-01T00:00:00+00:00",
    }
    path.write_text(json.dumps(json.loads(free) | {"state": "busy", "lease": lease}), encoding="utf-8")
    said = take_back(show, "attribution")
    assert said.code == 60
    record = show / f"registry/consents/{EPISODE}/p-r8w3.yaml"
    assert "withdrawn:" in record.read_text("utf-8"), "so that the other one stops, or is followed"
    path.write_text(free, encoding="utf-8")
    assert take_back(show, "attribution").code == 0
    assert holders(show, "Madeup") == []


@pytest.mark.parametrize("what", ["person", "item"])
def test_who_publishes_while_the_site_is_being_made_loses_nothing(show: Path, what: str) -> None:
    colleague = show.parent / "colleague"
    shutil.copytree(show, colleague)
    edit(colleague / "cop-publish.toml", 'folder = "published"', 'folder = "../show/published"')
    edit(colleague / "about.md", "There is a podcast", "There is now a podcast")
    published: list[int] = []

    def meanwhile(step: str, _: float) -> None:
        if step == "checking every byte that would be public" and not published:
            published.append(say(colleague, "publish").code)

    now = datetime.fromisoformat(NOW)
    errand = Errand(show, EVERYTHING, now, meanwhile, lambda _: None)
    request = Request(PersonId(ROWAN), TakenBack.ATTRIBUTION)
    stories: dict[str, Callable[[], object]] = {
        "person": partial(withdraw_person, errand, request),
        "item": partial(withdraw, errand, item_of(show, "episode", EPISODE)),
    }
    with pytest.raises(Busy, match="published meanwhile"):
        stories[what]()
    assert published
    about = (show / "published/public/about.html").read_text("utf-8")
    assert "There is now a podcast" in about


@contextlib.contextmanager
def serving(folder: Path, broken: str = "") -> Iterator[str]:
    """`broken`: a path that is answered with an error."""
    handler = partial(_broken_at(broken) if broken else _Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


def _broken_at(path: str) -> type[_Quiet]:
    class Broken(_Quiet):
        def do_GET(self) -> None:
            if self.path == path:
                self.send_error(500)
            else:
                super().do_GET()

    return Broken


def served(tmp_path: Path, factory: pytest.TempPathFactory, address: str) -> Path:
    """The sample show, published, whose site is at this address."""
    show = unpublished_sample(factory, tmp_path / "show")
    quiet(show)
    edit(show / "cop-publish.toml", 'url = "https://commons.example/"', f'url = "{address}"')
    assert say(show, "publish").code == 0
    return show


def test_what_is_live_is_fetched_from_the_public_address(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "show/published/public").mkdir(parents=True)
    with serving(tmp_path / "show/published/public") as address:
        show = served(tmp_path, tmp_path_factory, address)
        receipt = json.loads(take_back(show, "attribution", ROWAN, "--json").out)
        assert receipt["fetched_from"] == "the public address"
        assert receipt["fetched_again"] > 30
        assert (receipt["still_served"], receipt["still_holding"]) == ([], [])


def test_an_address_that_cannot_be_read_is_named_and_is_no_success(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "show/published/public").mkdir(parents=True)
    with serving(tmp_path / "show/published/public", broken="/about.html") as address:
        show = served(tmp_path, tmp_path_factory, address)
        said = take_back(show, "attribution")
        assert said.code == 60
        assert f"1 answers still hold it or cannot be read: {address}about.html" in said.out


@pytest.mark.parametrize("what", ["person", "item"])
def test_what_a_cdn_still_has_is_named_and_is_no_success(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, what: str
) -> None:
    stale = tmp_path / "stale"
    stale.mkdir()
    with serving(stale) as address:
        show = served(tmp_path, tmp_path_factory, address)
        shutil.copytree(show / "published/public", stale, dirs_exist_ok=True)
        said = (
            take_back(show, "attribution")
            if what == "person"
            else say(show, "withdraw", f"episodes/{EPISODE}")
        )
        assert said.code == 60
        assert holders(show, "Madeup") == [] or what == "item"
        (sound,) = stale.glob(f"media/{EPISODE}.*.mp3")
        assert f"addresses still answer: {address}" in said.out
        assert f"{address}media/{sound.name}" in said.out
        if what == "person":
            assert f"answers still hold it or cannot be read: {address}" in said.out
            assert f"{address}feed.xml" in said.out


def test_a_cdn_that_cannot_be_told_is_no_success(show: Path) -> None:
    settings = show / "cop-publish.toml"
    edit(settings, 'folder = "published"\n', 'folder = "published"\nafter = ["false"]\n')
    said = take_back(show, "attribution")
    assert said.code == 60
    assert "The command of [storage] after ended with 1" in said.out
    assert holders(show, "Madeup") == []


def test_the_receipt_and_the_audit_hold_no_name(show: Path) -> None:
    said = take_back(show, "attribution", ROWAN, "--json")
    assert said.code == 0
    last = json.loads((show / "registry/audit.jsonl").read_text("utf-8").splitlines()[-1])
    assert (last["event"], last["person"], last["item"], last["fact_scope"]) == (
        "withdraw",
        ROWAN,
        "everywhere",
        "attribution",
    )
    for words in ("Rowan", "Madeup", "rowan@"):
        assert words not in said.out + said.err + json.dumps(last)


assert NOW < LATER
