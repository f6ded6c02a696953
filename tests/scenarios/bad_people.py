"""Rows of bad input: people, consents and the registry.  Nobody's name may be echoed."""

# ruff: noqa: E501 - a message stands on one line, as it is printed

from __future__ import annotations

from rows import NO_REGISTRY, NO_WORKSPACE, bad
from spoil import all_of, change, delete, episode, folder, mode, move, picture, post, write

ROWAN = "registry/consents/013-explaining-an-algorithm/p-r8w3.yaml"
VOICED = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v {}>Hello.\n"
# The sample's registry says that its people are fictional; without that it must be kept as a real one.
IN_EARNEST = change("registry/registry.yaml", "fictional: true", "fictional: no")

ROWS = (
    bad(
        "a person whom nobody knows",
        post("title: New", "people: [p-7f3x]"),
        20,
        "posts/2026-11-22-new.md:1: p-7f3x is not in the registry. Did you mean p-7f3k? Add them with `cop-publish new person`.",
    ),
    bad(
        "a person in the text whom nobody knows",
        post("title: New", body="@{p-zzzz} spoke."),
        20,
        "posts/2026-11-22-new.md:4: p-zzzz is not known here. Correct the ID, or add the person.",
    ),
    bad(
        "a name where an ID should be",
        post("title: New", "people: [Planted Name]"),
        20,
        "posts/2026-11-22-new.md:3:10: `people` must hold person IDs. Write the ID from the registry, such as p-7f3k, not a name.",
    ),
    bad(
        "a reference by name",
        post("title: New", body="@{Planted Name} spoke."),
        20,
        "posts/2026-11-22-new.md:4: this looks like a reference to a person but is not one exactly. Write `@{p-…}` with the person's ID, without spaces, in lower case.",
    ),
    bad(
        "an ID outside a reference",
        post("title: New", body="p-host spoke."),
        20,
        "posts/2026-11-22-new.md:4: p-host stands in the text as it is, and an ID must never be public. Write `@{p-host}`.",
    ),
    bad(
        "a host whom nobody knows",
        change("cop-publish.toml", '["p-host"]', '["p-hosts"]'),
        20,
        "cop-publish.toml: `show.hosts` names p-hosts, who is not in the registry. Did you mean p-host?",
        NO_WORKSPACE,
    ),
    bad(
        "an author whom the registry does not know",
        post("title: New", "author: Planted Name"),
        20,
        "posts/2026-11-22-new.md:3:9: `author` is a name that the registry does not know. Write the person's ID, or add the name to their `aliases` in the registry.",
    ),
    bad(
        "an author who has not agreed",
        post("title: New", "author: Dr M. Pretendington"),
        40,
        "posts/2026-11-22-new.md:1: p-n5v2 has not agreed to their words in 2026-11-22-new. Ask them, and record the answer in the registry; until then, leave them out.",
    ),
    bad(
        "a voice without a yes",
        episode("people: [p-host, p-n5v2]"),
        40,
        "episodes/014-new/episode.md:1: p-n5v2 has not agreed to their voice and words in 014-new. Ask them, and record the answer in the registry; until then, leave them out.",
    ),
    bad(
        "a speaker who agreed and is not credited",
        episode("people: []", transcript=VOICED.format("p-host")),
        20,
        "episodes/014-new/transcript.vtt:4:11: p-host speaks here but is not in `people`. Add the ID to `people`.",
    ),
    bad(
        "a consent taken back",
        change(ROWAN, "given:", "withdrawn: 2026-11-22\ngiven:"),
        40,
        "episodes/013-explaining-an-algorithm/episode.md:1: p-r8w3 has not agreed to their voice and words in 013-explaining-an-algorithm. Ask them, and record the answer in the registry; until then, leave them out.",
        "episodes/013-explaining-an-algorithm/episode.md:17: p-r8w3 has not agreed to be part of 013-explaining-an-algorithm. Ask them, and record the answer in the registry; until then, leave them out.",
        "…",
        "Nothing was published. Live until this is mended: 013-explaining-an-algorithm. To take it down for good instead, run `cop-publish withdraw` with its folder or file.",
    ),
    bad(
        "a photograph without a yes",
        all_of(
            picture("images/new.png", 80, 80),
            post("title: New", "images: [{file: /images/new.png, alt: A face, people: [p-r8w3]}]"),
        ),
        40,
        "posts/2026-11-22-new.md:3:10: p-r8w3 has not agreed to a photograph in 2026-11-22-new. Ask them, and record the answer in the registry; until then, leave them out.",
    ),
    bad(
        "a withheld name in a text",
        post("title: New", body="Morwenna Pretendington spoke."),
        10,
        "posts/2026-11-22-new.md:4: holds the full name of p-n5v2, who is withheld here (text). Take it out, or record a consent and write @{…} for the agreed words. If it is something else, allow it, once two people have looked: cop-publish allow … --reason … --by … --second … --expires …",
        "1 place holds what must not be public. Nothing was published.",
    ),
    bad(
        "a withheld name in a title",
        post("title: Thank you, Torquil Inventedson"),
        10,
        "posts/2026-11-22-new.md:2: holds the full name of p-k2m9, who is withheld here (text). Take it out, or record a consent and write @{…} for the agreed words. If it is something else, allow it, once two people have looked: cop-publish allow … --reason … --by … --second … --expires …",
        "1 place holds what must not be public. Nothing was published.",
    ),
    bad(
        "a withheld name in a file's name",
        post("title: New", path="posts/2026-11-22-morwenna-pretendington.md"),
        10,
        "posts/2026-11-22-[withheld].md: holds the full name of p-n5v2, who is withheld here (address, text). Take it out, or record a consent and write @{…} for the agreed words. If it is something else, allow it, once two people have looked: cop-publish allow … --reason … --by … --second … --expires …",
        "1 place holds what must not be public. Nothing was published.",
    ),
    bad(
        "a withheld name in the name of a file with a slip",
        write("posts/2026-11-22-morwenna-pretendington.md", "---\ntitle: New\n"),
        20,
        "posts/2026-11-22-[withheld].md:1: the front matter is not closed. Put a line of three dashes after its last key.",
    ),
    bad(
        "no registry",
        move("registry", "../elsewhere"),
        40,
        "registry: the registry is not there. Set `[registry] path` in cop-publish.toml, or $COP_PUBLISH_REGISTRY, to the private folder, or make one with `cop-publish new person`.",
        "Nothing was published: without the registry nobody has agreed to anything.",
    ),
    bad(
        "a registry that nothing names",
        change("cop-publish.toml", 'path = "registry"', ""),
        40,
        "registry: no registry is set. Set `[registry] path` in cop-publish.toml, or $COP_PUBLISH_REGISTRY, to the private folder, or make one with `cop-publish new person`.",
        "Nothing was published: without the registry nobody has agreed to anything.",
    ),
    bad(
        "a registry that others can read",
        all_of(IN_EARNEST, mode("registry", 0o755)),
        40,
        "registry: other people on this machine can read the registry. Run: chmod -R go= 'registry'.",
        "Nothing was published: the registry is not private.",
    ),
    bad(
        "a registry inside a repository",
        all_of(IN_EARNEST, mode("registry", 0o700), folder(".git")),
        40,
        "registry: the registry lies inside a git work tree, where nothing can ever be erased. Move it to a private folder outside the repository.",
        "Nothing was published: the registry is not private.",
    ),
    bad(
        "a mistyped key in a consent",
        change(ROWAN, "given:", "withdrawm: 2026-11-22\ngiven:"),
        20,
        "registry/consents/…/p-r8w3.yaml:4:1: the key `…` is not known. Did you mean `withdrawn`?",
        NO_REGISTRY,
    ),
    bad(
        "a mistyped level in a consent",
        change(ROWAN, "level: named", "level: name"),
        20,
        "registry/consents/…/p-r8w3.yaml:1:8: `level` has a value that is not known. Did you mean `named`? It can be anonymous, role, organisation or named.",
        NO_REGISTRY,
    ),
    bad(
        "a consent without the agreed words",
        change(ROWAN, "display: Rowan Madeup\n", ""),
        20,
        "registry/consents/…/p-r8w3.yaml:1:1: `display` is empty, and the level says that they may be called something. Write the exact agreed words.",
        NO_REGISTRY,
    ),
    bad(
        "a consent of nobody",
        delete("registry/people/p-q4d7.yaml"),
        20,
        "registry/consents/…/p-q4d7.yaml:1: p-q4d7 has no file in people/. Add it, or remove this consent.",
        NO_REGISTRY,
    ),
    bad(
        "a person's file named after them",
        write("registry/people/planted.yaml", "name: {given: Planted}\n"),
        20,
        "registry/people/…: a file is not named after a person's ID. Rename it to p-XXXX.yaml.",
        NO_REGISTRY,
    ),
    bad(
        "a person's file that is not closed",
        write("registry/people/p-q4d7.yaml", "name: {given: Planted\n"),
        20,
        "registry/people/p-q4d7.yaml:1: this line cannot be read as `key: value`. Put the value in double quotes if it holds a colon or begins with @, *, &, %, [, { or a quotation mark; indent with spaces, not tabs.",
        NO_REGISTRY,
    ),
    bad(
        "an unknown scope of what was taken back",
        change(ROWAN, "given:", "withdrawn: {on: 2026-11-22, scope: atribution}\ngiven:"),
        20,
        "registry/consents/…/p-r8w3.yaml:4:36: `withdrawn.scope` has a value that is not known. Did you mean `attribution`? It can be attribution, voice, photo or item.",
        NO_REGISTRY,
    ),
    bad(
        "a key twice in a consent",
        change(ROWAN, "given:", "level: role\ngiven:"),
        20,
        "registry/consents/…/p-r8w3.yaml:4:1: `level` stands here a second time (first on line 1). Keep one of the two.",
        NO_REGISTRY,
    ),
    bad(
        "a voice that was answered with YAML's no",
        change(ROWAN, "voice: yes", "voice: NO"),
        40,
        "episodes/013-explaining-an-algorithm/episode.md:1: p-r8w3 has not agreed to their voice in 013-explaining-an-algorithm. Ask them, and record the answer in the registry; until then, leave them out.",
        "…",
        "Nothing was published. Live until this is mended: 013-explaining-an-algorithm. To take it down for good instead, run `cop-publish withdraw` with its folder or file.",
    ),
    bad(
        "a voice that may only be re-voiced",
        change(ROWAN, "voice: yes", "voice: revoiced"),
        40,
        "episodes/013-explaining-an-algorithm/episode.md:1: p-r8w3 has not agreed to their own voice in 013-explaining-an-algorithm. Have somebody else say their words, put that into the recording, and list the ID in `revoiced`: page, feed and transcript then say so.",
        "…",
        "Nothing was published. Live until this is mended: 013-explaining-an-algorithm. To take it down for good instead, run `cop-publish withdraw` with its folder or file.",
    ),
    bad(
        "a consent that ends today",
        change(ROWAN, "given:", "expires: 2026-11-23\ngiven:"),
        40,
        "episodes/013-explaining-an-algorithm/episode.md:1: p-r8w3 has not agreed to their voice and words in 013-explaining-an-algorithm. Ask them, and record the answer in the registry; until then, leave them out.",
        "…",
        "Nothing was published. Live until this is mended: 013-explaining-an-algorithm. To take it down for good instead, run `cop-publish withdraw` with its folder or file.",
    ),
    bad(
        "agreed words that name somebody who is withheld",
        change(ROWAN, "display: Rowan Madeup", "display: a friend of Torquil Inventedson"),
        20,
        "registry/consents/…/p-r8w3.yaml:2:1: `display` holds a name of p-k2m9, who is withheld here. Write words without it.",
        NO_REGISTRY,
    ),
    bad(
        "the same words for two people in one item",
        change(
            "registry/consents/012-citizens-jury/p-k2m9.yaml",
            "display: a policy adviser in central government",
            "display: siân ap-example",
        ),
        20,
        "registry/consents/…/p-k2m9.yaml:2:1: `display` is what p-7f3k is called here too, so nobody could tell them apart. Agree other words with one of the two.",
        NO_REGISTRY,
    ),
    bad(
        "agreed words that fit four people",
        change("registry/consents/012-citizens-jury/p-k2m9.yaml", "group_size: 400", "group_size: 4"),
        20,
        "registry/consents/…/p-k2m9.yaml:6:1: `group_size` is under 5, so `display` as good as names them. Agree words that fit more people; if they agreed to be known, write `level: named`.",
        NO_REGISTRY,
    ),
    bad(
        "an official whose department nobody asked",
        change("registry/consents/012-citizens-jury/p-k2m9.yaml", "given:", "capacity: official\ngiven:"),
        20,
        "registry/consents/…/p-k2m9.yaml:4:1: `capacity` is official, and nothing says whether their department must agree. Ask, and write `dept_clearance: {needed: yes, …}` or `{needed: no}`.",
        NO_REGISTRY,
    ),
    bad(
        "a person who must never be mentioned and is",
        change("registry/people/p-r8w3.yaml", "name:", "never_mention: yes\nname:"),
        40,
        "episodes/013-explaining-an-algorithm/episode.md:1: p-r8w3 has not agreed to their voice and words in 013-explaining-an-algorithm. Ask them, and record the answer in the registry; until then, leave them out.",
        "…",
    ),
    bad(
        "a slip in the calendar",
        write(
            "registry/calendar.yaml",
            "periods:\n  - {kind: election, from: 2027-05-06, to: 2027-03-25, employers: all}\n",
        ),
        20,
        "registry/calendar.yaml:2:40: a period ends before it begins. Correct the days.",
        NO_REGISTRY,
    ),
    bad(
        "a term to guard that stands in a text",
        all_of(
            write("registry/guard.yaml", "terms: [Project Planted]\n"),
            post("title: New", body="About project planted."),
        ),
        20,
        "posts/2026-11-22-new.md:4: a passage that was marked as withheld stands here without its mark. Mark it again; or, if it may be public now: cop-publish unmark posts/2026-11-22-new.md:4 --by … --reason …",
    ),
    bad(
        "a term to guard without a letter",
        write("registry/guard.yaml", "terms: ['***']\n"),
        20,
        "registry/guard.yaml:1:9: a term has no letters and no digits, so nothing could be found by it. Write its words.",
        NO_REGISTRY,
    ),
    bad(
        "a key that is lost",
        delete("registry/hmac.key"),
        40,
        "registry/hmac.key: the registry's key is not there, and without it no marked passage is known again. Bring it back from wherever the registry is kept.",
        "Nothing was published: what was marked as withheld would not be known again.",
    ),
    bad(
        "a damaged line of the ledger",
        write("registry/passages.jsonl", "{\n"),
        20,
        "registry/passages.jsonl:1: this line of the ledger is damaged. Bring the file back from a copy.",
        NO_REGISTRY,
    ),
)
