"""What the command line prints through: plain words, progress, and one masker in front of everything."""

from __future__ import annotations

import json
import re
import sys
import threading
from typing import TYPE_CHECKING, Any, TextIO

from cop_publish.errors import MAY_BE_PARTLY_UP

if TYPE_CHECKING:
    from cop_publish.core.consents import Person

# What a file name may hold to fake or hide words on a screen: controls, line ends, marks and overrides of
# direction, characters without width, lone surrogates (bytes of a name that are not UTF-8).
_UNSEEN = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ud800-\\udfff]"
)


class Console:
    """Prints for people and for scripts; never a protected form of someone whom it was told to protect."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = out
        self._err = err
        self._people: tuple[Person, ...] = ()
        self._bar: Any = None
        self._steps: dict[str, Any] = {}  # each step that was shown, and its place among the bars
        self._one_at_a_time = threading.Lock()

    def protect(self, people: tuple[Person, ...]) -> None:
        """Mask these people's names, addresses and handles from now on."""
        self._people = people

    def say(self, *lines: str) -> None:
        """Print lines for people."""
        self._end_progress()
        for line in lines:
            self._out.write(self._for_terminal(self._shown(line)) + "\n")
        self._out.flush()

    def reveal(self, *lines: str) -> None:
        """Print lines with names in them, to somebody who asked for that at a terminal.

        Raises WrongUsage where the output goes anywhere else: a log would keep them.
        """
        if not self._out.isatty():
            from cop_publish.errors import WrongUsage  # noqa: PLC0415 - not for --version

            raise WrongUsage("Names are shown on a terminal alone: leave out --names.")
        people, self._people = self._people, ()
        try:
            self.say(*lines)
        finally:
            self._people = people

    def result(self, value: object) -> None:
        """Print a value as JSON, for scripts."""
        self.say(*json.dumps(value, indent=2, ensure_ascii=False).split("\n"))

    def complain(self, *lines: str) -> None:
        """Print what went wrong."""
        self._end_progress()
        for line in lines:
            self._err.write(self._shown(line) + "\n")

    def bug(self, error: Exception) -> None:
        """Say where a bug of ours showed, without its words: they could hold what must not be shown."""
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = (
            f"{place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}" if place else "an unknown place"
        )
        self.complain(
            f"cop-publish has a bug: {type(error).__name__} in {where}. {MAY_BE_PARTLY_UP} "
            "Please report these lines and what you did; they hold nothing of yours."
        )

    def progress(self, step: str, fraction: float) -> None:
        """Show progress: a bar for each step on a terminal, else one line; steps may run side by side."""
        with self._one_at_a_time:
            if self._err.isatty():
                self._advance(step, fraction)
            elif step not in self._steps:
                self._err.write(self._shown(step) + "\n")
                self._err.flush()
                self._steps[step] = None

    def _advance(self, step: str, fraction: float) -> None:
        if self._bar is None:
            from rich.console import Console as Terminal  # noqa: PLC0415 - only for progress on a terminal
            from rich.progress import Progress  # noqa: PLC0415 - the same

            self._bar = Progress(console=Terminal(file=self._err), transient=False)
            self._bar.start()
        if step not in self._steps:
            self._steps[step] = self._bar.add_task(self._shown(step), total=1.0)
        self._bar.update(self._steps[step], completed=fraction)

    def _end_progress(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        self._steps.clear()

    def _for_terminal(self, line: str) -> str:
        """In plain letters where the terminal knows no others."""
        try:
            line.encode(self._out.encoding or "utf-8")
        except UnicodeEncodeError:
            from cop_publish.core.sound_words import in_ascii  # noqa: PLC0415 - hardly ever

            return in_ascii([line])[0]
        return line

    def _shown(self, line: str) -> str:
        r"""One line as it may be shown: masked, and what cannot be seen as ``\u202e``, as JSON has it."""
        return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", self._masked(line))

    def _masked(self, words: str) -> str:
        if not self._people:
            return words
        from cop_publish.gate.mask import mask  # noqa: PLC0415 - only where there is someone to protect

        return mask(words, self._people)


def terminal() -> Console:
    """Give the console of this process."""
    return Console(sys.stdout, sys.stderr)
