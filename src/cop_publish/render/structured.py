"""What machines read in a page's head: schema.org in JSON-LD.

A person is named here only if they agreed to be named; roles and organisations stay out, because
`author` wants somebody.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cop_publish.core import routes
from cop_publish.core.consents import Level
from cop_publish.core.model import MeetingStatus
from cop_publish.render.wording import iso_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cop_publish.core.model import ClearedMeeting, ClearedPost, Credit, EpisodeRelease
    from cop_publish.settings import Show, SiteSettings

Thing = dict[str, Any]
_STATUS = {
    MeetingStatus.CONFIRMED: "EventScheduled",
    MeetingStatus.TENTATIVE: "EventScheduled",
    MeetingStatus.CANCELLED: "EventCancelled",
}


def to_json(things: Sequence[Thing]) -> str:
    """For a ``<script type="application/ld+json">``: nothing in it can end the element."""
    graph = {"@context": "https://schema.org", "@graph": list(things)}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def series(show: Show, site: SiteSettings, image: str) -> Thing:
    """The show itself; `image` is an absolute address or empty."""
    thing: Thing = {
        "@type": "PodcastSeries",
        "@id": site.url + "#show",
        "name": show.title,
        "description": show.description,
        "url": routes.address(site, routes.HOME),
        "webFeed": routes.address(site, routes.FEED),
        "inLanguage": show.language,
        "publisher": _publisher(show),
    }
    return thing | ({"image": image} if image else {})


def episode(release: EpisodeRelease, show: Show, site: SiteSettings) -> Thing:
    """An episode, its sound and its place in the show."""
    told, master = release.episode, release.master
    thing: Thing = {
        "@type": "PodcastEpisode",
        "name": told.title,
        "description": told.summary,
        "url": routes.address(site, routes.episode_page(told)),
        "datePublished": told.published_at.isoformat(),
        "inLanguage": told.language,
        "isFamilyFriendly": not told.explicit,
        "timeRequired": iso_duration(master.duration_seconds),
        "associatedMedia": {
            "@type": "MediaObject",
            "contentUrl": routes.address(site, routes.episode_sound(release)),
            "encodingFormat": "audio/mpeg",
            "contentSize": str(master.size_bytes),
            "duration": iso_duration(master.duration_seconds),
        },
        "partOfSeries": {
            "@type": "PodcastSeries",
            "@id": site.url + "#show",
            "name": show.title,
            "url": routes.address(site, routes.HOME),
        },
    }
    people = _named(told.credits)
    return (
        thing
        | ({"episodeNumber": told.number} if told.number is not None else {})
        | ({"actor": people} if people else {})
    )


def posting(post: ClearedPost, description: str, show: Show, site: SiteSettings) -> Thing:
    """A post of the blog."""
    page = routes.address(site, routes.post_page(post, site))
    return {
        "@type": "BlogPosting",
        "headline": post.title,
        "description": description,
        "url": page,
        "mainEntityOfPage": page,
        "datePublished": post.published_at.isoformat(),
        "inLanguage": post.language,
        "articleSection": post.category,
        **({"keywords": list(post.topics)} if post.topics else {}),
        "author": _named(post.credits) or [_publisher(show)],
        "publisher": _publisher(show),
    }


def event(meeting: ClearedMeeting, show: Show, site: SiteSettings) -> Thing:
    """A meeting; who comes is nobody's business."""
    page = routes.address(site, routes.meeting_page(meeting))
    online = "online" in meeting.place.casefold() or not meeting.place
    place: Thing = {"@type": "Place", "name": meeting.place, "address": meeting.place}
    mode = "OnlineEventAttendanceMode" if online else "OfflineEventAttendanceMode"
    return {
        "@type": "Event",
        "name": meeting.title,
        "description": meeting.summary,
        "url": page,
        "startDate": meeting.starts_at.isoformat(),
        "endDate": meeting.ends_at.isoformat(),
        "eventStatus": f"https://schema.org/{_STATUS[meeting.status]}",
        "eventAttendanceMode": f"https://schema.org/{mode}",
        "location": {"@type": "VirtualLocation", "url": meeting.link or page} if online else place,
        "organizer": _publisher(show) | {"url": site.url},
    }


def crumbs(trail: Sequence[tuple[str, str]], site: SiteSettings) -> Thing:
    """Where a page is: (name, key) from the home page down."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": routes.address(site, key)}
            for place, (name, key) in enumerate(trail, 1)
        ],
    }


def _publisher(show: Show) -> Thing:
    return {"@type": "Organization", "name": show.author}


def _named(credits_: Sequence[Credit]) -> list[Thing]:
    return [{"@type": "Person", "name": c.label} for c in credits_ if c.level == Level.NAMED]
