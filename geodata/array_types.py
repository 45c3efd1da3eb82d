"""Type aliases of numpy arrays, named by element type; functions document shapes and units."""

import numpy as np
from numpy.typing import NDArray

Float64s = NDArray[np.float64]
Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]
Bits64 = NDArray[np.uint64]
"""Sets of up to 64 members, one bit for each member."""
Positions = NDArray[np.intp]
"""Row indices into another array."""
Degrees = NDArray[np.float64]
"""Longitudes or latitudes, degrees."""
Metres = NDArray[np.float64]
