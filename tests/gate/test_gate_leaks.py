"""Every reader of the gate with leaks it must find, and clean files it must let pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from gate_samples import (
    ANN,
    GUARD,
    JORY,
    LEAKS,
    Leak,
    calendar,
    feed,
    frame,
    gate,
    jpeg,
    page,
    png,
    public,
    refusal,
    sound,
    tag,
    title,
    transcript,
    webp,
)

from cop_publish.core.consents import Person, PersonId
from cop_publish.errors import LeakFound, NeedsHumanLook

if TYPE_CHECKING:
    from cop_publish.core.output import PublicFile

SECRETS = ("jory", "madeup", "fictive", "dept.example")


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_a_withheld_name_is_found_and_its_channel_told_but_never_the_name(leak: Leak) -> None:
    error = refusal(leak.file)
    assert isinstance(error, LeakFound)
    assert error.exit_code == 10
    report = str(error)
    assert leak.channel in report
    assert f"{leak.rule} of {leak.person}" in report
    assert not [word for word in SECRETS if word in report.lower()]


# How a name may be written, each in prose: rule by which it is found, and the text.
WRITTEN = {
    "upper case": ("full name", "JORY MADEUP-FICTIVE"),
    "mixed case": ("full name", "jOrY mAdEuP-fIcTiVe"),
    "possessive": ("full name", "Jory Madeup-Fictive's map"),
    "curly possessive": ("full name", "Jory Madeup-Fictive’s map"),
    "no-break space": ("full name", "Jory\u00a0Madeup\u2011Fictive"),
    "zero-width space": ("full name", "Jo\u200bry Made\u200dup-Fictive"),
    "soft hyphen": ("full name", "Jory Made\u00adup-Fic\u00adtive"),
    "bidi control": ("full name", "\u202aJory\u202c Madeup\u2066-Fictive"),
    "fullwidth": ("full name", "Ｊｏｒｙ　Ｍａｄｅｕｐ－Ｆｉｃｔｉｖｅ"),  # noqa: RUF001 - a disguise
    "homoglyphs": ("full name", "Jоry Mаdeup-Fісtivе"),  # noqa: RUF001 - a disguise
    "mathematical letters": ("full name", "𝐉𝐨𝐫𝐲 𝐌𝐚𝐝𝐞𝐮𝐩-𝐅𝐢𝐜𝐭𝐢𝐯𝐞"),  # noqa: RUF001 - a disguise
    "accents": ("full name", "Jóry Mädeup-Fictivé"),
    "combining accents": ("full name", "Jo\u0301ry Madeup-Fictive\u0301"),
    "no hyphen": ("full name", "Jory Madeup Fictive"),
    "joined": ("full name", "Jory Madeupfictive"),
    "line break": ("full name", "Jory\nMadeup-\nFictive"),
    "emoji between": ("full name", "Jory 🎉 Madeup 🎉 Fictive"),
    "spaced out": ("full name", "J o r y M a d e u p F i c t i v e"),
    "camel case": ("full name", "JoryMadeupFictive"),
    "inside a word": ("full name", "xJoryMadeupFictivex"),
    "snake case": ("full name", "jory_madeup_fictive_2.jpg"),
    "digits behind": ("full name", "jory-madeup-fictive99"),
    "known as": ("full name", "Jo Madeup-Fictive"),
    "reversed": ("name, family first", "Madeup-Fictive, Jory"),
    "reversed, capitals": ("name, family first", "MADEUP-FICTIVE Jory"),
    "first half": ("half of a double name", "Jory Madeup"),
    "second half": ("half of a double name", "Jo Fictive"),
    "initial": ("name with initials", "J. Madeup-Fictive"),
    "initial, no dot": ("name with initials", "J Madeup-Fictive"),
    "initial, no space": ("name with initials", "J.Madeup-Fictive"),
    "initial behind": ("name with initials", "Madeup-Fictive, J."),
    "initial, glued": ("name with initials", "JMadeupFictive"),
    "initial, glued, small": ("name with initials", "see jmadeupfictive.example"),
    "initial in a slug": ("name with initials", "/by/j-madeup-fictive/"),
    "initial, small": ("name with initials", "j. madeup-fictive"),
    "middle initial": ("name with a middle name", "Jory T. Madeup-Fictive"),
    "middle initial, no dot": ("name with a middle name", "Jory T Madeup-Fictive"),
    "two middle initials": ("name with a middle name", "Jory T.K. Madeup-Fictive"),
    "middle name": ("name with a middle name", "Jory Bryn Madeup-Fictive"),
    "two middle names": ("name with a middle name", "Jory Bryn Mair Madeup-Fictive"),
    "middle name in capitals": ("name with a middle name", "JORY BRYN MADEUP-FICTIVE"),
    "middle name with a hyphen": ("name with a middle name", "Jory Bryn-Mair Madeup-Fictive"),
    "middle name of known as": ("name with a middle name", "Jo Bryn Madeup-Fictive"),
    "middle name and a half": ("name with a middle name", "Jory B. Fictive"),
    "middle name over a line end": ("name with a middle name", "Jory Bryn\nMadeup-Fictive"),
    "nickname between": ("name with a middle name", 'Jory "Bryn" Madeup-Fictive'),
    "initials only": ("name with a middle name", "J. T. Madeup-Fictive"),
    "initials only, no dots": ("name with a middle name", "J T Madeup-Fictive"),
    "middle initial in a slug": ("name with a middle name", "/by/jory-t-madeup-fictive/"),
    "alias": ("alias", "professor madeup"),
    "e-mail": ("e-mail address", "JMadeup@dept.example"),
    "shared e-mail": ("e-mail address", "policy.team@dept.example"),
    "e-mail name": ("e-mail name", "ask jmadeup for it"),
    "handle": ("handle", "follow jory_m42"),
    "handle that is a word": ("handle", "follow @rose there"),
    "fediverse handle": ("handle", "@rose@social.example"),
    "web address": ("web address", "see jory.example/~about"),
    "ID": ("ID", "class=p-7f3k"),
    "ID in capitals": ("ID", "#P-7F3K-2"),
}


@pytest.mark.parametrize(("rule", "text"), WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("extension", ["html", "txt", "vtt"])
def test_a_name_is_found_however_it_is_written(extension: str, rule: str, text: str) -> None:
    wrapped = {"html": page(f"<p>So {text} said.</p>"), "txt": text, "vtt": transcript(f"NOTE {text}")}
    error = refusal(public(f"a.{extension}", wrapped[extension]))
    assert isinstance(error, LeakFound)
    assert f"{rule} of p-7f3k" in str(error)


OTHERS = {
    "two short words": ("p-9aa2", "Ann Lee"),
    "short, zero-width": ("p-9aa2", "A\u200bnn Le\u00ade"),
    "short, accents": ("p-9aa2", "A\u0301nn Léé"),
    "short, lookalikes": ("p-9aa2", "Аnn Lеe"),  # noqa: RUF001 - a disguise
    "short, possessive": ("p-9aa2", "Ann Lee's"),
    "particles": ("p-2222", "Jan van den Madeberg"),
    "particles left out": ("p-2222", "madeberg-jan"),
    "apostrophe": ("p-4c4c", "Owain O'Sample"),
    "no apostrophe": ("p-4c4c", "owain-osample"),
    "space for the apostrophe": ("p-4c4c", "OWAIN O SAMPLE"),
    "umlaut": ("p-5d5d", "Zoë Müller-Example"),
    "umlaut spelt out": ("p-5d5d", "Zoe Mueller Example"),
    "umlaut left out": ("p-5d5d", "zoe-muller-example"),
    "a surname that is a word": ("p-6e6e", "A. Young"),
    "middle initial and a surname that is a word": ("p-6e6e", "Alice B. Young"),
    "middle initial and an apostrophe": ("p-4c4c", "Owain T. O’Sample"),
    "middle initial and an umlaut": ("p-5d5d", "Zoë T. Mueller-Example"),
    "one name only": ("p-8888", "as Hope put it"),
    "one name that begins a sentence": ("p-8888", "well. Hope told us so"),
    "one name in an address": ("p-8888", "HOPE"),
}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Dr Madeup-Fictive said so.",
            "DR. MADEUP-FICTIVE",
            "As Ms\u00a0Madeup-Fictive knew.",
            "Cllr Madeup Fictive",
        ),
        "Thank you, Prof. Madeup\u2011Fictive!",
    ],
)
def test_a_title_and_a_family_name_are_for_a_human_wherever_they_stand(text: str) -> None:
    error = refusal(public("a.html", page(f"<p>{text}</p>")))
    assert isinstance(error, NeedsHumanLook)
    assert "may hold the title and family name of p-7f3k" in str(error)
    assert not [word for word in SECRETS if word in str(error).lower()]


@pytest.mark.parametrize(
    "text", ["Madeup-Fictive drew it.", "the drmadeup fictive", "A dr. made up fictive", "Dr Jones of Madeup"]
)
def test_without_a_title_a_family_name_of_whoever_is_not_here_is_a_word(text: str) -> None:
    assert refusal(public("a.html", page(f"<p>{text}</p>"))) is None


@pytest.mark.parametrize(("person", "text"), OTHERS.values(), ids=OTHERS.keys())
def test_names_of_every_shape_are_found(person: str, text: str) -> None:
    error = refusal(public("a.html", page(f"<p>It was {text}, then.</p>")))
    assert isinstance(error, LeakFound)
    assert f"of {person}," in str(error)


CLEAN: dict[str, PublicFile] = {
    "a single name that is a word, as a word": public("a.txt", "Hope is no plan. Hope for the best."),
    "names inside other words": public("a.txt", "Hannah Leeson and Italian greenery, Joryson, Madeupton"),
    "words over an edge": public("a.txt", "an Italian Green paper; the plan needs hope; a hopeful note"),
    "a surname that is a word": public(
        "a.txt", "a young person; Britain's young people; A Young Person's Guide"
    ),
    "glued words that hold a short name": public("a.txt", "joannleeds"),
    "an initial and a short surname": public("a.txt", "A. Lee wrote, and I Lee too"),
    "a given name and a particle": public("a.txt", "Jan van Someone, and Jan den Haag"),
    "the host's name as a word": public("a.txt", "alysexample"),
    "a short name by chance in sound": public("a.mp3", sound(3, b" ann lee ")),
    "plain text encoded three times": public("a.txt", "a%2525252Cb"),
    "a near-miss in code": public("b.js", "x=a[[confidental]]"),
    "brackets and a word not unlike a keyword": public("b.html", page("[[confidence]] and [[continental]]")),
    "a given name and a surname in one sentence": public(
        "a.txt",
        "Ann went to Lee Street. Ian, the Green man. Ian's Green paper. Alice and many Young people. "
        "Ann. Bea Lee came. Ann, Bea Lee and others. A group of young people, an A to Z of green ideas",
    ),
    "a heading in capitals": public("a.txt", "What Ian Said Of Green Papers: Alice And The Young"),
    "people one below the other": public(
        "a.html",
        page("<ul>\n<li>Ann Mockley</li>\n<li>Bea Lee</li>\n</ul><p>and</p><td>Ann<td>Bea<td>Lee"),
    ),
    "people one after the other in a feed": public("feed.xml", feed("<a>Ann Mockley</a><a>Bea Lee</a>")),
    "people one after the other in JSON": public("a.json", '{"names": ["Ann Mockley", "Bea Lee"]}'),
    "names as code": public("a.js", "let a = [Ann B Lee]"),
    "given name alone": public("a.txt", "Jory and Alice and Ian"),
    "surname alone": public("a.txt", "the Madeup-Fictive street, Green, Lee"),
    "shared mailbox words": public("a.txt", "our policy team at the dept of examples"),
    "a handle that is a word": public("a.txt", "a rose is a rose"),
    "the host": public("a.html", page("<p>Alys Example, alys-example, JSON and ALYS EXAMPLE</p>")),
    "someone named here": public("a.html", page("<p>Jory Madeup-Fictive, J. Madeup-Fictive</p>"), "ep-named"),
    "an index with someone named": public("a.html", page("Jory Madeup"), "ep-other", "ep-named"),
    "agreed words with a handle": public("a.txt", "Jory Madeup-Fictive, @jory_m42", "ep-named"),
    "a role address": public("a.html", page("<a href='mailto:podcast@commons.example'>write</a>")),
    "own style sheet": public("a.css", "a::before{content:'\\201C'} p:not([x])::after{grid-area:[[a]]}"),
    "own script": public("a.js", "const a=[[1,2],[[3]]]; b['c']?d::e; x=y||z|say; @decorator {}"),
    "escaped brackets": public(
        "a.html", page("<p>Write [[wiki links]] and [[1, 2]] so.</p><code>[[x]]</code>")
    ),
    "a microformat": public("a.html", page("<p class='p-name p-author'>x</p>")),
    "numbers that are no telephone's": public(
        "a.txt", "ISBN 0-306-40615-2, 0800 123 4567, 0300 123 4567, v0.1.0, 01/12/2026, 1016321234567"
    ),
    "lines that begin like an e-mail's head": public(
        "a.txt", "To: a new beginning\n\nFrom here on it is quiet"
    ),
    "times and ports": public("a.txt", "see 10:30::, ::1, a::b, and https://x.example:80/"),
    "secret in a sentence": public("a.txt", "a top secret recipe, officially sensitive"),
    "a title that begins with the letters of a picture": public("a.txt", "BMA and BMJ on juries\n"),
    "a title that begins with the letters of a tag": public("a.txt", "ID3 tags, explained\n"),
    "feed": public(
        "feed.xml", feed("<title>News &amp; views</title><description>&lt;p>x&lt;/p></description>")
    ),
    "calendar": public("a.ics", calendar("SUMMARY:A meeting\\, at last")),
    "chapters": public("a.json", '{"chapters": [{"startTime": 0, "title": "Welcome"}]}'),
    "transcript": public("a.vtt", transcript("00:00.000 --> 00:01.000\n<v Alys Example>Hello.")),
    "png": public("a.png", png()),
    "jpeg": public("a.jpg", jpeg()),
    "webp": public("a.webp", webp()),
    "mp3": public(
        "a.mp3",
        tag(
            title("An episode"),
            frame(b"APIC", b"\0image/png\0\3cover\0" + png()),
            frame(b"CHAP", b"c0\0" + bytes(16)),
        )
        + sound(40),
    ),
    "an address without extension": public(
        "2026/11/jury-lessons", page("x"), content_type="text/html; charset=utf-8"
    ),
    "an address with a number": public("2026/11/version-1.2", page("x"), content_type="text/html"),
    "embedded picture": public(
        "b.css", "a{background:url(data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E)}"
    ),
}


@pytest.mark.parametrize("file", CLEAN.values(), ids=CLEAN.keys())
def test_clean_files_pass(file: PublicFile) -> None:
    approved = gate(file)
    assert approved.files == (file,)
    assert [entry.sha256 for entry in approved.manifest.entries] == [file.sha256]


TRIPWIRES = {
    "a fence": ("a left-over ::: mark", "::: confidential"),
    "the end of a fence": ("a left-over ::: mark", "text ::: end"),
    "a fullwidth fence": ("a left-over ::: mark", "：：： confidential"),  # noqa: RUF001 - a damaged mark
    "a fence that lost a colon": ("a left-over ::: mark", ":: confidental"),
    "an inline mark": ("a left-over [[ mark", "[[confidential: x]]"),
    "a damaged inline mark": ("a left-over [[ mark", "[[confidentail: x]]"),
    "a network mark": ("a left-over [[ mark", "[[ Network-only: x]]"),
    "the middle of a mark": ("a left-over |say|", "x | say | y"),
    "a person reference": ("a left-over @{ reference", "@{p-7777}"),
    "an open reference": ("a left-over @{ reference", "@{"),
    "a marking": ("OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"),
    "a marking with a colon": ("OFFICIAL-SENSITIVE", "OFFICIAL: SENSITIVE"),
    "top secret": ("TOP SECRET", "TOP SECRET"),
    "off the record": ("off the record", "Off the record, it is late"),
    "not for publication": ("not for publication", "NOT-FOR-PUBLICATION"),
    "UK secret": ("UK SECRET", "UK-SECRET"),
    "eyes only": ("UK EYES ONLY", "UK EYES ONLY"),
    "limited distribution": ("LIMDIS", "(LIMDIS)"),
    "onward circulation": ("not for onward circulation", "Not for onward circulation."),
    "attribution": ("not for attribution", "This is not for attribution"),
    "confidence": ("in strict confidence", "told in strict confidence"),
    "a forwarded e-mail": ("the head of an e-mail", "-----Original Message-----"),
    "an official's address": ("an address at a government department", "a.person@dept.gov.uk"),
    "a landline": ("a telephone number", "ring 020 7946 0123"),
    "a landline with its country": ("a telephone number", "ring +44 (0)20 7946 0123"),
    "a mobile": ("a telephone number", "07700 900123"),
}


@pytest.mark.parametrize(("rule", "text"), TRIPWIRES.values(), ids=TRIPWIRES.keys())
@pytest.mark.parametrize("wrap", [page, feed, transcript, lambda text: calendar(f"SUMMARY:{text}")])
def test_left_over_marks_and_markings_are_found_in_every_kind_of_text(
    wrap: object, rule: str, text: str
) -> None:
    assert callable(wrap)
    content = wrap(text)
    extension = {"<": "html", "W": "vtt", "B": "ics"}[content[0]] if "rss" not in content else "xml"
    error = refusal(public(f"a.{extension}", content))
    assert isinstance(error, LeakFound)
    assert rule in str(error)


@pytest.mark.parametrize("text", ["/* ::: confidential */", "/* [[confidential: x]] */", "x = '@{p-7777}'"])
def test_marks_are_found_in_scripts_and_style_sheets_too(text: str) -> None:
    assert isinstance(refusal(public("a.js", text)), LeakFound)
    assert isinstance(refusal(public("a.css", text)), LeakFound)


def test_agreed_words_of_one_do_not_cover_the_name_of_another() -> None:
    words = {"ep": ("assistant to Jory Madeup-Fictive",)}
    file = public("a.txt", "By an assistant to Jory Madeup-Fictive.", "ep")
    assert isinstance(refusal(file, guard=replace(GUARD, wordings=words)), LeakFound)


def test_a_name_of_one_word_is_found_in_an_address() -> None:
    error = refusal(public("people/hope.html", page("x")))
    assert isinstance(error, LeakFound)
    assert "p-8888" in str(error)


def test_a_handle_that_is_the_plain_name_counts_only_where_it_stands_as_a_handle() -> None:
    unworded = replace(GUARD, wordings={})
    gate(public("a.txt", "by alysexample"), guard=unworded)
    assert isinstance(refusal(public("a.txt", "by @alysexample"), guard=unworded), LeakFound)


def test_the_show_s_own_address_covers_no_name_and_nobody_s_own_address() -> None:
    """What stands in the settings may be a slip: a personal address is still somebody's."""
    for address in (
        "jmadeup@dept.example",  # registered
        "policy.team@dept.example",  # registered, though it sounds like an office
        "jory.madeup-fictive@commons.example",  # a name
        "j.madeup-fictive.press@commons.example",
        "jory_m42@commons.example",  # a handle
        "jory_m42.team@commons.example",
    ):
        guard = replace(GUARD, public_addresses=frozenset({address}))
        assert isinstance(refusal(public("a.txt", f"Write to {address}."), guard=guard), LeakFound), address


