"""The workspace: every file read or named, nothing from outside it, and problems kept with their item."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from samples import SHOW, SITE
from unprivileged import unprivileged

from cop_publish.core.consents import Consents
from cop_publish.core.edits import Edit
from cop_publish.core.model import EpisodeDraft
from cop_publish.core.timeline import Cut
from cop_publish.intake.workspace import Workspace, read_workspace
from cop_publish.settings import Settings, Sound, StorageSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

EPISODE = "---\nguid: g\ntitle: A\nsummary: B\ndate: 2026-11-20\n---\nNotes.\n"
VTT = "WEBVTT\n\n00:00.000 --> 00:04.000\n[music]\n"
POST = "---\ntitle: A\n---\nBody.\n"
MEETING = "---\ntitle: A\ndate: 2026-12-09 14:00\n---\nAgenda.\n"


@pytest.fixture
def root() -> Iterator[Path]:
    """A workspace with one item of each kind, where an unprivileged user may look."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "show"
        folder.mkdir()
        Path(name).chmod(0o755)
        for path, content in (
            ("about.md", "---\ntitle: About\n---\nWe.\n"),
            ("episodes/012-jury/episode.md", EPISODE),
            ("episodes/012-jury/transcript.vtt", VTT),
            ("episodes/012-jury/recording.flac", "sound"),
            ("posts/2026-11-20-jury.md", POST),
            ("meetings/2026-12-09.md", MEETING),
        ):
            write(folder, path, content)
        yield folder


def write(root: Path, name: str, content: str | bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(root: Path) -> Workspace:
    return read_workspace(
        Settings(root, replace(SHOW, hosts=()), SITE, Sound(), StorageSettings(), None), Consents()
    )


def problems_of(found: Workspace) -> dict[str, list[str]]:
    """What is wrong, by item, as `line: what`."""
    return {i.path: [f"{p.where.line}: {p.what}" for p in i.problems] for i in found.items if i.problems}


def test_every_item_is_read_and_knows_its_kind(root: Path) -> None:
    found = read(root)
    assert found.problems == ()
    assert [(i.id, i.kind, i.draft is not None, i.problems) for i in found.items] == [
        ("012-jury", "episode", True, ()),
        ("about", "page", True, ()),
        ("2026-12-09", "meeting", True, ()),
        ("2026-11-20-jury", "post", True, ()),
    ]


def test_an_episodes_edit_list_comes_with_it(root: Path) -> None:
    write(root, "episodes/012-jury/edit.yaml", "cut: [{from: 1, to: 2.5}]\nintro: intro.wav\n")
    write(root, "episodes/012-jury/intro.wav", "sound")
    draft = read(root).items[0].draft
    assert isinstance(draft, EpisodeDraft)
    assert draft.edit == Edit((Cut(1.0, 2.5),), intro="episodes/012-jury/intro.wav")
    assert draft.recording == "episodes/012-jury/recording.flac"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("cut: [{from: 9, to: 2.5}]\n", "1: cut[1] ends at 0:02.5, and begins at 0:09"),
        ("", "0: the file is empty"),
        (b"cut: \xff", "1: the file is not UTF-8 text but some other encoding"),
    ],
)
def test_an_edit_list_that_cannot_be_followed_leaves_no_draft_beside_other_problems(
    root: Path, content: str | bytes, said: str
) -> None:
    write(root, "episodes/012-jury/edit.yaml", content)
    found = read(root)
    assert problems_of(found) == {"episodes/012-jury/episode.md": [said]}
    assert found.items[0].draft is None
    write(root, "episodes/012-jury/transcript.vtt", "WEBVTT\n")
    assert said in problems_of(read(root))["episodes/012-jury/episode.md"]
    assert len(problems_of(read(root))["episodes/012-jury/episode.md"]) == 2


@pytest.mark.parametrize(
    ("name", "is_post"),
    [
        ("posts/2026-11-21-b.md", True),
        ("posts/2026-11-21-b.markdown", True),
        ("posts/2026/2026-11-21-b.md", True),
        ("posts/2026-11-21-Capitals.md", True),
        ("posts/_draft.md", False),
        ("posts/.hidden.md", False),
        ("posts/notes.txt", False),
        ("posts/.git/x.md", False),
        ("posts/node_modules/x/readme.md", False),
        ("drafts/2026-11-21-b.md", False),
        ("README.md", False),
    ],
)
def test_posts_are_the_markdown_files_in_posts(root: Path, name: str, is_post: bool) -> None:  # noqa: FBT001 - a column
    write(root, name, POST)
    assert any(i.path == name and i.kind == "post" for i in read(root).items) is is_post


