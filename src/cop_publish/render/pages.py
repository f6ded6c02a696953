"""Everything public -> every page: what each page shows is decided here, how it looks in `templates/`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from cop_publish.core import routes
from cop_publish.core.kept import KeptEpisode, KeptPost
from cop_publish.core.output import FileClass, PublicFile
from cop_publish.core.revoiced import sentence
from cop_publish.errors import InvalidSource
from cop_publish.render import structured
from cop_publish.render.blog_parts import blog_parts
from cop_publish.render.bodies import Bodies
from cop_publish.render.body import plain_text, shorten
from cop_publish.render.calendar import calendar_files
from cop_publish.render.listed import listed
from cop_publish.render.picture_files import picture_files
from cop_publish.render.redirects import redirect_pages
from cop_publish.render.sitemap import sitemap_files
from cop_publish.render.theme import Page, Theme
from cop_publish.render.turns import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cop_publish.core.kept import AnyEpisode, AnyMeeting, AnyPost
    from cop_publish.core.model import (
        Cleared,
        ClearedEpisode,
        ClearedMeeting,
        ClearedPage,
        ClearedPost,
        EpisodeRelease,
        Releases,
    )
    from cop_publish.core.problems import Problem
    from cop_publish.render.images import Made, Picture
    from cop_publish.settings import Settings

DESCRIPTION_LETTERS = 200  # what search engines and share cards show
ON_HOME = 3
RELATED = 3


def render_pages(releases: Releases, settings: Settings, made: Made) -> tuple[PublicFile, ...]:
    """Every page, style sheet, script, picture, calendar, redirect, the sitemap and robots.txt.

    Not the sound, the feeds, the transcripts and the chapters.  `releases.now` alone decides which
    meetings are past.  Raises InvalidSource: every picture, link and redirect that cannot be published.
    """
    book = _Book(releases, settings, made)
    pages = [*book.items(), *book.lists()]
    moved, problems = redirect_pages(releases.posts, pages, settings.site)
    problems = (*book.problems, *problems)
    if problems:
        summary = "Nothing was published: not every page can be made."
        raise InvalidSource(summary, problems)
    theme = Theme(settings, book.common(), cache=made.cache)
    in_sitemap = [(page.key, page.changed) for page in pages if page.listed]
    return (
        *(theme.write(page) for page in (*pages, *moved)),
        *theme.assets.values(),
        *picture_files(releases, made),
        *calendar_files(releases, settings),
        *sitemap_files(in_sitemap, settings.site),
    )


class _Book:
    """The pages of one instant, and what is wrong with the texts on them."""

    def __init__(self, releases: Releases, settings: Settings, made: Made) -> None:
        self._releases = releases
        self._listed = listed(releases, settings.site)
        self._show, self._site = settings.show, settings.site
        self._bodies = Bodies(releases, settings.site, made)
        self._made = made
        self._cover = self._picture(settings.show.cover, settings.show.cover_alt)
        self._series = structured.series(self._show, self._site, self._whole(self._cover))
        self.problems: list[Problem] = []
        # A list shows each post's summary; it is found once, with the post's body.
        self._post_bodies = {post.id: self._body(post) for post in releases.posts}
        self._posts_by_reason: dict[str, list[int]] = {}
        for place, post in enumerate(self._listed.posts):
            for reason in filter(None, (_of_meeting(post), *post.topics)):
                self._posts_by_reason.setdefault(reason, []).append(place)
        self._summaries = {
            post.id: post.summary if isinstance(post, KeptPost) else self._summary(post)
            for post in self._listed.posts
        }

    def common(self) -> dict[str, object]:
        """What every page shows or must know of."""
        return {
            "next_meeting": self._listed.next_meeting(),
            "has_about": routes.ABOUT in self._listed.own_pages,
            "has_episodes": bool(self._listed.episodes),  # without one there is no podcast feed to point to
        }

    def items(self) -> Iterator[Page]:
        """A page for each episode, post, meeting, and page of the site's own text."""
        episodes = self._listed.episodes
        for place, release in enumerate(episodes):
            newer = episodes[place - 1] if place else None
            older = episodes[place + 1] if place + 1 < len(episodes) else None
            if not isinstance(release, KeptEpisode):
                yield self._episode(release, newer, older)
        yield from (self._post(post) for post in self._releases.posts)
        yield from (self._meeting(meeting) for meeting in self._releases.meetings)
        yield from (self._own_page(page) for page in self._releases.pages)

    def lists(self) -> Iterator[Page]:
        """Home, the lists, how to subscribe, and the page for what is missing."""
        there = self._listed
        yield self._home()
        yield self._plain("episodes.html", routes.EPISODES, "Episodes", {"episodes": there.episodes})
        yield from self._blog()
        meetings = {"ahead": there.ahead(), "past": there.past()}
        yield self._plain("meetings.html", routes.MEETINGS, "Meetings", meetings)
        yield self._plain("subscribe.html", routes.SUBSCRIBE, "Subscribe", {})
        missing = self._plain("not-found.html", routes.NOT_FOUND, "Page not found", {})
        yield replace(missing, listed=False, things=())

    def _home(self) -> Page:
        there = self._listed
        return Page(
            template="home.html",
            key=routes.HOME,
            title="",
            description=shorten(" ".join(self._show.description.split()), DESCRIPTION_LETTERS),
            shows={
                "latest": there.episodes[0] if there.episodes else None,
                "more": there.episodes[1 : 1 + ON_HOME],
                **self._told(there.posts[:ON_HOME]),
                "ahead": there.ahead()[:ON_HOME],
                "cover": self._cover,
            },
            image=self._cover,
            things=(self._series,) if there.episodes else (),
        )

    def _episode(self, release: EpisodeRelease, newer: AnyEpisode | None, older: AnyEpisode | None) -> Page:
        episode = release.episode
        image = episode.cover
        cover = (self._picture(image.file, image.alt) if image else None) or self._cover
        return Page(
            template="episode.html",
            key=routes.episode_page(episode),
            title=episode.title,
            description=shorten(episode.summary, DESCRIPTION_LETTERS),
            shows={
                "release": release,
                "newer": newer,
                "older": older,
                "parts_of_talk": parts(episode.cues, episode.chapters),
                "notes": self._body(episode),
                "told": sentence(episode.revoiced),
                "meeting": self._meeting_of(episode.meeting),
                **self._told(self._posts_near(episode)),
                "cover": cover,
            },
            section=routes.EPISODES,
            file_class=FileClass.PAGE,
            image=cover,
            kind="article",
            things=(
                structured.episode(release, self._show, self._site),
                self._crumbs(("Episodes", routes.EPISODES), (episode.title, routes.episode_page(episode))),
            ),
            changed=episode.published_at.date(),
        )

    def _post(self, post: ClearedPost) -> Page:
        key = routes.post_page(post, self._site)
        image = self._picture(post.image.file, post.image.alt) if post.image else None
        summary, body = self._summaries[post.id], self._post_bodies[post.id]
        # Where the text shows the picture itself, it does not stand above it a second time.
        opening = image if image and image.largest.key not in body else None
        return Page(
            template="post.html",
            key=key,
            title=post.title,
            description=summary,
            shows={
                "post": post,
                "summary": summary,
                "body": body,
                "image": opening,
                "meeting": self._meeting_of(post.meeting),
                "episodes": tuple(
                    r for r in self._listed.episodes if post.meeting and r.episode.meeting == post.meeting
                ),
                **self._told(self._posts_near(post)),
            },
            section=routes.BLOG,
            file_class=FileClass.PAGE,
            image=image or self._cover,
            kind="article",
            things=(
                structured.posting(post, summary, self._show, self._site),
                self._crumbs(("Blog", routes.BLOG), (post.title, key)),
            ),
            changed=post.published_at.date(),
        )

    def _meeting(self, meeting: ClearedMeeting) -> Page:
        key = routes.meeting_page(meeting)
        return Page(
            template="meeting.html",
            key=key,
            title=meeting.title,
            description=shorten(meeting.summary, DESCRIPTION_LETTERS),
            shows={
                "meeting": meeting,
                "over": meeting.ends_at <= self._releases.now,
                "body": self._body(meeting),
                "episodes": tuple(r for r in self._listed.episodes if r.episode.meeting == meeting.id),
                **self._told(tuple(p for p in self._listed.posts if p.meeting == meeting.id)),
            },
            section=routes.MEETINGS,
            file_class=FileClass.PAGE,
            image=self._cover,
            things=(
                structured.event(meeting, self._show, self._site),
                self._crumbs(("Meetings", routes.MEETINGS), (meeting.title, key)),
            ),
        )

    def _own_page(self, page: ClearedPage) -> Page:
        shows = {"own_page": page, "body": self._body(page)}
        made = self._plain("page.html", routes.page(page, self._site), page.title, shows)
        words = page.summary or plain_text(str(shows["body"]))
        return replace(made, description=shorten(words, DESCRIPTION_LETTERS), file_class=FileClass.PAGE)

    def _blog(self) -> Iterator[Page]:
        for part in blog_parts(self._listed.posts, self._site.posts_per_page):
            title = f"Blog archive, part {part.number}" if part.number else "Blog"
            shows = {**self._told(part.posts), "older": part.older, "newer": part.newer}
            yield self._plain("blog.html", part.key, title, shows)

    def _plain(self, template: str, key: str, title: str, shows: Mapping[str, object]) -> Page:
        trail = [(title, key)] if "/" not in key or key.endswith("/index.html") else []
        return Page(
            template=template,
            key=key,
            title=title,
            description=f"{title}: {self._show.title}",
            shows=shows,
            section=f"{key.split('/', maxsplit=1)[0]}/index.html" if "/" in key else key,
            image=self._cover,
            things=(self._crumbs(*trail),) if trail else (),
        )

    def _body(self, item: Cleared) -> Markup:
        html, problems = self._bodies.on_page(item)
        self.problems += problems
        return Markup(html)  # noqa: S704 - nh3 has been over it

    def _summary(self, post: ClearedPost) -> str:
        """What a list says of a post: its own summary, else its first words."""
        words = post.summary or plain_text(self._first_paragraph(post.id))
        return shorten(words, DESCRIPTION_LETTERS)

    def _first_paragraph(self, post_id: str) -> str:
        body = str(self._post_bodies[post_id])
        start = body.find("<p>")
        return body[start : body.find("</p>", start) + 4] if start >= 0 else body

    def _picture(self, file: str, alt: str) -> Picture | None:
        picture = self._made.pictures.get(file)
        return replace(picture, alt=alt) if picture else None

    def _whole(self, picture: Picture | None) -> str:
        return routes.address(self._site, picture.largest.key) if picture else ""

    def _crumbs(self, *trail: tuple[str, str]) -> structured.Thing:
        return structured.crumbs([(self._show.title, routes.HOME), *trail], self._site)

    def _meeting_of(self, meeting_id: str | None) -> AnyMeeting | None:
        return next((m for m in self._listed.meetings if m.id == meeting_id), None)

    def _told(self, posts: tuple[AnyPost, ...]) -> dict[str, object]:
        """Posts for a list, and what it says of each: of these and no others."""
        return {"posts": posts, "summaries": {p.id: self._summaries[p.id] for p in posts}}

    def _posts_near(self, item: ClearedEpisode | ClearedPost) -> tuple[AnyPost, ...]:
        """Posts of the same meeting first, then those that share most topics, the newest first."""
        shared = Counter(
            place
            for reason in (_of_meeting(item), *item.topics)
            for place in self._posts_by_reason.get(reason, ())[: RELATED * 10]
            if self._listed.posts[place].id != item.id
        )
        same_meeting = set(self._posts_by_reason.get(_of_meeting(item), ()))
        near = sorted(shared, key=lambda place: (place not in same_meeting, -shared[place], place))
        return tuple(self._listed.posts[place] for place in near[:RELATED])


def _of_meeting(item: ClearedEpisode | AnyPost) -> str:
    """What the posts and episodes of one meeting have in common; a topic cannot be called so."""
    return f"\0{item.meeting}" if item.meeting else ""
