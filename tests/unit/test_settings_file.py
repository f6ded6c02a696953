"""cop-publish.toml: every slip at once, each on its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cop_publish.errors import WrongUsage
from cop_publish.intake.settings_file import read_settings
from cop_publish.settings import App, UpdateFrequency

if TYPE_CHECKING:
    from pathlib import Path

NEEDED = """\
[show]
title = "A show"
description = \"\"\"
Words that look like settings:
kind = of
url = of
\"\"\"
language = "en-gb"
author = "A community"
owner_email = "podcast@show.example"
categories = [["Government"], ["Society & Culture", "Documentary"]]
guid = "5d1dd2a7-5c2b-5f0b-8a0e-0f6a3c1d2e4b"
cover = "cover.png"
cover_alt = "Cards"
hosts = ["p-host"]

[site]
url = "https://show.example/"
mailing_list = "https://show.example/join"
"""


@pytest.fixture(autouse=True)
def _no_registry_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COP_PUBLISH_REGISTRY", raising=False)


def written(root: Path, text: str) -> Path:
    (root / "cop-publish.toml").write_text(text, encoding="utf-8")
    return root


def said(root: Path, text: str) -> list[str]:
    with pytest.raises(WrongUsage) as caught:
        read_settings(written(root, text))
    assert caught.value.exit_code == 2
    return [f"{p.where.line}: {p.what}" for p in caught.value.problems]


def test_settings_may_be_saved_as_some_editors_save_them(tmp_path: Path) -> None:
    plain = read_settings(written(tmp_path, NEEDED))
    (tmp_path / "cop-publish.toml").write_bytes(NEEDED.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_settings(tmp_path) == plain


def test_storage_settings_are_held_to_their_forms(tmp_path: Path) -> None:
    text = NEEDED + '[storage]\nprefix = "show"\ncloudfront = "https://d1.example"\nafter = [""]\n'
    at = NEEDED.count("\n") + 1
    assert said(tmp_path, text) == [
        f"{at + 1}: `storage.prefix` must end in a slash",
        f"{at + 2}: `storage.cloudfront` must be the ID of a distribution",
        f"{at + 3}: `storage.after` must begin with a program",
    ]
    good = '[storage]\nprefix = "show/"\ncloudfront = "E1X2"\nafter = ["./purge", "now"]\n'
    found = read_settings(written(tmp_path, NEEDED + good)).storage
    assert (found.prefix, found.cloudfront, found.after) == ("show/", "E1X2", ("./purge", "now"))


def test_what_is_needed_is_enough_and_the_rest_has_defaults(tmp_path: Path) -> None:
    found = read_settings(written(tmp_path, NEEDED))
    assert (found.root, found.registry, found.images) == (tmp_path, None, "listed")
    assert (found.show.title, found.show.hosts, found.show.kind) == ("A show", ("p-host",), "episodic")
    assert found.show.categories == (("Government",), ("Society & Culture", "Documentary"))
    assert (found.site.timezone, found.site.permalink, found.site.apps) == ("Europe/London", "", ())
    assert (found.sound.target_lufs, found.sound.true_peak_dbtp) == (-16.0, -1.0)
    assert (found.storage.folder, found.storage.bucket) == ("published", "")


def test_every_table_is_read(tmp_path: Path) -> None:
    more = """
