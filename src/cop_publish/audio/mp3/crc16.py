"""CRC-16/ARC, as the LAME tag has it: over tens of megabytes in a blink.

A checksum is the remainder of a polynomial over GF(2), so the file can be laid out in rows and folded row by
row: each of the `LANES` 16-bit words of a row is moved on by a whole row with one look into a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

REVERSED_POLYNOMIAL = 0xA001  # x^16 + x^15 + x^2 + 1, least significant bit first
LANES = 1 << 15
ROW_BYTES = 2 * LANES

Words = npt.NDArray[np.uint16]


def crc16(pieces: Iterator[bytes]) -> int:
    """The checksum of all pieces one after the other; it starts at 0 and is not turned over at the end."""
    tables = _tables()
    row, rest = np.zeros(LANES, np.uint16), b""
    for piece in pieces:
        content = rest + piece
        whole = len(content) - len(content) % ROW_BYTES
        for words in np.frombuffer(content[:whole], "<u2").reshape(-1, LANES):
            row = tables[-1][row] ^ words
        rest = content[whole:]
    return _end(_folded(row, tables), rest, tables[0])


def _tables() -> list[Words]:
    """What becomes of each word when 1, 2, 4, ... `LANES` more words follow it."""
    word = np.arange(1 << 16, dtype=np.uint16)
    for _ in range(16):
        word = (word >> np.uint16(1)) ^ (word & np.uint16(1)) * np.uint16(REVERSED_POLYNOMIAL)
    tables = [word]
    while len(tables) <= LANES.bit_length() - 1:
        tables.append(tables[-1][tables[-1]])
    return tables


def _folded(row: Words, tables: list[Words]) -> int:
    """One row to the checksum of all rows."""
    for table in reversed(tables[:-1]):
        half = len(row) // 2
        row = table[row[:half]] ^ row[half:]
    return int(tables[0][row[0]])


def _end(crc: int, rest: bytes, table: Words) -> int:
    """The bytes that fill no row."""
    even = len(rest) // 2 * 2
    for word in np.frombuffer(rest[:even], "<u2"):
        crc = int(table[crc ^ int(word)])
    for byte in rest[even:]:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (REVERSED_POLYNOMIAL if crc & 1 else 0)
    return crc
