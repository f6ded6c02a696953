"""Made-up people whose names have many shapes: whoever reads the gate's report sees which shapes it finds.

Each name is put together from parts, so that nobody real is meant.  Nothing here knows the gate.
"""

# ruff: noqa: RUF001 - letters that are easily taken for others are what these names are about

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class Somebody:
    """A member of the registry, and the shape of their name."""

    id: str
    shape: str
    given: str
    family: str = ""
    known_as: str = ""
    email: str = ""
    handle: str = ""
    url: str = ""
    role: str = ""
    organisation: str = ""

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}".strip()


# By shape: given names and family names.  "ASCII letters of the whole" decides below what can be squashed.
_SHAPES: dict[str, tuple[str, str]] = {
    "plain": ("Tamsin Corwen Idony", "Hartwellby Quennerford Mockridge"),
    "double-barrelled": ("Ffiona Merrin Ottoline", "Penrose-Tandy Ackroyd-Vell Sorrel-Maddox"),
    "double given name": ("Anne-Lotte Jean-Wystan Mary-Kell", "Harrowgill Trevannick Oakenby"),
    "particle": ("Pieter Joost Maaike", "van_der_Heidewijk de_la_Cruzada von_Altendorp"),
    "two family names": ("Inés Rodrigo Marisol", "García_Monteluz Peñalba_Ruizol Ibáñez_Corteda"),
    "one name, long": ("Sukarnawati Thiruvengad Penelopeia", ""),
    "one name, a word": ("Hope Faith Sorrow", ""),
    "Welsh": ("Llŷrian Angharadd Siôned", "ap_Gwilymo Prŷsod Llwydfaen"),
    "Irish": ("Siobháine Caoimheen Pádraigin", "O'Neillan Ó_Briainne O’Shaughn"),
    "Arabic": ("Fatimah Abd_al-Rahmane Khālide", "al-Zahrawiq ibn_Yusufar El-Masriya"),
    "Yoruba": ("Olúwafẹ́mika Adébáyọ̀la Ṣadé", "Akínwándere Ọlátúnjide Ògúnbọ́wala"),
    "Vietnamese": ("Thị_Minh_Khaia Văn_Đứco Ngọc_Ánha", "Nguyễn Trần Đặng"),
    "Turkish": ("İpekan Yıldızay Çağlare", "Işıkoğlan Öztürkmen Şahinbey"),
    "Polish and Czech": ("Łukaszo Małgorzatka Jiřinko", "Wójcikowy Dvořáčkova Brzęczny"),
    "German and Nordic": ("Jürgenot Søreni Þórdísa", "Großmüllner Ångströmsen Æsudóttiry"),
    "a word each": ("Grace Will Mark", "Green Young Wood"),
    "within other names": ("Ann Ian Eve", "Leeson Marten Ashers"),
    "two-letter family name": ("Weiling Boxuan Minjun", "Li Xu Ng"),
    "very short": ("Jo Al Bo", "Ray Kay Lee"),
    "Cyrillic": ("Наталина Сергейко Ольжана", "Ковальчукова Дмитренец Ющенкова"),
    "Greek": ("Ελενίτσα Γιώργιος Δέσποινη", "Παπαδοπούλεα Νικολαΐδηο Οικονόμεα"),
    "apostrophe within": ("Kaʻiulani D'Andrel N'Golana", "Keʻalohio D’Angelas M'Bengue"),
}
SHAPES = tuple(_SHAPES)
# Written when the gate's rules for names were finished, which were not changed for these names.
_LATE_SHAPES: dict[str, tuple[str, str]] = {
    "late: Icelandic": ("Guðrúnaro Hallbjörgo Steinþóre", "Vilhjálmsdóttiry Eyþórsdottel Sigurðsonnar"),
    "late: Māori and Hawaiian": ("Aroharangio Tāwhirima Hōnekiro", "Te_Whakatāki Ngārimuo Papa_Rangiha"),
    "late: Hungarian": ("Zsófiane Gergőly Katalinda", "Szőcsényir Vörösházo Kővágóti"),
    "late: Igbo": ("Chukwuẹmelo Adaọlisa Ngọzikane", "Okonkwọru Nwaẹzeala Ọbiọmane"),
    "late: Scottish": ("Mhairiona Ruaridhan Eilidhe", "MacGillivrane McAuslaney Mac_an_Tuirce"),
    "late: Hindi": ("अनुराधिका देवेन्द्रक सुनयनाली", "त्रिपाठीकर चतुर्वेदन भट्टाचार"),
}
LATE_SHAPES = tuple(_LATE_SHAPES)
_RANKS = ("head", "deputy director", "chief adviser", "registrar")
_TOPICS = (
    "winter maps",
    "tidal data",
    "public lanterns",
    "school bells",
    "bridge tolls",
    "river names",
    "seed banks",
)
_OFFICES = ("Department for {}", "Office of {}", "{} Council", "Agency for {}", "{} Trust")
_PLACES = (
    "Tidal Affairs",
    "Lower Sampleford",
    "Public Lanterns",
    "Upper Inventing",
    "Made-up Rivers",
    "Harbour Bells",
)
_PLAIN = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae"}
_PLAIN |= {"Æ": "Ae", "Þ": "Th", "þ": "th"}
_LATIN = re.compile(r"[A-Za-z]")


