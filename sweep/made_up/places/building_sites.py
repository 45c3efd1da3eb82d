"""Placement of towers: non-overlapping plots along streets, in business quarters or on arterials."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from shapely import STRtree, box, distance, linestrings
from shapely.affinity import affine_transform
from shapely.geometry import Polygon

from geodata.array_types import Float64s
from sweep.made_up.places.city_projection import district_of
from sweep.made_up.places.streets import ARTERIAL, SECONDARY, StreetNet
from sweep.made_up.settings.city import SyntheticCitySettings

# Half the width between building lines, metres.
HALF_WIDTH_M = {ARTERIAL: 20.0, SECONDARY: 14.0}
BETWEEN_TOWERS_M = 10.0
N_TRIES = 2_000


@dataclass(frozen=True, slots=True)
class Shape:
    """Footprint of a tower: x along the street, y away from the street, origin at the middle of the front."""

    width_m: float
    depth_m: float
    notch_m: tuple[float, float]
    """Width and depth of the missing back corner of an L-shape, (0, 0) for a rectangle."""

    def polygon(self) -> Polygon:
        """Return the outline in metres, starting at the middle of the front, where the main entrance is."""
        half, depth = self.width_m / 2, self.depth_m
        cut, back = self.notch_m
        corners = [(0.0, 0.0), (half, 0.0), (half, depth - back), (half - cut, depth - back), (half - cut, depth)]
        if cut == 0.0:
            corners = [(0.0, 0.0), (half, 0.0), (half, depth)]
        return Polygon([*corners, (-half, depth), (-half, 0.0)])


@dataclass(frozen=True, slots=True)
class Plot:
    """Outline of a tower on the map, and its position along a street."""

    outline: Polygon
    """Outline in metres; the first point is the main entrance."""
    piece: int
    """Index of the street piece that the tower faces."""
    along_m: float
    """Distance from the start of the piece to the middle of the tower's front, metres along the street."""
    side: int
    """1: left of the street piece from start to end, -1: right."""


class SiteMap:
    """Map on which towers are placed: the streets, from which they keep a distance, and the towers built so far."""

    def __init__(self, net: StreetNet) -> None:
        ends = np.array([[p.start, p.end] for p in net.pieces])
        self.start_m: Float64s = net.nodes_m[ends[:, 0]]
        self.end_m: Float64s = net.nodes_m[ends[:, 1]]
        self.half_width_m = np.array([HALF_WIDTH_M.get(p.highway, 7.0) for p in net.pieces])
        self.middle_m: Float64s = (self.start_m + self.end_m) / 2
        self.length_m = np.hypot(*(self.end_m - self.start_m).T)
        self._lines = np.asarray(linestrings(np.stack([self.start_m, self.end_m], axis=1)))
        self._tree = STRtree(self._lines)
        self._built: dict[tuple[int, int], list[Polygon]] = defaultdict(list)

    def is_free(self, outline: Polygon, also: list[Plot]) -> bool:
        """Return whether an outline keeps the required distance from every street, every tower and the plots `also`."""
        reach = max(HALF_WIDTH_M.values())
        near = self._tree.query(box(*_grown(outline.bounds, reach)))
        if np.any(distance(self._lines[near], outline) < self.half_width_m[near]):
            return False
        towers = [tower for cell in self._cells(outline) for tower in self._built[cell]]
        towers += [plot.outline for plot in also]
        return not towers or bool(np.min(distance(np.array(towers), outline)) >= BETWEEN_TOWERS_M)

    def build(self, outline: Polygon) -> None:
        """Record a tower with this outline, so that its land is no longer free."""
        for cell in self._cells(outline):
            self._built[cell].append(outline)

    @staticmethod
    def _cells(outline: Polygon) -> list[tuple[int, int]]:
        west, south, east, north = (int(v // 100) for v in _grown(outline.bounds, BETWEEN_TOWERS_M))
        return [(x, y) for x in range(west, east + 1) for y in range(south, north + 1)]


def _grown(bounds: tuple[float, float, float, float], by_m: float) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    return west - by_m, south - by_m, east + by_m, north + by_m


def place_site(ground: SiteMap, chances: Float64s, shapes: list[Shape], rng: np.random.Generator) -> list[Plot]:
    """
    Place the towers of one site side by side along one street, and return their plots.

    After each third tower a new row begins.

    Parameters
    ----------
    ground
        Land in which the towers are recorded as built.
    chances
        Relative probability that the site faces each street piece, shape (n_pieces,).
    shapes
        Footprint of each tower of the site.

    Raises
    ------
    ValueError
        If no free land is found: the city is too small for its buildings.
    """
    pieces = rng.choice(len(chances), size=N_TRIES, p=chances / chances.sum())
    for piece in pieces:
        plots = _try_piece(ground, int(piece), shapes, rng)
        if plots:
            for plot in plots:
                ground.build(plot.outline)
            return plots
    raise ValueError(f"no room for {len(shapes)} towers after {N_TRIES} tries: fewer buildings or wider quarters")


def _try_piece(ground: SiteMap, piece: int, shapes: list[Shape], rng: np.random.Generator) -> list[Plot]:
    side = 1 if rng.random() < 0.5 else -1
    along_m = float(rng.uniform(0.1, 0.9)) * float(ground.length_m[piece])
    setback_m = float(ground.half_width_m[piece]) + float(rng.uniform(3.0, 12.0))
    tilt = float(rng.normal(0.0, 0.02))
    pitch_m = max(shape.width_m for shape in shapes) + float(rng.uniform(15.0, 30.0))
    row_m = max(shape.depth_m for shape in shapes) + 20.0
    plots: list[Plot] = []
    for k, shape in enumerate(shapes):
        here_m, back_m = along_m + (k % 3) * pitch_m, setback_m + (k // 3) * row_m
        outline = _put(ground, piece, side, here_m, back_m, tilt, shape)
        if not ground.is_free(outline, plots):
            return []
        plots.append(Plot(outline, piece, here_m, side))
    return plots


def _put(ground: SiteMap, piece: int, side: int, along_m: float, back_m: float, tilt: float, shape: Shape) -> Polygon:
    run = (ground.end_m[piece] - ground.start_m[piece]) / ground.length_m[piece]
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    along, away = turn @ run, turn @ (np.array([-run[1], run[0]]) * side)
    x, y = ground.start_m[piece] + run * along_m + np.array([-run[1], run[0]]) * side * back_m
    return affine_transform(shape.polygon(), [along[0], away[0], along[1], away[1], x, y])


def quarter_centres(
    settings: SyntheticCitySettings, net: StreetNet, rng: np.random.Generator
) -> tuple[Float64s, list[int]]:
    """
    Return centres of business quarters, metres from the city's centre, shape (n, 2), and the district index of each.

    ValueError if a district has no space for its quarters.
    """
    candidates = net.nodes_m[sorted({p.start for p in net.pieces if p.highway == ARTERIAL})]
    home = district_of(settings.districts, candidates)
    centres: list[Float64s] = []
    districts = []
    for index, district in enumerate(settings.districts):
        own = candidates[home == index]
        own = own[np.hypot(own[:, 0] - district.x_m, own[:, 1] - district.y_m) < 2_200.0]
        for _ in range(district.n_quarters):
            gaps = [np.hypot(*(own - centre).T) for centre in centres]
            far = own[np.min(gaps, axis=0) > 1_500.0] if gaps else own
            if len(far) == 0:
                raise ValueError(f"no room for {district.n_quarters} business quarters in district {district.code}")
            centres.append(far[int(rng.integers(len(far)))])
            districts.append(index)
    return np.array(centres), districts
