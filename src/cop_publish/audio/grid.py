"""The grids that everything in this folder counts on, in samples at 48 kHz."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from cop_publish.core.timeline import SAMPLE_RATE_HZ

HOP: Final = 96  # 2 ms: peaks, energies, the limiter
BLOCK: Final = SAMPLE_RATE_HZ // 10  # 100 ms: momentary loudness (EBU R 128), the leveller
FRAME: Final = 1152  # of MPEG-1 layer III: 24 ms
CHUNK_FRAMES: Final = 6275  # 150.6 s, a whole number of blocks too: what one encoder makes at a time
TAIL_FRAMES: Final = 4

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
