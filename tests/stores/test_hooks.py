"""What follows once the feed is live: who is told of exactly what changed, and what a failure costs."""

from __future__ import annotations

import contextlib
import re
import sys
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
import servers
from processes import free_ports
from samples import SHOW, SITE

from cop_publish.settings import Settings, Sound, StorageSettings
from cop_publish.storage.hooks import STATE, Hooks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "SK-never-printed"  # noqa: S105 - made up, to be looked for
STALE = ("blog/index.html", "blog/a b.html", "feed.xml")
FEEDS = ("feed.xml",)
_INVALIDATION = b"""<Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>I1</Id>
<Status>InProgress</Status><CreateTime>2026-11-23T09:00:00Z</CreateTime><InvalidationBatch><Paths>
<Quantity>0</Quantity></Paths><CallerReference>r</CallerReference></InvalidationBatch></Invalidation>"""
_DENIED = b"""<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>no, %s</Message></Error><RequestId>r</RequestId></ErrorResponse>""".replace(b"%s", SECRET.encode())


@dataclass
class Service:
    """A hub or a CDN that listens: what it was sent, and the status that it answers with."""

    url: str = ""
    status: int = 201
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, body
    signatures: list[str] = field(default_factory=list)  # the Authorization of each


@contextlib.contextmanager
def listening() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.asked.append((self.path, body))
            heard.signatures.append(self.headers.get("Authorization", ""))
            answer = _INVALIDATION if heard.status < 300 else _DENIED
            self.send_response(heard.status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    heard = Service()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        heard.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A hub, and CloudFront as boto3 finds it."""
    servers.forget_credentials(monkeypatch)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKHOOKS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    with listening() as found:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFRONT", found.url)
        yield found


def hooks(root: Path, storage: StorageSettings, hub: str = "") -> Hooks:
    site = replace(SITE, url="https://show.example/radio/")
    return Hooks(Settings(root, replace(SHOW, hub=hub), site, Sound(), storage, None), root)


def said(made: Hooks) -> list[tuple[str, bool, str]]:
    return [(told.hook, told.ok, told.sentence) for told in made.run()]


def test_cloudfront_forgets_exactly_the_changed_paths_once(tmp_path: Path, service: Service) -> None:
    made = hooks(tmp_path, StorageSettings(cloudfront="E1"))
    made.note(STALE, FEEDS)
    assert said(made) == [("cloudfront", True, "CloudFront forgets 4 changed addresses.")]
    ((path, body),) = service.asked
    assert path.endswith("/distribution/E1/invalidation")
    assert re.findall("<Path>(.*?)</Path>", body) == [
        "/radio/blog/a%20b.html",
        "/radio/blog/index.html",
        "/radio/blog/",
        "/radio/feed.xml",
    ]
    assert "<Quantity>4</Quantity>" in body
    (signature,) = (
        service.signatures
    )  # AWS Signature Version 4, for the one region that CloudFront is asked in
    scope = r"AKHOOKS/\d{8}/us-east-1/cloudfront/aws4_request"
    assert re.fullmatch(
        rf"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=\S*host;\S+, Signature=[0-9a-f]{{64}}",
        signature,
    )
    assert said(made) == []
    assert len(service.asked) == 1


def test_a_refused_invalidation_is_told_again_with_the_same_reference(
    tmp_path: Path, service: Service
) -> None:
    made = hooks(tmp_path, StorageSettings(cloudfront="E1"))
    made.note(STALE, ())
    service.status = 403
    ((hook, ok, sentence),) = said(made)
    assert (hook, ok) == ("cloudfront", False)
    assert sentence == (
        "CloudFront refused: it does not allow this. Let these credentials do cloudfront:CreateInvalidation. "
        "What was published stays; the next publish tries this again."
    )
    service.status = 201
    assert said(made)[0][1]
    references = {re.findall("<CallerReference>(.*?)</", body)[0] for _, body in service.asked}
    assert len(references) == 1
    made.note(STALE, ())
    said(made)
    references = {re.findall("<CallerReference>(.*?)</", body)[0] for _, body in service.asked}
    assert len(references) == 2, "the same paths at a later publish are another invalidation"


def test_more_paths_than_cloudfront_takes_at_once_go_in_several_calls(
    tmp_path: Path, service: Service
) -> None:
    made = hooks(tmp_path, StorageSettings(cloudfront="E1"))
    made.note([f"p{number}.html" for number in range(3001)], ())
    assert said(made)[0][1]
    assert [body.count("<Path>") for _, body in service.asked] == [3000, 1]


def test_a_hub_is_pinged_for_each_feed(tmp_path: Path, service: Service) -> None:
    made = hooks(tmp_path, StorageSettings(), hub=f"{service.url}/hub")
    made.note(STALE, ("blog/feed.xml", "feed.xml"))
    assert said(made) == [("websub", True, "The WebSub hub was told of 2 feeds.")]
    assert [path for path, _ in service.asked] == ["/hub", "/hub"]
    topics = [f"https://show.example/radio/{key}" for key in ("blog/feed.xml", "feed.xml")]
    assert [parse_qs(body) for _, body in service.asked] == [
        {"hub.mode": ["publish"], "hub.url": [topic], "hub.topic": [topic]} for topic in topics
    ]


def test_a_hub_that_refuses_or_is_not_there_is_tried_again(tmp_path: Path, service: Service) -> None:
    (nobody,) = free_ports(1)
    gone = hooks(tmp_path, StorageSettings(), hub=f"http://127.0.0.1:{nobody}/")
    gone.note((), FEEDS)
    ((_, ok, sentence),) = said(gone)
    assert not ok
    assert "does not answer" in sentence
    there = hooks(tmp_path, StorageSettings(), hub=service.url)
    service.status = 500
    assert said(there)[0][2].startswith("The WebSub hub of [show] hub refused the ping (500).")
    service.status = 204
    assert said(there)[0][1]
    assert not (tmp_path / STATE).exists()


KEEPS = "import sys; open('told.txt', 'a').write(sys.stdin.read())"


def test_a_command_gets_the_addresses_and_no_shell_reads_its_words(tmp_path: Path) -> None:
    made = hooks(
        tmp_path, StorageSettings(after=(sys.executable, "-c", KEEPS, "; touch pwned", "$(touch x)"))
    )
    made.note(STALE, FEEDS)
    assert said(made) == [("command", True, "The command of [storage] after was given 4 changed addresses.")]
    assert (tmp_path / "told.txt").read_text().splitlines() == [
        "https://show.example/radio/blog/a%20b.html",
        "https://show.example/radio/blog/index.html",
        "https://show.example/radio/blog/",
        "https://show.example/radio/feed.xml",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["told.txt"]


def test_a_command_that_fails_is_told_of_without_its_words_and_tried_with_what_came_since(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    loud = f"import sys; print('{SECRET}'); print('{SECRET}', file=sys.stderr); sys.exit(3)"
    fails = hooks(tmp_path, StorageSettings(after=(sys.executable, "-c", loud)))
    fails.note(["a.html"], ())
    ((_, ok, sentence),) = said(fails)
    assert not ok
    assert sentence.startswith("The command of [storage] after ended with 3. Run it by hand to see why")
    assert SECRET not in sentence + "".join(capfd.readouterr())
    works = hooks(tmp_path, StorageSettings(after=(sys.executable, "-c", KEEPS)))
    works.note(["b.html"], ())
    assert said(works)[0][1]
    assert [line[-6:] for line in (tmp_path / "told.txt").read_text().splitlines()] == ["a.html", "b.html"]


def test_a_command_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    made = hooks(tmp_path, StorageSettings(after=("./purge",)))
    made.note(["a.html"], ())
    assert "cannot be started. Mend its first word" in said(made)[0][2]


def test_one_hook_that_fails_does_not_keep_the_others_from_being_told(
    tmp_path: Path, service: Service
) -> None:
    made = hooks(tmp_path, StorageSettings(after=("./purge",), cloudfront="E1"), hub=service.url)
    made.note(STALE, FEEDS)
    assert [(hook, ok) for hook, ok, _ in said(made)] == [
        ("cloudfront", True),
        ("command", False),
        ("websub", True),
    ]
    assert [pending.hook for pending in made.pending()] == ["command"]


@pytest.mark.parametrize("text", ["", "[{}]", "{}", "[1]", '[{"hook": "command"'])
def test_a_damaged_note_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / STATE).write_text(text)
    assert said(hooks(tmp_path, StorageSettings(after=("./purge",)))) == []


def test_a_hook_that_was_taken_out_of_the_settings_is_forgotten(tmp_path: Path) -> None:
    hooks(tmp_path, StorageSettings(after=("./purge",))).note(["a.html"], ())
    without = hooks(tmp_path, StorageSettings())
    assert said(without) == []
    assert not (tmp_path / STATE).exists()