def people(seed: int) -> tuple[Somebody, ...]:
    """Nine people of every shape that has nine (three that has one name only), the same for a seed."""
    return tuple(_of_shapes(_SHAPES, random.Random(f"people {seed}"), 0))


def late_people(seed: int) -> tuple[Somebody, ...]:
    """A fifth of all names: written after the gate, which was not tuned to them."""
    return tuple(_of_shapes(_LATE_SHAPES, random.Random(f"late people {seed}"), _FIRST_LATE))


_FIRST_LATE = 500  # their numbers begin here


def _of_shapes(shapes: dict[str, tuple[str, str]], chance: random.Random, first: int) -> list[Somebody]:
    found: list[Somebody] = []
    for shape, (givens, families) in shapes.items():
        pairs = list(product(givens.split(), families.split() or [""]))
        chance.shuffle(pairs)
        found += [_somebody(first + len(found) + n, shape, *pair) for n, pair in enumerate(pairs)]
    return found


def crowd(count: int) -> tuple[Somebody, ...]:
    """Members beside those who are leaked: the gate looks for all of them, as for a network's whole list."""
    heads, middles, tails = (
        ["Bra", "Cor", "Dun", "Fel", "Gar", "Hol"],
        ["wen", "dri", "mar", "lo"],
        ["by", "ick", "sted", "ham"],
    )
    names = [a + b + c for a, b, c in product(heads, middles, tails)]
    pairs = [(given + "a", family) for given in names for family in names[::7] if given != family]
    step = max(1, len(pairs) // count)
    return tuple(
        Somebody(f"p-crowd{number:04d}", "crowd", *pair) for number, pair in enumerate(pairs[::step][:count])
    )


def _somebody(number: int, shape: str, given: str, family: str) -> Somebody:
    given, family = given.replace("_", " "), family.replace("_", " ")
    plain = ascii_letters(given + family) or "someone"
    return Somebody(
        id=f"p-e{number:03d}x",
        shape=shape,
        given=given,
        family=family,
        known_as=f"Zed{chr(97 + number % 26)}{chr(97 + number // 26)}" if number % 2 else "",
        email=f"{plain[:12]}.x{number}@dept.example",
        handle=f"@{plain[:6]}_h{number}",
        url=f"https://people.example/~{plain[:9]}{number}",
        role=f"{_RANKS[number % len(_RANKS)]} for {_TOPICS[number % len(_TOPICS)]}",
        organisation=_OFFICES[number % len(_OFFICES)].format(_PLACES[number % len(_PLACES)]),
    )


def ascii_letters(text: str) -> str:
    """Small Latin letters without accents: how such a name stands in an address."""
    spelt = text
    for letter, plain in _PLAIN.items():
        spelt = spelt.replace(letter, plain)
    return "".join(_LATIN.findall(unicodedata.normalize("NFKD", spelt))).lower()
