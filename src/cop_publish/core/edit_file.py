"""Read ``edit.yaml``: what is taken out of a recording, in the recording's own time."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from cop_publish.core.edits import Edit
from cop_publish.core.front_matter import Fields, check_characters, read_yaml
from cop_publish.core.metadata import EDIT
from cop_publish.core.problems import Problem
from cop_publish.core.suggest import beside
from cop_publish.core.timecode import exact
from cop_publish.core.timeline import Cut, Instead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cop_publish.core.problems import Place, Problems

NAME = "edit.yaml"
_NONE = {"no", "none", "off", "false"}


def read_edit(text: str, folder: str, files: frozenset[str]) -> tuple[Edit, Problems]:
    """Read an episode's edit list; `files` is every file of the workspace.  With problems it is of no use.

    The recording's length is not known here: `check_times` knows what lies behind its end.
    """
    path = f"{folder}/{NAME}"
    clean, problems = check_characters(text, path)
    if problems:
        return Edit(), problems
    fields, problems = read_yaml(clean, path, EDIT, UTC)
    reading = _Reading(fields, folder, files, list(problems))
    asked = sorted([*reading.ranges("cut"), *reading.ranges("replace")], key=lambda a: a[1].start_seconds)
    reading.no_overlaps(asked)
    edit = Edit(
        tuple(cut for _, cut in asked),
        fields.get("accept_cut_off", False),
        reading.sound("intro"),
        reading.sound("outro"),
        fields.get("leveller"),
        Instead(fields.get("marked", Instead.NOTHING)),
    )
    return edit, tuple(sorted(set(reading.problems)))


class _Reading:
    """One file being read."""

    def __init__(self, fields: Fields, folder: str, files: frozenset[str], problems: list[Problem]) -> None:
        self.fields, self.folder, self.files, self.problems = fields, folder, files, problems

    def problem(self, where: Place, what: str, fix: str) -> None:
        self.problems.append(Problem(where, what, fix))

    def ranges(self, key: str) -> Iterator[tuple[str, Cut]]:
        """Yield each range with its name for messages; what is not one is a problem."""
        for number, entry in enumerate(self.fields.get(key, ()), 1):
            start, end = entry.get("from"), entry.get("to")
            if start is None or end is None:
                continue  # has been reported
            name = f"{key}[{number}]"
            if end > start:
                instead = Instead(entry.get("with", Instead.NOTHING))
                yield name, Cut(start, end, instead, entry.where)
            else:
                what = f"{name} ends at {exact(end)}, and begins at {exact(start)}"
                self.problem(entry.where, what, "Write the earlier time behind `from`.")

    def no_overlaps(self, asked: Iterable[tuple[str, Cut]]) -> None:
        """Report each range that begins inside an earlier one."""
        reaching: tuple[str, Cut] | None = None
        for name, cut in asked:
            if reaching and cut.start_seconds < reaching[1].end_seconds:
                what = f"{name} begins at {exact(cut.start_seconds)}, inside {reaching[0]}"
                where = cut.where or self.fields.where
                self.problem(where, what, "Move one of the two, or make one of both.")
            if reaching is None or cut.end_seconds > reaching[1].end_seconds:
                reaching = name, cut

    def sound(self, key: str) -> str | None:
        """The workspace path of a sound file; empty for `no`."""
        name: str | None = self.fields.get(key)
        if name is None or name.lower() in _NONE:
            return None if name is None else ""
        path = name.lstrip("/") if name.startswith("/") else f"{self.folder}/{name}"
        if path not in self.files:
            close = beside(path, self.files)
            hint = f"Did you mean `{close}`? " if close else ""
            what = f"the file that `{key}` names is not in the workspace"
            fix = f"{hint}Put it beside {NAME}, or write its path from the workspace with a leading slash."
            self.problem(self.fields.place(key), what, fix)
        return path