def test_a_folder_without_an_episode_file_is_no_episode(root: Path) -> None:
    write(root, "episodes/notes/raw.txt", "x")
    assert [i.id for i in read(root).items if i.kind == "episode"] == ["012-jury"]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "0: the file is empty"),
        (b" \n\t\n", "0: the file is empty"),
        (POST.encode("utf-16"), "1: the file is not UTF-8 text but UTF-16"),
        (POST.encode("utf-16-be"), "1: there are"),
        (
            "---\ntitle: A\n---\n“Smart”\n".encode("cp1252"),
            "4: the file is not UTF-8 text but some other encoding",
        ),
        (b"---\ntitle: A\xff\n---\n", "2: the file is not UTF-8 text but some other encoding"),
        (b"\x00" * 2000, "1: there are 2000 control characters"),
        (b"\x89PNG\r\n\x1a\n", "1: the file is not UTF-8 text but some other encoding"),
    ],
)
def test_a_file_that_is_not_text_is_named_with_its_line_and_stops_no_other(
    root: Path, data: bytes, what: str
) -> None:
    write(root, "posts/2026-11-21-b.md", data)
    found = problems_of(read(root))
    assert list(found) == ["posts/2026-11-21-b.md"]
    assert found["posts/2026-11-21-b.md"][0].startswith(what)


def test_a_byte_order_mark_is_no_problem(root: Path) -> None:
    for name in (
        "posts/2026-11-20-jury.md",
        "episodes/012-jury/episode.md",
        "episodes/012-jury/transcript.vtt",
    ):
        path = root / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert problems_of(read(root)) == {}


def test_a_transcript_that_is_not_text_is_the_episodes_problem(root: Path) -> None:
    write(root, "episodes/012-jury/transcript.vtt", VTT.encode("utf-16"))
    (item,) = [i for i in read(root).items if i.kind == "episode"]
    assert item.draft is None
    assert [str(p.where) for p in item.problems] == ["episodes/012-jury/transcript.vtt:1"]


def test_the_one_transcript_of_a_folder_is_read_and_two_are_named_unread(root: Path) -> None:
    subrip = "1\n00:00:00,000 --> 00:00:04,000\n[music]\n"
    write(root, "episodes/012-jury/transcript.srt", subrip)
    assert problems_of(read(root))["episodes/012-jury/episode.md"] == [
        "2: there is more than one transcript: transcript.vtt and transcript.srt"
    ]
    (root / "episodes/012-jury/transcript.vtt").unlink()
    assert problems_of(read(root)) == {}
    (root / "episodes/012-jury/transcript.srt").rename(root / "episodes/012-jury/transcript.json")
    assert problems_of(read(root))["episodes/012-jury/episode.md"] == ["1: this is not JSON from here on"]


def test_a_file_that_may_not_be_read_is_said_and_stops_no_other(root: Path) -> None:
    read(root)
    (root / "posts/2026-11-20-jury.md").chmod(0)
    (root / "episodes/012-jury/transcript.vtt").chmod(0)
    with unprivileged():
        found = problems_of(read(root))
    assert found == {
        "posts/2026-11-20-jury.md": ["0: the file cannot be read"],
        "episodes/012-jury/episode.md": ["0: the file cannot be read"],
    }


def test_an_edit_list_may_name_a_sound_of_the_folder_for_sounds(root: Path) -> None:
    write(root, "sounds/carol.wav", "sound")
    write(root, "episodes/012-jury/edit.yaml", "intro: /sounds/carol.wav\noutro: /sounds/carrol.wav\n")
    (problem,) = next(item.problems for item in read(root).items if item.id == "012-jury")
    assert (problem.where.line, problem.fix.split("?")[0]) == (2, "Did you mean `carol.wav`")


def linked(root: Path, name: str, target: str) -> list[str]:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).symlink_to(target)
    return [f"{p.where}: {p.what}" for p in read(root).problems]


