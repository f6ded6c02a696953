"""Which paths a host answers 410 for, and that nothing in a path can become a rule of its own."""

from __future__ import annotations

import pytest

from cop_publish.core.host_rules import Host, HostRules, gone_paths, rules_for, unsafe_in

PATH = "/episodes/013-explaining.html"


@pytest.mark.parametrize(
    ("keys", "live", "paths"),
    [
        (["episodes/013.html"], [], ["/episodes/013.html"]),
        (["/episodes/013.html", "episodes/013.html"], [], ["/episodes/013.html"]),
        (["old/a/index.html"], [], ["/old/a/", "/old/a/index.html"]),
        (["blog/2026/11/20/jury"], [], ["/blog/2026/11/20/jury", "/blog/2026/11/20/jury.html"]),
        (["blog/2026/11/20/jury"], ["blog/2026/11/20/jury.html"], ["/blog/2026/11/20/jury"]),
        (["episodes/013.html", "about.html"], ["about.html"], ["/episodes/013.html"]),
        (["old/"], [], ["/old/"]),
        (["index.html"], ["index.html"], []),
        (["old/index.html"], ["old/index.html"], []),
        (["", "/"], [], []),
    ],
)
def test_a_path_for_each_way_in_which_it_was_asked_for(
    keys: list[str], live: list[str], paths: list[str]
) -> None:
    assert gone_paths(keys, live, "/") == tuple(paths)


def test_a_site_below_a_path_has_its_paths_there() -> None:
    assert gone_paths(["a.html"], [], "/show/") == ("/show/a.html",)


@pytest.mark.parametrize(
    "sign", [" ", '"', "'", ";", "{", "}", "\n", "\\", "$", "*", "%", "(", ":", "?", "#", "é"]
)
def test_signs_that_a_host_reads_as_something_else_are_refused(sign: str) -> None:
    assert unsafe_in([f"/a{sign}b.html", "/good.html"]) == (f"/a{sign}b.html",)


@pytest.mark.parametrize("host", list(Host))
def test_each_says_how_it_is_used_and_that_it_is_not_for_the_public(host: Host) -> None:
    text = rules_for(host, HostRules((PATH,)))
    assert text.count(PATH) == 1
    assert f"--for {host}" in text
    assert "may hold a name: keep this out of what is served" in text
    assert "nothing yet" in rules_for(host, HostRules(()))


@pytest.mark.parametrize("host", [Host.NGINX, Host.CADDY])
def test_pages_without_an_extension_get_their_rule_only_where_they_are_files(host: Host) -> None:
    assert "try_files" in rules_for(host, HostRules((), "/", hides_extensions=True))
    assert "try_files" not in rules_for(host, HostRules((PATH,)))
