"""Who could be told by elimination: advice, for nobody but people can weigh what a reader knows already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cop_publish.core.consents import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cop_publish.core.consents import PersonId
    from cop_publish.core.model import ClearedEpisode, ClearedMeeting, ClearedPost, Credit


def advise_jigsaw(
    items: Iterable[ClearedEpisode | ClearedPost],
    meetings: Iterable[ClearedMeeting],
    present: Mapping[str, frozenset[PersonId]],
) -> Iterator[str]:
    """Say where an item leaves somebody unnamed, and the public page of its meeting names people it does not.

    `present` holds everyone in an item, by its name.
    """
    pages = {meeting.id: meeting for meeting in meetings}
    for item in items:
        meeting = pages.get(item.meeting or "")
        named = _named(item.credits)
        if meeting is None or len(present.get(item.id, frozenset())) <= len(named):
            continue
        others = len(_named(meeting.credits) - named)
        if others:
            who = "1 person" if others == 1 else f"{others} people"
            yield (
                f"{item.id}: somebody in it is not named, and the page of its meeting ({meeting.id}) names "
                f"{who} whom it does not. Could a reader tell who it is? Name nobody there, or take "
                "`meeting:` out."
            )


def _named(credits_: Iterable[Credit]) -> set[str]:
    return {credit.label for credit in credits_ if credit.level is Level.NAMED}