[[site.apps]]
name = "A podcast app"
url = "https://app.example/show"
[sound]
target_lufs = -18
[storage]
bucket = "b"
path_style = true
[registry]
path = "../private"
[disclosure]
images = "listed"
"""
    found = read_settings(
        written(
            tmp_path, NEEDED.replace("hosts =", 'update_frequency = { text = "Monthly" }\nhosts =') + more
        )
    )
    assert found.show.update_frequency == UpdateFrequency("Monthly", "")
    assert found.site.apps == (App("A podcast app", "https://app.example/show"),)
    assert (found.sound.target_lufs, type(found.sound.target_lufs)) == (-18.0, float)
    assert (found.storage.bucket, found.storage.path_style) == ("b", True)
    assert found.registry == tmp_path / "../private"
    assert found.images == "listed"


def test_the_registry_may_be_named_from_outside_and_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    home = read_settings(written(tmp_path, NEEDED + '[registry]\npath = "~/private"\n'))
    assert str(home.registry) == "/home/somebody/private"
    monkeypatch.setenv("COP_PUBLISH_REGISTRY", "/elsewhere")
    assert str(read_settings(tmp_path).registry) == "/elsewhere"
    nobody = read_settings(written(tmp_path, NEEDED))
    assert str(nobody.registry) == "/elsewhere"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('title = "A show"\n', "", "1: `show.title` is missing"),
        ('title = "A show"', "title = 3", "2: `show.title` must be text in double quotes"),
        ('title = "A show"', 'titel = "A show"', "2: the key `titel` is not known"),
        ('hosts = ["p-host"]', 'hosts = "p-host"', "15: `show.hosts` must be a list"),
        ('hosts = ["p-host"]', "hosts = [1]", "15: `show.hosts` must be text in double quotes"),
        ('["Government"], ', '"Government", ', "11: `show.categories` must be a list"),
        (
            'cover = "cover.png"',
            'explicit = "no"\ncover = "cover.png"',
            "13: `show.explicit` must be true or false",
        ),
        ('cover = "cover.png"', 'kind = "daily"\ncover = "cover.png"', "13: `show.kind` is not known"),
        (
            'cover = "cover.png"',
            'cover = "cover.png"\nupdate_frequency = "weekly"',
            "14: `show.update_frequency` must be a table",
        ),
        (
            'cover = "cover.png"',
            'cover = "cover.png"\nupdate_frequency = {}',
            "14: `show.update_frequency.text` is missing",
        ),
        (
            'url = "https://show.example/"',
            'url = "https://show.example"',
            "18: `site.url` must be an address that ends in a slash",
        ),
        (
            'url = "https://show.example/"',
            'url = "https://show.example/?a/"',
            "18: `site.url` must be an address that ends in a slash",
        ),
        (
            'url = "https://show.example/"',
            'url = "show.example/"',
            "18: `site.url` must be an address that ends in a slash",
        ),
        ('url = "https://show.example/"\n', "", "17: `site.url` is missing"),
        ("[site]\n", "[[site]]\n", "17: `site` must be a table"),
        ("[site]\n", "[sight]\n", "17: the key `sight` is not known"),
    ],
)
def test_each_slip_is_named_on_its_line(tmp_path: Path, old: str, new: str, what: str) -> None:
    assert old in NEEDED
    assert what in said(tmp_path, NEEDED.replace(old, new))


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ('timezone = "London"\n', "20: `site.timezone` is not a time zone"),
        ('timezone = "Europe"\n', "20: `site.timezone` is not a time zone"),
        ('timezone = "../../etc/passwd"\n', "20: `site.timezone` is not a time zone"),
        ('timezone = ""\n', "20: `site.timezone` is not a time zone"),
        ("posts_per_page = 0\n", "20: `site.posts_per_page` must be at least 1"),
        ("posts_per_page = true\n", "20: `site.posts_per_page` must be a whole number"),
        ("posts_per_page = 2.5\n", "20: `site.posts_per_page` must be a whole number"),
        ('[[site.apps]]\nnam = "x"\n', "21: the key `nam` is not known"),
        ('[[site.apps]]\nname = "x"\n', "20: `site.apps.url` is missing"),
        ("[sound]\ntarget_lufs = -5\n", "21: `sound.target_lufs` is out of range"),
        ("[sound]\ntarget_lufs = nan\n", "21: `sound.target_lufs` is out of range"),
        ("[sound]\ntarget_lufs = true\n", "21: `sound.target_lufs` must be a number"),
        ('[sound]\ntarget_lufs = "-16"\n', "21: `sound.target_lufs` must be a number"),
        ("[sound]\ntrue_peak_dbtp = 0\n", "21: `sound.true_peak_dbtp` is out of range"),
        ("[sound]\ntrue_peak_dbtp = nan\n", "21: `sound.true_peak_dbtp` is out of range"),
        ("[sound]\nmono_kbps = 97\n", "21: `sound.mono_kbps` is no rate of an MP3"),
        ("[sound]\nstereo_kbps = 0\n", "21: `sound.stereo_kbps` is no rate of an MP3"),
        ('[sound]\nchannels = "both"\n', "21: `sound.channels` is not known"),
        ("[sound]\nleveller = 1.5\n", "21: `sound.leveller` is out of range"),
        ("[sound]\nleveller = nan\n", "21: `sound.leveller` is out of range"),
        ("[sound]\nhighpass_hz = 10\n", "21: `sound.highpass_hz` is out of range"),
        ("[sound]\nnoise_reduction_db = -1\n", "21: `sound.noise_reduction_db` is out of range"),
        ("[sound]\nde_ess = 3\n", "21: `sound.de_ess` is out of range"),
        ('[sound]\ngate = "yes"\n', "21: `sound.gate` must be true or false"),
        ("[sound]\nlongest_pause_seconds = 0.2\n", "21: `sound.longest_pause_seconds` is out of range"),
        ("[sound]\nlongest_pause_seconds = nan\n", "21: `sound.longest_pause_seconds` is out of range"),
        ("[sound]\ncrossfade_seconds = 60\n", "21: `sound.crossfade_seconds` is out of range"),
        ('[sound]\nintro = "sounds/jingle.wav"\n', "21: `sound.intro` names a file that is not there"),
        ('[sound]\noutro = "../jingle.wav"\n', "21: `sound.outro` must lie in the folder sounds/"),
        ('[storage]\nbuckt = "b"\n', "21: the key `buckt` is not known"),
        ('[storage]\n"folder" = 1\n', "21: `storage.folder` must be text in double quotes"),
        ("[registry]\npath = 3\n", "21: `registry.path` must be text in double quotes"),
        ('[registry]\npth = "x"\n', "21: the key `pth` is not known"),
        ('[disclosure]\nimages = "all"\n', "21: `disclosure.images` is not known"),
        ('[disclosure]\nimages = ["listed"]\n', "21: `disclosure.images` must be text in double quotes"),
        ('[disclosure]\nimage = "listed"\n', "21: the key `image` is not known"),
        ("[[disclosure]]\n", "20: `disclosure` must be a table"),
        ("[shw]\n", "20: the key `shw` is not known"),
        ("title = unquoted\n", "20: this is not TOML"),
        ("[site]\n", "20: this is not TOML"),
        ("url = 'x'\n", "20: this is not TOML"),
    ],
)
def test_each_slip_further_down_is_named_on_its_line(tmp_path: Path, more: str, what: str) -> None:
    assert what in said(tmp_path, NEEDED + more)


@pytest.mark.parametrize(
    "more",
    [
        '[storage]\n"Morwenna Pretendington" = "x"\n',
        '[storage]\n"morwenna pretendington" = "x"\n',
        '[storage]\nPretendington = "x"\n',
        '["Morwenna Pretendington"]\n',
        "[Pretendington]\n",
        f'[storage]\n{"pretendington_" * 2} = "x"\n',
    ],
)
def test_a_key_that_may_be_a_name_is_told_by_its_place_alone(tmp_path: Path, more: str) -> None:
    line = 20 if more.startswith(("[P", '["')) else 21
    assert said(tmp_path, NEEDED + more) == [f"{line}: the key `…` is not known"]


@pytest.mark.parametrize("table", ["registry", "disclosure", "storage", "sound", "site", "show"])
def test_a_value_where_a_table_should_be_is_a_slip_and_no_crash(tmp_path: Path, table: str) -> None:
    text = NEEDED.replace(f"[{table}]", "[other]")
    assert f"1: `{table}` must be a table" in said(tmp_path, f'{table} = "../private"\n{text}')


def test_every_slip_is_told_at_once_with_suggestions(tmp_path: Path) -> None:
    text = NEEDED.replace('title = "A show"', 'titel = "A show"').replace('example/"', 'example"')
    text += '[sound]\ntarget_lufs = 3\n[disclosure]\nimages = "x"\n'
    with pytest.raises(WrongUsage) as caught:
        read_settings(written(tmp_path, text))
    assert [(p.where.line, p.fix) for p in caught.value.problems] == [
        (1, "Add it."),
        (2, "Did you mean `title`?"),
        (18, 'Such as "https://example.org/".'),
        (21, "Apple asks for -16."),
        (23, 'It can only be "listed" yet.'),
    ]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("[show]\ntitle = “x”\n".encode(), "The settings cannot be read."),
        ('title = "é"\n'.encode("cp1252"), "is not UTF-8 text"),
        (NEEDED.encode("utf-16"), "is not UTF-8 text"),
    ],
)
def test_settings_that_are_not_toml_are_refused(tmp_path: Path, data: bytes, what: str) -> None:
    (tmp_path / "cop-publish.toml").write_bytes(data)
    with pytest.raises(WrongUsage, match=what):
        read_settings(tmp_path)


def test_a_folder_without_settings_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="new show"):
        read_settings(tmp_path)
    (tmp_path / "cop-publish.toml").mkdir()
    with pytest.raises(WrongUsage, match="cannot be read"):
        read_settings(tmp_path)


def test_the_samples_settings_have_no_slip(pytestconfig: pytest.Config) -> None:
    assert read_settings(pytestconfig.rootpath).show.title == "The Made-up Commons"


SHARED = '[registry]\npath = "../private"\nbucket = "people"\nprefix = "a/"\nprofile = "registry"\n'


def test_a_registry_may_be_shared_through_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_settings(written(tmp_path, NEEDED + SHARED))
    assert found.registry == tmp_path / "../private"
    assert found.registry_store is not None
    storage = found.registry_store.storage
    assert (storage.bucket, storage.prefix, found.registry_store.profile) == ("people", "a/", "registry")
    assert read_settings(written(tmp_path, NEEDED)).registry_store is None
    monkeypatch.setenv("COP_PUBLISH_REGISTRY", "/elsewhere")
    alone = read_settings(written(tmp_path, NEEDED + SHARED.replace('path = "../private"\n', "")))
    assert str(alone.registry) == "/elsewhere"
    assert alone.registry_store is not None


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('bucket = "people"\n', "", "`registry.bucket` is missing"),
        ('path = "../private"\n', "", "`registry.path` is missing"),
        ('prefix = "a/"', 'prefix = "a"', "`registry.prefix` must end in a slash"),
        ('"people"', '"site"', ""),
        (
            'bucket = "people"\nprefix = "a/"',
            'bucket = "site"\nprefix = "s/"',
            "the registry would lie among",
        ),
        ('bucket = "people"\nprefix = "a/"', 'bucket = "site"\nprefix = "s/public/x/"', "would lie among"),
        ('bucket = "people"\nprefix = "a/"', 'bucket = "site"\nprefix = "s/_cop/"', "would lie among"),
    ],
)
def test_what_cannot_be_a_shared_registry_is_refused(tmp_path: Path, old: str, new: str, what: str) -> None:
    site = '[storage]\nbucket = "site"\nprefix = "s/"\n'
    path = written(tmp_path, NEEDED + site + SHARED.replace(old, new))
    if not what:
        assert read_settings(path).registry_store is not None
        return
    with pytest.raises(WrongUsage, match=what):
        read_settings(path)
