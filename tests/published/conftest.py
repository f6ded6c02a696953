"""The site that the tests of pages look at: a folder, and a small server for it on loopback."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import imageio_ffmpeg  # type: ignore[import-untyped]
import needs
import pytest
from PIL import Image
from samples import EPISODE, MASTER, MEETING, NOW, POST, RELEASE, SHOW, SITE

from cop_publish.core import routes
from cop_publish.core.consents import Level
from cop_publish.core.model import (
    Chapter,
    ClearedPage,
    Credit,
    Cue,
    EpisodeRelease,
    MeetingStatus,
    Part,
    Releases,
)
from cop_publish.core.model import Image as Listed
from cop_publish.render.images import make_pictures
from cop_publish.render.pages import render_pages
from cop_publish.render.transcripts import transcript_files
from cop_publish.settings import App, Settings, Sound, StorageSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
BODY = """The first words, with a note[^1] and a [link](/about.html).

## What we’ve been up to

- *one*
- **two**

> A quotation that is set apart.

| What is asked? | Who answers, and with what words that are rather long? | When? |
|---|---|--:|
| Why | The council, on its own page, with every line numbered | 9 |

![A map](/images/map.png "Three streets")

```
code that is wide enough to be wider than a narrow telephone, and so must be broken somewhere in the line
```

### And more

Averyveryverylongwordthatnobodywouldwritebutthatsomebodywillsurelypasteinfromsomewhereelsesoonerorlaterithink

[^1]: The note.
"""


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of page, as a store would have it; the sound is a quiet tone, the feeds are empty."""
    workspace, out = tmp_path_factory.mktemp("workspace"), tmp_path_factory.mktemp("site")
    _draw(workspace)
    settings = Settings(
        root=workspace,
        show=replace(SHOW, cover="images/cover.png"),
        site=replace(SITE, posts_per_page=2, apps=(App("An app", "https://app.example/show"),)),
        sound=Sound(),
        storage=StorageSettings(),
        registry=None,
    )
    releases = _releases()
    made = make_pictures(workspace, releases, settings.show)
    for file in render_pages(releases, settings, made):
        assert isinstance(file.content, bytes)
        _put(out / file.key, file.content)
    for release in releases.episodes:
        _put(out / routes.episode_sound(release), b"")
        _quiet_tone(out / routes.episode_sound(release))
        for file in transcript_files(release.episode, settings.site):
            assert isinstance(file.content, bytes)
            _put(out / file.key, file.content)
    for key in (routes.FEED, routes.BLOG_RSS, routes.BLOG_ATOM):
        _put(out / key, b"<rss/>")
    return out


@pytest.fixture(scope="session")
def html_pages(built_site: Path) -> list[Path]:
    """Every page of the built site."""
    return sorted(built_site.rglob("*.html"))


@pytest.fixture(scope="session")
def site_address(built_site: Path) -> Iterator[str]:
    """The built site over HTTP, from a port that was free."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(built_site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def npm() -> Path:
    """The folder of the npm packages that package.json names."""
    folder = HERE / "node_modules"
    if not folder.is_dir():
        needs.missing("the npm packages are not installed (run `npm install` in tests/published)")
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: a test's own words are enough."""


def _releases() -> Releases:
    speech = tuple(
        Cue(
            n * 4.0,
            n * 4.0 + 3.5,
            "Alys Example" if n % 3 else "a policy adviser in central government",
            f"Sentence {n}.",
        )
        for n in range(20)
    )
    listed = Listed("images/map.png", "A map of three streets")
    episode = replace(
        EPISODE,
        cues=speech,
        chapters=(Chapter(0.0, "Welcome", ""), Chapter(20.0, "The jury", "https://commons.example/jury")),
        notes=BODY,
        images=(listed,),
        cover=Listed("images/cover.png", "Cards"),
        meeting="2026-10-14",
    )
    bare = replace(
        EPISODE,
        id="011-first",
        title="First",
        number=None,
        cues=(),
        chapters=(),
        notes="",
        credits=(),
        meeting=None,
    )
    posts = tuple(
        replace(
            POST,
            id=f"2026-11-{day:02}-lessons",
            slug="lessons",
            title=f"Lessons of day {day}",
            published_at=NOW.replace(day=day),
            body=BODY,
            images=(listed,),
            image=listed if day == 20 else None,
            redirect_from=(f"/old/{day}.html",),
            meeting="2026-10-14" if day == 20 else None,
            credits=(Credit("Siân Ap-Example", Level.NAMED, Part.AUTHOR), *POST.credits),
        )
        for day in range(20, 13, -1)
    )
    past = replace(
        MEETING,
        id="2026-10-14",
        title="Autumn meeting",
        starts_at=NOW.replace(month=10),
        ends_at=NOW.replace(month=10, hour=10),
        body=BODY,
        images=(listed,),
        credits=(Credit("Alys Example", Level.NAMED, Part.HOST),),
    )
    cancelled = replace(
        MEETING,
        id="2026-12-01",
        status=MeetingStatus.CANCELLED,
        starts_at=NOW.replace(month=12, day=1),
        ends_at=NOW.replace(month=12, day=1, hour=11),
    )
    return Releases(
        episodes=(EpisodeRelease(episode, MASTER), replace(RELEASE, episode=bare)),
        posts=posts,
        meetings=(MEETING, cancelled, past),
        pages=(ClearedPage("about", "About", "Who we are.", BODY, (listed,)),),
        held_back=(),
        now=NOW,
    )


def _draw(workspace: Path) -> None:
    (workspace / "images").mkdir()
    Image.linear_gradient("L").resize((1500, 1500)).convert("RGB").save(workspace / "images" / "cover.png")
    Image.new("RGB", (1200, 700), (20, 90, 100)).save(workspace / "images" / "map.png")


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _quiet_tone(path: Path) -> None:
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-f", "lavfi"]
    argv += ["-i", "sine=220:duration=80", "-af", "volume=0.05", "-b:a", "48k", str(path)]
    subprocess.run(argv, check=True)
