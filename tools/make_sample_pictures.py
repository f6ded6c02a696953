"""Make the pictures of the sample show: ``python tools/make_sample_pictures.py``.

Run by hand, and seldom: what it makes is committed.  All of it is drawn here, from paper cards in a few
calm colours, and set in DejaVu and Liberation Sans; the numbers in the chart are made up, as its post
says.  Everything is drawn twice as large and then halved, so that edges come out smooth.  The files
have few colours and no metadata.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
FONTS = Path("/usr/share/fonts/truetype")
SERIF = FONTS / "dejavu" / "DejaVuSerif-Bold.ttf"
SANS = FONTS / "liberation" / "LiberationSans-Regular.ttf"
SANS_BOLD = FONTS / "liberation" / "LiberationSans-Bold.ttf"

SCALE = 2  # drawn this much larger than it is saved

PAPER = "#f6f1e7"
INK = "#17313a"
TEAL = "#1f6f78"
SEA = "#8fc1b5"
CLAY = "#cc5a3c"
SAND = "#eac67a"
MIST = "#d8e2dc"
GREY = "#5b6b70"


class Sheet:
    """A sheet of paper: draws in the final picture's pixels, saves at its final size."""

    def __init__(self, width: int, height: int, ground: str) -> None:
        self.size = (width, height)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self.pen = ImageDraw.Draw(self.image)

    def card(self, box: tuple[float, float, float, float], colour: str, radius: float) -> None:
        """A card with rounded corners."""
        self.pen.rounded_rectangle(_grown(box), radius * SCALE, fill=colour)

    def disc(self, centre: tuple[float, float], radius: float, colour: str) -> None:
        """A full circle."""
        x, y = centre
        self.pen.ellipse(_grown((x - radius, y - radius, x + radius, y + radius)), fill=colour)

    def slice(self, box: tuple[float, float, float, float], degrees: tuple[int, int], colour: str) -> None:
        """A slice of the ellipse in a box, clockwise from three o'clock."""
        self.pen.pieslice(_grown(box), *degrees, fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: str) -> None:
        """A filled polygon."""
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)

    def rule(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """A thin line."""
        self.pen.line(_grown((*start, *end)), fill=colour, width=2 * SCALE)

    def text(self, at: tuple[float, float], words: str, font: Lettering, anchor: str = "ls") -> None:
        """Words from a point on their baseline; `anchor` as Pillow has it."""
        self.pen.text((at[0] * SCALE, at[1] * SCALE), words, font.colour, font.loaded(), anchor)

    def save(self, path: Path) -> None:
        """As an RGB PNG (Apple wants no palette) of at most 96 colours, with nothing beside the pixels."""
        path.parent.mkdir(parents=True, exist_ok=True)
        small = self.image.resize(self.size, Image.Resampling.LANCZOS)
        few = small.quantize(96, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.convert("RGB").save(path, optimize=True)
        print(f"{path.relative_to(ROOT)}: {self.size[0]} x {self.size[1]}, {path.stat().st_size} bytes")


def _grown(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (side * SCALE for side in box)
    return left, top, right, bottom


class Lettering:
    """A typeface at a size and in a colour."""

    def __init__(self, face: Path, size: float, colour: str) -> None:
        self.face = face
        self.size = size
        self.colour = colour

    def loaded(self) -> ImageFont.FreeTypeFont:
        """The face at the size it is drawn."""
        return ImageFont.truetype(str(self.face), round(self.size * SCALE))


def main() -> int:
    """Draw every picture."""
    show_cover().save(ROOT / "cover.png")
    jury_cover().save(ROOT / "episodes" / "012-citizens-jury" / "cover.png")
    hours_chart().save(ROOT / "images" / "jury-hours.png")
    reading_cards().save(ROOT / "images" / "one-page-record.png")
    return 0


def show_cover() -> Sheet:
    """Three rows of six paper cards; the title below."""
    sheet = Sheet(3000, 3000, PAPER)
    rows = (
        "disc:teal:mist arch:paper:clay quarter:sand:teal disc:ink:sea arch:paper:sand half:clay:mist",
        "half:sand:ink disc:clay:paper bars:sea:ink speech:paper:teal quarter:ink:clay disc:sand:sea",
        "arch:mist:teal bars:clay:paper speech:sand:ink disc:teal:sand half:sea:ink arch:clay:paper",
    )
    cell, gap, left, top = 400, 40, 200, 200
    for row, kinds in enumerate(rows):
        for column, kind in enumerate(kinds.split()):
            tile(sheet, (left + column * (cell + gap), top + row * (cell + gap), cell), kind)
    sheet.text((196, 1900), "The Made-up", Lettering(SERIF, 352, INK))
    sheet.text((196, 2290), "Commons", Lettering(SERIF, 352, INK))
    sheet.rule((206, 2490), (2794, 2490), INK)
    sheet.text((204, 2650), "Talking with the public about data and AI", Lettering(SANS, 118, INK))
    sheet.text((204, 2800), "A fictional sample show", Lettering(SANS, 84, GREY))
    return sheet


COLOURS = {"paper": "#fffaf0", "ink": INK, "teal": TEAL, "sea": SEA, "clay": CLAY, "sand": SAND, "mist": MIST}


def tile(sheet: Sheet, place: tuple[float, float, float], kind: str) -> None:
    """A square card at (x, y, size) with one figure: ``disc:teal:mist`` is a mist disc on teal."""
    x, y, size = place
    figure, ground, colour = kind.split(":")
    sheet.card((x, y, x + size, y + size), COLOURS[ground], size * 0.07)
    FIGURES[figure](sheet, place, COLOURS[colour])


def _disc(sheet: Sheet, place: tuple[float, float, float], colour: str) -> None:
    x, y, size = place
    sheet.disc((x + size / 2, y + size / 2), size * 0.3, colour)


def _half(sheet: Sheet, place: tuple[float, float, float], colour: str) -> None:
    x, y, size = place
    reach = size * 0.32
    for middle in (0.46, 0.86):
        box = (
            x + size / 2 - reach,
            y + size * middle - reach,
            x + size / 2 + reach,
            y + size * middle + reach,
        )
        sheet.slice(box, (180, 360), colour)


def _quarter(sheet: Sheet, place: tuple[float, float, float], colour: str) -> None:
    x, y, size = place
    edge, reach = size * 0.14, size * 0.72
    corner = (x + edge, y + size - edge)
    sheet.slice(
        (corner[0] - reach, corner[1] - reach, corner[0] + reach, corner[1] + reach), (270, 360), colour
    )


def _arch(sheet: Sheet, place: tuple[float, float, float], colour: str) -> None:
    x, y, size = place
    reach, middle = size * 0.26, y + size * 0.42
    sheet.slice(
        (x + size / 2 - reach, middle - reach, x + size / 2 + reach, middle + reach), (180, 360), colour
    )
    sheet.card((x + size / 2 - reach, middle - 2, x + size / 2 + reach, y + size * 0.84), colour, 0)


def _bars(sheet: Sheet, place: tuple[float, float, float], colour: str) -> None:
    x, y, size = place
    for number, height in enumerate((0.26, 0.48, 0.36, 0.66)):
        left = x + size * (0.17 + 0.175 * number)
        sheet.card(
            (left, y + size * (0.84 - height), left + size * 0.125, y + size * 0.84), colour, size * 0.02
        )


def _speech(sheet: Sheet, place: tuple[float, float, float], colour: str) -> None:
    x, y, size = place
    sheet.card((x + size * 0.16, y + size * 0.2, x + size * 0.84, y + size * 0.66), colour, size * 0.1)
    tail = [(0.3, 0.62), (0.52, 0.62), (0.3, 0.84)]
    sheet.shape([(x + size * across, y + size * down) for across, down in tail], colour)


FIGURES = {
    "disc": _disc,
    "half": _half,
    "quarter": _quarter,
    "arch": _arch,
    "bars": _bars,
    "speech": _speech,
}


def jury_cover() -> Sheet:
    """Thirty people in five rows; the title below."""
    sheet = Sheet(1500, 1500, INK)
    seats = "sand sea clay mist sand sea mist clay sea sand clay sea mist sand clay"
    colours = [COLOURS[name] for name in (seats + " " + seats).split()]
    for number, colour in enumerate(colours):
        column, row = number % 6, number // 6
        left, top = 150 + column * 204, 110 + row * 172
        sheet.disc((left + 90, top + 52), 40, colour)
        sheet.slice((left + 12, top + 96, left + 168, top + 226), (180, 360), colour)
    sheet.rule((150, 1042), (1350, 1042), SEA)
    sheet.text((146, 1178), "What the citizens’", Lettering(SERIF, 112, PAPER))
    sheet.text((146, 1306), "jury changed", Lettering(SERIF, 112, PAPER))
    sheet.text((150, 1412), "The Made-up Commons · Episode 12", Lettering(SANS, 50, SEA))
    return sheet


HOURS = (
    ("Hearing evidence", 14, SEA),
    ("Asking witnesses back", 9, TEAL),
    ("Talking in small groups", 11, TEAL),
    ("Writing the answer", 6, CLAY),
    ("Coming back to check", 4, CLAY),
)


def hours_chart() -> Sheet:
    """Bars of the hours that a jury spent on each thing."""
    sheet = Sheet(1600, 1000, PAPER)
    total = sum(hours for _, hours, _ in HOURS)
    sheet.text((90, 138), "Where a jury’s time went", Lettering(SERIF, 62, INK))
    sheet.text(
        (90, 202), f"{total} hours of thirty jurors; the figures are made up", Lettering(SANS, 36, GREY)
    )
    for number, (label, hours, colour) in enumerate(HOURS):
        y = 270 + number * 134
        sheet.text((560, y + 62), label, Lettering(SANS, 40, INK), "rs")
        sheet.card((590, y, 590 + hours * 56, y + 96), colour, 12)
        sheet.text((590 + hours * 56 + 24, y + 64), str(hours), Lettering(SANS_BOLD, 44, INK))
    return sheet


def reading_cards() -> Sheet:
    """A one-page record as four cards, each a question, with the fourth turned up."""
    sheet = Sheet(1600, 900, MIST)
    cards = (
        ("What is\ndecided?", "disc:teal:sand", "paper"),
        ("What does\nit know?", "bars:sea:ink", "paper"),
        ("Who\nchecks it?", "half:sand:teal", "paper"),
        ("How do I\nanswer\nback?", "speech:paper:clay", "clay"),
    )
    for number, (question, figure, ground) in enumerate(cards):
        x, y = 90 + number * 360, 150 - (40 if number == len(cards) - 1 else 0)
        sheet.card((x + 8, y + 10, x + 348, y + 570), "#bccbc5", 22)
        sheet.card((x, y, x + 340, y + 560), COLOURS[ground], 22)
        tile(sheet, (x + 50, y + 50, 240), figure)
        _lines(sheet, (x + 50, y + 374), question, PAPER if ground == "clay" else INK)
    sheet.text((90, 822), "One page, four questions, read aloud", Lettering(SANS, 44, INK))
    return sheet


def _lines(sheet: Sheet, at: tuple[float, float], words: str, colour: str) -> None:
    """The lines of a card, in a card's lettering."""
    for number, line in enumerate(words.splitlines()):
        sheet.text((at[0], at[1] + number * 56), line, Lettering(SERIF, 38, colour))


if __name__ == "__main__":
    sys.exit(main())