def test_a_role_address_may_hold_somebody_s_web_address() -> None:
    owner = replace(JORY, urls=("https://jory.example",))
    guard = replace(GUARD, people=(owner,), public_addresses=frozenset({"hello@jory.example"}))
    gate(public("a.txt", "Write to hello@jory.example."), guard=guard)
    assert isinstance(refusal(public("a.txt", "See jory.example."), guard=guard), LeakFound)


def test_words_agreed_with_one_person_may_be_another_s_name_with_a_middle_name() -> None:
    bea = Person(PersonId("p-bea1"), "Ann", "Bea Lee")
    guard = replace(
        GUARD, people=(ANN, bea), named={"ep": frozenset({bea.id})}, wordings={"ep": ("Ann Bea Lee",)}
    )
    gate(public("a.txt", "By Ann Bea Lee.", "ep"), guard=guard)
    assert isinstance(refusal(public("a.txt", "By Ann Bee Lee.", "ep"), guard=guard), LeakFound)


def test_of_a_master_the_cure_is_to_master_again_and_not_to_look_for_a_source() -> None:
    leak = public("media/e1.1a2b3c4d.mp3", tag(title("Jory Madeup-Fictive ::: x")) + sound(), "e1")
    error = refusal(leak)
    assert isinstance(error, LeakFound)
    assert len(error.problems) > 1
    for problem in error.problems:
        assert problem.fix.startswith("Master it again: cop-publish episode episodes/e1 --remaster.")
    unread = refusal(public("media/e1.1a2b3c4d.mp3", "no sound at all", "e1"))
    assert unread is not None
    assert "--remaster" in unread.problems[0].fix
    named = refusal(public("media/jory-madeup-fictive.1a2b3c4d.mp3", sound(), "jory-madeup-fictive"))
    assert named is not None
    assert "--remaster" not in str(named)


