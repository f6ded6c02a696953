"""The rules that are printed for a host, in its hands: 410 for what went, 200 for what stayed."""

from __future__ import annotations

import http.client
import json
import re
from typing import TYPE_CHECKING

import needs
import pytest
from processes import free_ports, listens, run, start, stop, until
from test_person_withdrawal import edit
from workspaces import published_sample, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EPISODE = "013-explaining-an-algorithm"
POST = "2026-11-20-jury-lessons"
WENT = (f"/episodes/{EPISODE}.html", f"/episodes/{EPISODE}/transcript.vtt")
STAYED = ("/", "/index.html", "/feed.xml", "/episodes/012-citizens-jury.html", "/about.html")


@pytest.fixture
def show(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample show with one episode withdrawn, and an old address that somebody wrote down by hand."""
    folder = published_sample(tmp_path_factory, tmp_path / "show")
    assert say(folder, "withdraw", f"episodes/{EPISODE}", "--mode", "vanish").code == 0
    text = (folder / "withdrawn.yaml").read_text("utf-8")
    assert f"  - episodes/{EPISODE}.html" in text
    edit(folder / "withdrawn.yaml", "paths:\n", "paths:\n  - /2017/alys-example/index.html\n")
    return folder


def rules(folder: Path, host: str) -> str:
    said = say(folder, "storage", "rules", "--for", host)
    assert said.code == 0, said.err
    return said.out


def status(port: int, path: str, method: str = "GET") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path)
    found = connection.getresponse().status
    connection.close()
    return found


NGINX = """
daemon off; master_process off; pid {tmp}/nginx.pid; error_log {tmp}/error.log;
events {{}}
http {{
  access_log off; client_body_temp_path {tmp}; proxy_temp_path {tmp}; fastcgi_temp_path {tmp};
  uwsgi_temp_path {tmp}; scgi_temp_path {tmp};
  types {{ text/html html; application/rss+xml xml; }}
  server {{
    listen 127.0.0.1:{port}; root {public}; error_page 404 /404.html;
    include {rules};
  }}
}}
"""
CADDY = """
{{
  admin off
  auto_https off
}}
http://127.0.0.1:{port} {{
  root * {public}
  import {rules}
  file_server
}}
"""


@pytest.fixture
def nginx(show: Path, tmp_path: Path) -> Iterator[int]:
    program = needs.program("nginx", debian="nginx-light")
    (port,) = free_ports(1)
    (tmp_path / "rules.conf").write_text(rules(show, "nginx"), encoding="utf-8")
    places = {"tmp": tmp_path, "port": port, "public": show / "published/public"}
    config = tmp_path / "nginx.conf"
    config.write_text(NGINX.format(rules=tmp_path / "rules.conf", **places), encoding="utf-8")
    run([program, "-t", "-q", "-c", config])
    process = start([program, "-c", config], tmp_path / "nginx.log")
    until("nginx", lambda: listens(port), tmp_path / "nginx.log")
    yield port
    stop(process)


@pytest.fixture
def caddy(show: Path, tmp_path: Path) -> Iterator[int]:
    program = needs.program("caddy")
    (port,) = free_ports(1)
    (tmp_path / "rules.caddy").write_text(rules(show, "caddy"), encoding="utf-8")
    config = tmp_path / "Caddyfile"
    places = {"port": port, "public": show / "published/public", "rules": tmp_path / "rules.caddy"}
    config.write_text(CADDY.format(**places), encoding="utf-8")
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    run([program, "validate", "--adapter", "caddyfile", "--config", config], **home)
    process = start([program, "run", "--adapter", "caddyfile", "--config", config], tmp_path / "log", **home)
    until("caddy", lambda: listens(port), tmp_path / "log")
    yield port
    stop(process)


def held_at(port: int) -> None:
    assert [status(port, path) for path in WENT] == [410, 410]
    assert status(port, WENT[0], "HEAD") == 410
    assert [status(port, path) for path in STAYED] == [200] * len(STAYED)
    assert [status(port, path) for path in ("/2017/alys-example/", "/2017/alys-example/index.html")] == [
        410,
        410,
    ]
    assert status(port, "/never-was.html") == 404


def test_nginx_says_gone(nginx: int) -> None:
    held_at(nginx)


def test_caddy_says_gone(caddy: int) -> None:
    held_at(caddy)


class TestWithoutExtensions:
    """A blog that moved in with addresses without an extension: they are asked for as Jekyll had them."""

    @pytest.fixture
    def show(self, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = published_sample(tmp_path_factory, tmp_path / "show")
        edit(
            folder / "cop-publish.toml",
            '# permalink = "/:category/:year/:month/:day/:slug"',
            'permalink = "/:category/:year/:month/:day/:slug"',
        )
        for made in ("published", ".cop-publish/published.json"):
            target = folder / made
            target.rename(folder.parent / target.name)
        for path in [*folder.glob("posts/*.md"), *folder.glob("episodes/*/episode.md")]:
            text = path.read_text("utf-8")
            path.write_text(re.sub(r"(/\d{4}/\d\d/\d\d/[a-z-]+)\.html", r"\1", text), encoding="utf-8")
        said = say(folder, "publish")
        assert said.code == 0, said.err
        assert say(folder, "withdraw", f"posts/{POST}.md").code == 0
        return folder

    def held(self, port: int) -> None:
        assert status(port, "/blog/2026/10/30/transparency-record") == 200
        assert status(port, "/blog/2026/11/20/jury-lessons") == 410
        assert status(port, "/blog/2026/11/20/jury-lessons.html") == 410
        assert status(port, "/blog/2026/10/30/never-was") == 404
        assert status(port, "/blog/index.html") == 200

    def test_nginx(self, nginx: int) -> None:
        self.held(nginx)

    def test_caddy(self, caddy: int) -> None:
        self.held(caddy)


def in_node(script: str, folder: Path) -> object:
    path = folder / "ask.mjs"
    path.write_text(script, encoding="utf-8")
    return json.loads(run([needs.program("node", debian="nodejs"), path]))


def test_cloudfronts_function_answers_itself_and_lets_all_else_through(show: Path, tmp_path: Path) -> None:
    paths = json.dumps([*WENT, *STAYED])
    ask = f"const asked = {paths}.map((uri) => handler({{ request: {{ uri }} }}));"
    found = in_node(
        rules(show, "cloudfront")
        + ask
        + "console.log(JSON.stringify(asked.map((a) => [a.statusCode, a.uri])));",
        tmp_path,
    )
    assert found == [[410, None], [410, None], *([None, path] for path in STAYED)]


def test_more_than_cloudfront_takes_is_refused_with_a_way_out(show: Path) -> None:
    many = "".join(f"  - episodes/a-title-of-some-length-{n}.html\n" for n in range(300))
    edit(show / "withdrawn.yaml", "paths:\n", f"paths:\n{many}")
    said = say(show, "storage", "rules", "--for", "cloudfront")
    assert said.code == 2
    assert "give the rules to the host behind it" in said.err
    assert say(show, "storage", "rules", "--for", "nginx").code == 0


def test_netlifys_function_answers_410_on_those_paths_alone(show: Path, tmp_path: Path) -> None:
    (tmp_path / "withdrawn.mjs").write_text(rules(show, "netlify"), encoding="utf-8")
    found = in_node(
        'import gone, { config } from "./withdrawn.mjs";'
        "const answer = gone(), text = await answer.text();"
        "console.log(JSON.stringify([answer.status, text, config.path]));",
        tmp_path,
    )
    assert isinstance(found, list)
    assert found[:2] == [410, "This was withdrawn and will not come back."]
    assert set(WENT) < set(found[2])
    assert not set(STAYED) & set(found[2])


def test_a_path_that_would_be_a_rule_of_its_own_stops_all_and_is_not_shown(show: Path) -> None:
    edit(show / "withdrawn.yaml", "paths:\n", "paths:\n  - \"x; return 200 'alys'\"\n")
    said = say(show, "storage", "rules", "--for", "nginx")
    assert said.code == 20
    assert "withdrawn.yaml: a path holds signs" in said.err
    assert "alys" not in said.out + said.err


def test_what_a_person_took_back_is_gone_too(show: Path) -> None:
    before = rules(show, "nginx")
    (old,) = (show / "published/public/media").glob("012-citizens-jury.*.mp3")
    assert say(show, "withdraw", "--person", "p-7f3k", "--scope", "voice").code == 0
    assert old.name not in before
    assert f"location = /media/{old.name} {{ return 410; }}" in rules(show, "nginx")


def test_before_anything_is_published_there_is_nothing_to_say(show: Path) -> None:
    (show / "published/_cop/head.json").unlink()
    (show / "withdrawn.yaml").write_text("guids: []\npaths: []\n", encoding="utf-8")
    assert "Withdrawn for good: nothing yet." in rules(show, "caddy")
