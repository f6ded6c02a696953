"""Rows of bad input: sound, pictures, names and addresses, settings, and what leads out of the workspace."""

# ruff: noqa: E501 - a message stands on one line, as it is printed

from __future__ import annotations

from rows import NO_PICTURES, NO_SETTINGS, NO_VANISHING, NO_WORKSPACE, bad
from spoil import (
    NEW_EPISODE,
    PUBLIC_EPISODE,
    PUBLIC_POST,
    all_of,
    change,
    copy,
    cut,
    delete,
    episode,
    link,
    nothing,
    picture,
    post,
    wav,
    write,
)

NEW_PICTURE = post(
    "title: New", "images: [{file: /images/new.png, alt: New, people: []}]", body="![New](/images/new.png)"
)
CONCAT = b"ffconcat version 1.0\nfile ../012-citizens-jury/recording.flac\n"
SETTINGS = "cop-publish.toml"

ROWS = (
    # sound
    bad(
        "no recording",
        episode(),
        50,
        "episodes/014-new/episode.md: there is neither a recording nor a receipt of its published master (master.json). Put the recording into the episode's folder.",
    ),
    bad(
        "a recording that is text",
        episode(sound=b"Planted words, and no sound. " * 50),
        50,
        "episodes/014-new/recording.wav: this is not a sound file that can be read, whatever its name says. Use WAV, FLAC, MP3, M4A, Opus, or the video of a call.",
    ),
    bad(
        "a picture named .wav",
        all_of(episode(), copy("cover.png", f"{NEW_EPISODE}/recording.wav")),
        50,
        "episodes/014-new/recording.wav: this is not a sound file that can be read, whatever its name says. Use WAV, FLAC, MP3, M4A, Opus, or the video of a call.",
    ),
    bad(
        "a list of other files named .wav",
        episode(sound=CONCAT),
        50,
        "episodes/014-new/recording.wav: this is not a sound file that can be read, whatever its name says. Use WAV, FLAC, MP3, M4A, Opus, or the video of a call.",
    ),
    bad(
        "a recording of no bytes",
        episode(sound=b""),
        50,
        "episodes/014-new/recording.wav: the recording is empty (0 bytes). Copy it again, and wait until the copy has finished.",
    ),
    bad(
        "a recording that is cut off",
        episode(sound=wav()[:100_000]),
        50,
        "episodes/014-new/recording.wav: the recording is cut off: 1.0 s can be read of 3.0 s. Copy it again from the recorder; if that is all there is, write `accept_cut_off: yes` in edit.yaml.",
    ),
    bad(
        "a header without sound",
        episode(sound=wav()[:44]),
        50,
        "episodes/014-new/recording.wav: the file has a header, and no sound after it. Export it again from the recorder or the call, and put it in this one's place.",
    ),
    bad(
        "a silent recording",
        episode(sound=wav(level=0)),
        50,
        "episodes/014-new/recording.wav: the recording is silent: no speech was found. Choose the track on which the microphones are.",
    ),
    bad(
        "a recording of a moment",
        episode(sound=wav(0.2)),
        50,
        "episodes/014-new/recording.wav: the recording is shorter than 0.4 seconds. Choose the file with the whole recording.",
    ),
    bad(
        "two recordings",
        all_of(episode(sound=wav()), write(f"{NEW_EPISODE}/recording.flac", b"x")),
        20,
        "episodes/014-new/episode.md: there is more than one recording in the folder. Say which with `recording: NAME`.",
    ),
    bad(
        "a mistyped recording",
        episode("recording: recordng.wav", sound=wav()),
        20,
        "episodes/014-new/episode.md:7:12: the file that `recording` names is not in the workspace. Did you mean `recording.wav`?",
    ),
    bad(
        "a chapter after the end",
        change(PUBLIC_EPISODE, "start: 1:03", "start: 25:00"),
        20,
        "episodes/012-citizens-jury/episode.md:20:5: chapters[4] starts at 25:00, after the end of the recording (1:25.383). Move it or delete it.",
    ),
    bad(
        "a damaged receipt of a master",
        write("episodes/012-citizens-jury/master.json", "{"),
        50,
        "episodes/012-citizens-jury/master.json: this receipt cannot be read. Bring it back from version control.",
    ),
    bad(
        "an ffmpeg that is not there",
        all_of(change(SETTINGS, "[sound]", '[sound]\nffmpeg = "/none"'), episode(sound=wav())),
        50,
        "cop-publish.toml:50: [sound] ffmpeg names a program that is not there. Correct it, or remove the line.",
    ),
    # pictures
    bad(
        "a picture that is not listed",
        post("title: New", body="![A](/images/jury-hours.png)"),
        20,
        "posts/2026-11-22-new.md:4: picture 1 of the text is not listed. List it under `images:` with `alt:` and `people:`.",
    ),
    bad(
        "a picture of another site",
        post("title: New", body="![A](https://tracker.example/planted.png)"),
        20,
        "posts/2026-11-22-new.md:4: picture 1 of the text comes from another site. Save it beside the text and list it under `images:`.",
    ),
    bad(
        "a picture without alt text",
        post("title: New", "images: [{file: /cover.png, people: []}]"),
        20,
        "posts/2026-11-22-new.md:3:10: `images[1].alt` is missing. What the image shows, for those who cannot see it.",
    ),
    bad(
        "a mistyped picture",
        post("title: New", "images: [{file: /images/jury-hour.png, alt: A, people: []}]"),
        20,
        "posts/2026-11-22-new.md:3:17: the file that `images[1].file` names is not in the workspace. Did you mean `jury-hours.png`?",
    ),
    bad(
        "a picture that is text",
        all_of(NEW_PICTURE, write("images/new.png", "Planted")),
        20,
        "posts/2026-11-22-new.md:3:…: the picture images/new.png is not an image that can be read. Export it again as JPEG or PNG.",
    ),
    bad(
        "a picture of no bytes",
        all_of(NEW_PICTURE, write("images/new.png", "")),
        20,
        "posts/2026-11-22-new.md:3:…: the picture images/new.png is not an image that can be read. Export it again as JPEG or PNG.",
    ),
    bad(
        "a picture that is cut off",
        all_of(NEW_PICTURE, copy("cover.png", "images/new.png"), cut("images/new.png", 5_000)),
        20,
        "posts/2026-11-22-new.md:3:…: the picture images/new.png is damaged or cut short. Export it again.",
    ),
    bad(
        "a cover that is not square",
        picture("cover.png", 1500, 1400),
        20,
        "cover.png: is 1500 by 1400 pixels: a cover must be square. Crop it to a square of 1400 to 3000 pixels.",
        NO_PICTURES,
    ),
    bad(
        "a cover that is too small",
        picture("cover.png", 1000, 1000),
        20,
        "cover.png: is 1000 pixels wide: podcast apps want at least 1400. Export it again at 3000 by 3000 pixels.",
        NO_PICTURES,
    ),
    bad(
        "no cover",
        delete("cover.png"),
        20,
        "cover.png: cannot be read. Put the file there and make it readable.",
        NO_PICTURES,
    ),
    # names and addresses
    bad(
        "two posts of one name but for case",
        post("title: New", path="posts/2026-11-20-Jury-Lessons.md"),
        20,
        "posts/2026-11-20-jury-lessons.md: has the same address as posts/2026-11-20-Jury-Lessons.md. Change the slug of one of the two.",
        "posts/2026-11-20-jury-lessons.md: posts/2026-11-20-Jury-Lessons.md has the same name, case aside, and consents are recorded by name. Rename one of the two, and its folder in the registry's consents/.",
        "…",
    ),
    bad(
        "two posts of one address",
        post("title: New", "slug: jury-lessons", path="posts/2026-11-20-new.md"),
        20,
        "posts/2026-11-20-new.md:3:1: has the same address as posts/2026-11-20-jury-lessons.md. Change the slug of one of the two.",
    ),
    bad(
        "a guid that another episode has",
        episode("guid: 01a13ee5-a5c0-73fd-ba40-dbc5de7aaaa2", sound=wav()),
        20,
        "episodes/014-new/episode.md:6:1: has the guid of episodes/012-citizens-jury/episode.md. Give the newer one a guid of its own; apps show only one of them.",
    ),
    bad(
        "an old address that is another page's",
        post("title: New", "redirect_from: /blog/index.html"),
        20,
        "posts/2026-11-22-new.md:3:16: redirect_from[1] is the address of another page. Correct it or take it out.",
    ),
    bad(
        "a meeting that is not there",
        post("title: New", "meeting: 2026-10-15"),
        20,
        "posts/2026-11-22-new.md:3:1: `meeting` names a meeting that is not public here. Did you mean `2026-10-14`?",
    ),
    bad(
        "an episode's folder with capitals",
        copy("episodes/012-citizens-jury", "episodes/014-New"),
        20,
        "episodes/014-New/episode.md: the name cannot be part of an address. Use a-z, 0-9 and single dashes only.",
    ),
    # what is public does not vanish
    bad(
        "a public post that is gone",
        delete(PUBLIC_POST),
        20,
        "blog/2026/11/20/jury-lessons.html: this page is public and would be gone. Put it back, or list it in withdrawn.yaml if it must never come back.",
        NO_VANISHING,
    ),
    bad(
        "a public guid that is another",
        change(PUBLIC_EPISODE, "01a13ee5-a5c0", "01a13ee5-a5c1"),
        20,
        "feed.xml: the guid 01a13ee5-a5c0-73fd-ba40-dbc5de7aaaa2 is public and would be gone. Put it back into its episode: apps take another guid for another episode; or list it in withdrawn.yaml.",
        NO_VANISHING,
    ),
    bad(
        "a withdrawn episode that is back",
        change("withdrawn.yaml", "guids: []", "guids: [01a13ee5-a5c0-73fd-ba40-dbc5de7aaaa2]"),
        20,
        "episodes/012-citizens-jury/episode.md:2:1: its guid was withdrawn and can never come back. "
        "If it ever was public, run `cop-publish withdraw episodes/012-citizens-jury` (again), and then "
        "remove the item.",
        "Nothing was published. Live until this is mended: 012-citizens-jury. To take it down for good instead, …",
    ),
    bad(
        "a mistyped key in withdrawn.yaml",
        change("withdrawn.yaml", "guids: []", "guid: [x]"),
        20,
        "withdrawn.yaml:3:1: the key `guid` is not known. Did you mean `guids`?",
        NO_WORKSPACE,
    ),
    # out of the workspace
    bad(
        "a link that leads out",
        link("images/out.png", "/etc/passwd"),
        20,
        "images/out.png: this is a link that leads out of the workspace. Put the file itself here.",
        NO_WORKSPACE,
    ),
    bad(
        "a folder that leads out",
        link("posts/out", "/etc"),
        20,
        "posts/out: this is a link that leads out of the workspace. Put the file itself here.",
        NO_WORKSPACE,
    ),
    bad(
        "a path upwards",
        post("title: New", "images: [{file: ../../etc/passwd, alt: A, people: []}]"),
        20,
        "posts/2026-11-22-new.md:3:17: the path leads upwards with `..`. Keep the file inside the workspace.",
    ),
    bad(
        "a recording that is another's",
        episode("recording: ../012-citizens-jury/recording.flac"),
        20,
        "episodes/014-new/episode.md:7:12: the path leads upwards with `..`. Keep the file inside the workspace.",
    ),
    # settings and templates
    bad(
        "no settings",
        delete(SETTINGS),
        2,
        "There is no cop-publish.toml here: go to your show's folder, or make one with `cop-publish new show`.",
    ),
    bad(
        "settings that are not TOML",
        change(SETTINGS, "[show]", "[show"),
        2,
        'cop-publish.toml:4: this is not TOML. Write `key = "value"`, with the value in double quotes.',
        "The settings cannot be read.",
    ),
    bad(
        "settings in UTF-16",
        write(SETTINGS, "[show]\n".encode("utf-16")),
        2,
        "cop-publish.toml is not UTF-8 text: save it as UTF-8.",
    ),
    bad(
        "a mistyped setting",
        change(SETTINGS, "mailing_list", "mailing_lst"),
        2,
        "cop-publish.toml:40: the key `mailing_lst` is not known. Did you mean `mailing_list`?",
        NO_SETTINGS,
    ),
    bad(
        "a setting of another kind",
        change(SETTINGS, "explicit = false", 'explicit = "no"'),
        2,
        "cop-publish.toml:26: `show.explicit` must be true or false. Mend the value.",
        NO_SETTINGS,
    ),
    bad(
        "a time zone that is none",
        change(SETTINGS, "Europe/London", "Europe/Londn"),
        2,
        'cop-publish.toml:41: `site.timezone` is not a time zone. Such as "Europe/London".',
        NO_SETTINGS,
    ),
    bad(
        "an address without its scheme",
        change(SETTINGS, "https://commons.example/", "commons.example"),
        2,
        'cop-publish.toml:38: `site.url` must be an address that ends in a slash. Such as "https://example.org/".',
        NO_SETTINGS,
    ),
    bad(
        "a permalink that is none of Jekyll's",
        change(SETTINGS, "[sound]", 'permalink = "/:categroy/:slug"\n[sound]'),
        2,
        "cop-publish.toml:49: `site.permalink` has the part :categroy, which is not known. Did you mean :category?",
        NO_SETTINGS,
    ),
    bad(
        "a category that Apple does not have",
        change(SETTINGS, '"Government"', '"Goverment"'),
        20,
        "cop-publish.toml:20: `show.categories[1]` is not one of Apple's categories. Did you mean `Government`?",
        "Nothing was published: apps could not read this feed.",
    ),
    bad(
        "a broken template of the show",
        change("templates/post.html", "{% extends", "{% extnds"),
        20,
        "templates/post.html:1: this template cannot be used (TemplateSyntaxError). Mend it, or delete the file: the packaged template takes its place.",
        "Nothing was published: a template of this show is broken.",
    ),
    bad(
        "a template that shows what is not there in a block of another's",
        write(
            "templates/blog.html",
            "{% extends 'base.html' %}\n{% block main %}\n{{ nope.x }}\n{% endblock %}\n",
        ),
        20,
        "templates/blog.html:3: this template cannot be used (UndefinedError). Mend it, or delete the file: the packaged template takes its place.",
        "Nothing was published: a template of this show is broken.",
    ),
    bad(
        "a template of the show that asks for what cannot be",
        change("templates/post.html", "parts.heading(post.title)", "parts.heading(post.title + 1)"),
        20,
        "templates/post.html:11: this template cannot be used (TypeError). Mend it, or delete the file: the packaged template takes its place.",
        "Nothing was published: a template of this show is broken.",
    ),
    bad(
        "a template of the show in Windows's own encoding",
        write("templates/post.html", "{% extends 'base.html' %} caf\xe9".encode("cp1252")),
        20,
        "templates/post.html:1: the file is not UTF-8 text. Save it as UTF-8, or delete the file: the packaged template takes its place.",
        "Nothing was published: a template of this show is broken.",
    ),
    bad(
        "a style sheet of the show in UTF-16",
        write("templates/style.css", "body { color: #000 }".encode("utf-16")),
        20,
        "templates/style.css:1: the file is not UTF-8 text. Save it as UTF-8, or delete the file: the packaged template takes its place.",
        "Nothing was published: a template of this show is broken.",
    ),
    # the command line
    bad(
        "an episode that is not there",
        nothing,
        2,
        "Error: There is no episodes/014-nowhere in this show.",
        arguments=("episode", "014-nowhere"),
    ),
    bad(
        "a time without its offset",
        nothing,
        2,
        "Error: --now needs an offset, such as 2026-11-23T09:00+00:00.",
        arguments=("publish", "--now", "2026-11-23"),
    ),
    bad(
        "a mistyped option",
        nothing,
        2,
        "Error: No such option '--dryrun'. Did you mean '--dry-run'?",
        arguments=("post", "--dryrun"),
    ),
)