def test_contacts_of_someone_who_is_named_stay_withheld_but_in_agreed_words() -> None:
    for text in ("jmadeup@dept.example", "@rose@social.example", "jory.example/~about", "@jory_m42"):
        assert isinstance(refusal(public("a.txt", text, "ep-named")), LeakFound)


def test_every_finding_of_every_file_is_told_at_once_and_in_order() -> None:
    error = refusal(
        public("a.txt", "Ann Lee"),
        public("b.html", page("Ann Lee ::: x")),
        public("c.exe", "x", content_type="x/y"),
    )
    assert isinstance(error, LeakFound)
    assert [problem.where.path for problem in error.problems] == ["a.txt", "b.html", "b.html", "c.exe"]


def test_a_name_in_an_address_is_masked_in_the_report() -> None:
    for key in (
        "people/jory-madeup-fictive.html",
        "people/Jory%20Madeup-Fictive.html",
        "jorymadeupfictive/x.html",
    ):
        error = refusal(public(key, page("x")))
        assert isinstance(error, LeakFound)
        assert "[withheld]" in error.problems[0].where.path
        assert not [word for word in SECRETS if word in str(error).lower()]


@pytest.mark.parametrize("address", ["", "jury@people.gov.uk"])
def test_the_show_s_own_address_hides_nothing_else_that_stands_there(address: str) -> None:
    """A show without a mailing list has an empty one."""
    guard = replace(GUARD, public_addresses=frozenset({address}))
    gate(public("a.txt", f"Write to {address}."), guard=guard)
    for leak in ("::: confidental", "call 01632 960123", "ask alan.jury@people.gov.uk", "@{p-7f3k"):
        assert isinstance(refusal(public("a.txt", leak), guard=guard), LeakFound), leak