@pytest.mark.parametrize(
    "name", ["posts/2026-11-21-b.md", "images/map.png", "cover.png", "images/folder", "episodes/013"]
)
@pytest.mark.parametrize("target", ["/etc", "/etc/hostname", "../../../outside", "../.."])
def test_a_link_out_of_the_workspace_is_refused_whatever_it_leads_to(
    root: Path, name: str, target: str
) -> None:
    outside = root.parent / "outside"
    outside.write_text(POST)
    leads = target if "/" in name or target.startswith("/") else "../outside"
    if name == "cover.png" and target == "/etc":
        leads = "/etc/hostname"  # a folder beside the settings is no file of the show
    assert linked(root, name, leads) == [f"{name}: this is a link that leads out of the workspace"]


def test_a_link_that_leads_to_itself_is_a_file_that_cannot_be_read(root: Path) -> None:
    assert linked(root, "posts/2026-11-21-b.md", "2026-11-21-b.md") == []
    assert problems_of(read(root)) == {"posts/2026-11-21-b.md": ["0: the file cannot be read"]}


def test_a_link_that_leads_nowhere_is_a_file_that_cannot_be_read(root: Path) -> None:
    assert linked(root, "posts/2026-11-21-b.md", "gone.md") == []
    assert problems_of(read(root)) == {"posts/2026-11-21-b.md": ["0: the file cannot be read"]}


def test_a_link_inside_the_workspace_is_fine(root: Path) -> None:
    write(root, "images/map.png", "x")
    assert linked(root, "posts/map.png", "../images/map.png") == []


def test_what_lies_outside_is_never_a_file_of_the_workspace(root: Path) -> None:
    write(root.parent, "secret.png", "x")
    for name in ("../secret.png", "/../secret.png", str(root.parent / "secret.png")):
        text = f"---\ntitle: A\nimages: [{{file: {name}, alt: A, people: []}}]\n---\n"
        write(root, "posts/2026-11-21-b.md", text)
        assert len(problems_of(read(root))["posts/2026-11-21-b.md"]) == 1, name


def test_a_files_name_that_is_not_text_is_said(root: Path) -> None:
    path = bytes(root) + b"/posts/2026-11-21-caf\xe9.md"
    with open(path, "wb") as file:  # noqa: PTH123 - Path holds no bytes
        file.write(POST.encode())
    (problem,) = read(root).problems
    assert problem.what == "the file's name is not UTF-8 text"
    str(problem).encode()


@pytest.mark.parametrize(
    ("text", "guids", "paths"),
    [
        ("guids: [a, b]\npaths: [blog/x.html]\n", {"a", "b"}, {"blog/x.html"}),
        ("guids: []\npaths: []\n", set(), set()),
        ("guids:\n", set(), set()),
        ("# nothing yet\n", set(), set()),
        ("\ufeffguids: a\n", {"a"}, set()),
    ],
)
def test_what_was_withdrawn_is_read(root: Path, text: str, guids: set[str], paths: set[str]) -> None:
    write(root, "withdrawn.yaml", text)
    found = read(root)
    assert found.problems == ()
    assert (set(found.withdrawn_guids), set(found.withdrawn_paths)) == (guids, paths)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"guid: [a]\n", "the key `guid` is not known"),
        (b"- a\n", "this must be keys with values"),
        (b"guids: {a: b}\n", "`guids` must be a single value"),
        (b"guids: [a\n", "this line cannot be read as `key: value`"),
        (b"", "the file is empty"),
        ("guids: [a]\n".encode("utf-16"), "the file is not UTF-8 text but UTF-16"),
    ],
)
def test_a_slip_in_what_was_withdrawn_stops_everything(root: Path, data: bytes, what: str) -> None:
    write(root, "withdrawn.yaml", data)
    assert [(p.where.path, p.what) for p in read(root).problems] == [("withdrawn.yaml", what)]


def test_a_list_of_what_was_withdrawn_that_cannot_be_read_stops_everything(root: Path) -> None:
    write(root, "withdrawn.yaml", "guids: [a]\n").chmod(0)
    with unprivileged():
        assert [p.what for p in read(root).problems] == ["the file cannot be read"]
