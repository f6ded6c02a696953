"""The gate's own look at sign-offs: the registry as it is now, and the recording that was really used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sample_site import SETTINGS
from test_clear import ADVISER, HOST, NOW, registry
from test_sign_offs import FIRST, SECOND, answer
from test_view import TALKED, TRACES

from cop_publish.core.clear import clear
from cop_publish.core.consents import Consent, Level
from cop_publish.core.sign_offs import Decision
from cop_publish.registry.sign_offs import append_sign_off
from cop_publish.signing import signers, unsigned_now

if TYPE_CHECKING:
    from pathlib import Path


def test_a_yes_that_the_registry_has_now_counts_and_one_that_was_taken_back_meanwhile_does_not(
    tmp_path: Path,
) -> None:
    settings = replace(SETTINGS, registry=tmp_path)
    assert unsigned_now([FIRST], settings, {}) == {"jury"}
    append_sign_off(tmp_path, answer(FIRST))
    assert unsigned_now([FIRST], settings, {}) == frozenset()
    assert unsigned_now([FIRST, SECOND], settings, {}) == {"jury"}
    append_sign_off(tmp_path, answer(FIRST, Decision.LEFT_OUT))
    assert unsigned_now([FIRST], settings, {}) == {"jury"}


def test_a_master_of_another_recording_than_they_agreed_to_is_not_theirs(tmp_path: Path) -> None:
    settings = replace(SETTINGS, registry=tmp_path)
    append_sign_off(tmp_path, answer(FIRST))
    assert unsigned_now([FIRST], settings, {"jury": TRACES.recording_sha256}) == frozenset()
    assert unsigned_now([FIRST], settings, {"jury": "00" * 32}) == {"jury"}
    assert unsigned_now([FIRST], settings, {"other": "00" * 32}) == frozenset()


def test_without_a_registry_nobody_has_said_yes() -> None:
    assert unsigned_now([FIRST], SETTINGS, {}) == {"jury"}


@pytest.mark.parametrize(
    ("record", "asked"),
    [
        (Consent(ADVISER, "jury", Level.NAMED, "Torquil Inventedson", words=True, voice=True), []),
        (Consent(ADVISER, "jury", Level.NAMED, "Torquil", words=True, voice=True, sign_off=True), [ADVISER]),
        (Consent(ADVISER, "jury", Level.ROLE, "an adviser", words=True, voice=True), [ADVISER]),
    ],
)
def test_only_those_are_asked_who_must_be(record: Consent, asked: list[str]) -> None:
    consents = registry(record)
    cleared, problems = clear(TALKED, consents, (HOST,), now=NOW)
    assert cleared is not None, problems
    assert [record.person for record in signers(TALKED, cleared, consents, NOW)] == asked
