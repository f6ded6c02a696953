"""The tool that changes the gate statement by statement: what it changes, and what its list claims."""

from __future__ import annotations

import ast

from mutants import mutants_of, mutated
from mutate_gate import all_mutants, without_effect

SAMPLE = '''"""A module."""
import re

WORDS = frozenset("one two".split())
_WAY = re.compile(r"a{2}|b")


def found(texts: list[str]) -> list[str]:
    """What is long."""
    names = []
    for text in texts:
        if len(text) > 3 and text not in WORDS:
            names.append(text)
    return names
'''


def _changed(number: int) -> str:
    return ast.unparse(mutated(SAMPLE, number))


def test_each_statement_condition_number_word_and_alternative_is_changed_in_turn() -> None:
    made = {mutant.what: _changed(mutant.number) for mutant in mutants_of("a.py", SAMPLE)}
    assert "return []" in made["gives [] at once"]
    assert "names = []\n    pass\n" in next(made[what] for what in made if what.startswith("without `for"))
    assert "if not (len(text) > 3" in made["not (`len(text) > 3 and text not in WORDS`)"]
    assert "len(text) >= 3" in made["GtE for `len(text) > 3`"]
    assert "len(text) > 4" in made["4 for 3 in `len(text) > 3`"]
    assert "text in WORDS" in made["In for `text not in WORDS`"]
    assert "True and text" in made["`len(text) > 3 and text not in WORDS` without `len(text) > 3`"]
    assert "frozenset('two'.split())" in made["a list without “one”"]
    assert any("re.compile('b')" in text for text in made.values())
    assert any("re.compile('a{3}|b')" in text for text in made.values())
    assert len(set(made.values())) == len(made)


def test_every_mutant_is_another_program_that_python_understands() -> None:
    before = ast.unparse(ast.parse(SAMPLE))
    for mutant in mutants_of("a.py", SAMPLE):
        assert _changed(mutant.number) != before
        compile(mutated(SAMPLE, mutant.number), "a.py", "exec")


def test_a_mutant_s_name_stays_when_lines_move() -> None:
    below = SAMPLE.replace("import re\n", "import re\n\n# Something about what follows.\n")
    assert [m.name for m in mutants_of("a.py", SAMPLE)] == [m.name for m in mutants_of("a.py", below)]


def test_names_are_the_mutants_own_and_what_is_said_to_change_nothing_is_still_there_with_a_reason() -> None:
    names = [mutant.name for mutant in all_mutants()]
    assert len(set(names)) == len(names) > 4000
    listed = without_effect()
    assert listed.keys() <= set(names)
    assert all(len(reason.split()) > 3 for reason in listed.values())
