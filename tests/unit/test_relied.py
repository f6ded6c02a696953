"""What a release relied on is held against what people say today, another voice for their words included."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_clear import EPISODE, GUEST, HOST, NOW, registry

from cop_publish.core.consents import Consent, Level
from cop_publish.core.relied import Relied, lost_since, relied_on

TODAY = NOW.date()
READ = Consent(GUEST, "jury", Level.NAMED, "Jory Madeup", words=True, revoiced=True)
OWN = replace(READ, voice=True, revoiced=False)


@pytest.mark.parametrize(
    ("then", "now", "lost"),
    [
        (READ, READ, None),
        (READ, OWN, None),  # whoever may be heard may be read by somebody else
        (READ, replace(READ, revoiced=False), "their words in another voice"),
        (OWN, READ, "their voice"),
        (OWN, replace(OWN, words=False), "their words"),
    ],
)
def test_what_is_lost_is_told(then: Consent, now: Consent, lost: str | None) -> None:
    episode = replace(EPISODE, people=(HOST, GUEST), revoiced=(GUEST,) if then is READ else ())
    relied = relied_on([episode], registry(then), (), today=TODAY)
    found = lost_since(relied, registry(now), today=TODAY)
    assert found.get(GUEST) == (("jury", lost) if lost else None)


def test_what_a_release_wrote_down_is_read_again() -> None:
    episode = replace(EPISODE, people=(HOST, GUEST), revoiced=(GUEST,))
    relied = relied_on([episode], registry(READ), (), today=TODAY)
    assert tuple(Relied(*row.row()) for row in relied) == relied
    assert all(len(row.row()) == 8 for row in relied if not row.revoiced), "as older versions read it"
