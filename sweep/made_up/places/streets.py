"""Street network: a bent lattice of arterials, secondary streets and lanes, with a river, parks and one-way pairs."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.array_types import Bools, Float64s
from sweep.made_up.places.invented_names import LANE_FORMS, STREET_FORMS, STREET_SYLLABLES, invent
from sweep.made_up.random_streams import stream
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.places import StreetSettings

ARTERIAL, SECONDARY, LANE = "primary", "secondary", "residential"
ONEWAY_LANE = "tertiary"


@dataclass(frozen=True, slots=True)
class StreetPiece:
    """Street between two neighbouring crossings; a one-way piece runs in driving direction."""

    line: str
    """Name of the line of streets that contains the piece; pieces of a line follow in the order of `place`."""
    place: int
    """Position of the piece in its line, from 0."""
    start: int
    end: int
    """Indices of the nodes at the piece's ends."""
    name: str
    highway: str
    """Class of the street, as OpenStreetMap's tag `highway`."""
    is_oneway: bool
    maxspeed_kmh: int


@dataclass(frozen=True, slots=True)
class StreetNet:
    """Street network: nodes and the pieces between them; every node with a piece can be reached from all the others."""

    nodes_m: Float64s
    """Coordinates of the nodes, metres, shape (n, 2); some nodes may be in no piece."""
    pieces: tuple[StreetPiece, ...]


def make_streets(settings: SyntheticCitySettings) -> StreetNet:
    """Return the city's street network, drawn at random from the settings and their seed."""
    plan = settings.streets
    rng = stream(settings.seed, "streets")
    nodes = _nodes(plan, rng)
    is_open = _lanes_built(plan, rng)
    pairs = _oneway_lines(plan, rng)
    pieces = [piece for piece in _lattice(plan, pairs) if _is_built(plan, is_open, piece)]
    pieces = _named(plan, rng, [*pieces, *_diagonal(plan)])
    return StreetNet(nodes, _strongly_connected(len(nodes), pieces))


def _node(plan: StreetSettings, column: int, row: int) -> int:
    return row * plan.n_columns + column


def _nodes(plan: StreetSettings, rng: np.random.Generator) -> Float64s:
    column, row = np.meshgrid(np.arange(plan.n_columns), np.arange(plan.n_rows))
    x = (column - (plan.n_columns - 1) / 2) * plan.step_m
    y = (row - (plan.n_rows - 1) / 2) * plan.step_m
    x = x + rng.uniform(-plan.line_shift_m, plan.line_shift_m, plan.n_columns)[column]
    y = y + rng.uniform(-plan.line_shift_m, plan.line_shift_m, plan.n_rows)[row]
    phase = rng.uniform(0.0, 2.0 * np.pi, 4)
    # Wavelengths of 10 to 18 km: long streets swing by some hundred metres, as in old cities.
    bent_x = x + plan.bend_m * (np.sin(y / 1_700 + phase[0]) + np.sin((x + y) / 2_900 + phase[1]))
    bent_y = y + plan.bend_m * (np.sin(x / 1_900 + phase[2]) + np.sin((x - y) / 2_600 + phase[3]))
    turn = np.radians(plan.turn_degrees)
    turned = np.column_stack(
        [
            (bent_x * np.cos(turn) - bent_y * np.sin(turn)).ravel(),
            (bent_x * np.sin(turn) + bent_y * np.cos(turn)).ravel(),
        ]
    )
    return np.asarray(turned + rng.normal(0.0, plan.node_jitter_m, turned.shape))


def _rank_of(plan: StreetSettings, index: int) -> str:
    if index % plan.arterial_every == 0:
        return ARTERIAL
    return SECONDARY if index % plan.arterial_every == plan.arterial_every // 2 else LANE


def _lattice(plan: StreetSettings, oneway: dict[str, int]) -> list[StreetPiece]:
    pieces = []
    for row in range(plan.n_rows):
        nodes = [_node(plan, column, row) for column in range(plan.n_columns)]
        pieces += _street_pieces(f"row {row}", nodes, _rank_of(plan, row), oneway.get(f"row {row}", 0))
    for column in range(plan.n_columns):
        nodes = [_node(plan, column, row) for row in range(plan.n_rows)]
        pieces += _street_pieces(f"column {column}", nodes, _rank_of(plan, column), oneway.get(f"column {column}", 0))
    return pieces


def _street_pieces(line: str, nodes: list[int], highway: str, direction: int) -> list[StreetPiece]:
    """Return the pieces of a street through `nodes`; `direction`: 1: one-way in this order, -1: back, 0: two-way."""
    way = nodes if direction >= 0 else nodes[::-1]
    return [
        StreetPiece(line, place, start, end, "", ONEWAY_LANE if direction else highway, direction != 0, 0)
        for place, (start, end) in enumerate(pairwise(way))
    ]


def _oneway_lines(plan: StreetSettings, rng: np.random.Generator) -> dict[str, int]:
    """Return the direction, 1 or -1, of one-way streets by name; opposite ones enclose a secondary street."""
    kinds = ["row", "column"]
    lines = {}
    for k in range(plan.n_oneway_pairs):
        kind = kinds[k % 2]
        n_lines = plan.n_rows if kind == "row" else plan.n_columns
        block = int(rng.integers(n_lines // 4, n_lines * 3 // 4)) // plan.arterial_every * plan.arterial_every
        lines[f"{kind} {block + 1}"] = 1
        lines[f"{kind} {block + plan.arterial_every - 1}"] = -1
    return lines


def _diagonal(plan: StreetSettings) -> list[StreetPiece]:
    column, row = plan.diagonal_from
    steps = min(plan.diagonal_steps, plan.n_columns - 1 - column, plan.n_rows - 1 - row)
    return _street_pieces("diagonal", [_node(plan, column + k, row + k) for k in range(steps + 1)], ARTERIAL, 0)


def _lanes_built(plan: StreetSettings, rng: np.random.Generator) -> Bools:
    """Return whether lanes east [0] and north [1] of each node are built, shape (2, n_rows, n_columns)."""
    half = plan.arterial_every // 2
    # Lanes run from one larger street to the next, so that few of them end inside a block.
    coarse = rng.random((2, plan.n_rows, plan.n_columns)) < plan.lane_kept_share
    row, column = np.meshgrid(np.arange(plan.n_rows), np.arange(plan.n_columns), indexing="ij")
    return np.stack([coarse[0][row, column // half * half], coarse[1][row // half * half, column]])


def _is_built(plan: StreetSettings, is_open: Bools, piece: StreetPiece) -> bool:
    if piece.highway == ARTERIAL:
        return True
    low, high = sorted((piece.start, piece.end))
    row, column = divmod(low, plan.n_columns)
    if _is_beyond_river(plan, low) != _is_beyond_river(plan, high) or _is_in_park(plan, low, high):
        return False
    return piece.highway != LANE or bool(is_open[0 if high == low + 1 else 1, row, column])


def _is_beyond_river(plan: StreetSettings, node: int) -> bool:
    row, column = divmod(node, plan.n_columns)
    return row > plan.river_row + plan.river_swing_rows * float(np.sin(column / 8.0))


def _is_in_park(plan: StreetSettings, low: int, high: int) -> bool:
    row, column = divmod(low + high, 2 * plan.n_columns)
    block = (column // 2 // plan.arterial_every, row // plan.arterial_every)
    return block in {(3 * k + 3, 2 * k + 1) for k in range(plan.n_parks)}


def _named(plan: StreetSettings, rng: np.random.Generator, pieces: list[StreetPiece]) -> list[StreetPiece]:
    keys = sorted({_name_key(plan, piece) for piece in pieces})
    words = invent(rng, len(keys), STREET_SYLLABLES)
    names, speeds = {}, {}
    for key, word in zip(keys, words, strict=True):
        forms = LANE_FORMS if key[0] == LANE else STREET_FORMS
        form = {"ring": "环路", "diagonal": "大道"}.get(key[1], forms[int(rng.integers(len(forms)))])
        names[key] = word + form
        choice = {ARTERIAL: (plan.arterial_kmh,), SECONDARY: plan.secondary_kmh}.get(key[0], plan.lane_kmh)
        speeds[key] = int(rng.choice(choice))
    named = []
    for piece in pieces:
        key = _name_key(plan, piece)
        highway = ONEWAY_LANE if piece.highway == LANE and speeds[key] == max(plan.lane_kmh) else piece.highway
        named.append(replace(piece, name=names[key], maxspeed_kmh=speeds[key], highway=highway))
    return named


def _name_key(plan: StreetSettings, piece: StreetPiece) -> tuple[str, str, int]:
    """Return a key, equal for pieces of one name: a whole larger street, 2 km of a lane, or the whole ring road."""
    if piece.highway == LANE:
        return LANE, piece.line, piece.place // (2 * plan.arterial_every)
    kind, _, number = piece.line.partition(" ")
    if kind != "diagonal":
        own, other = (plan.ring_rows, plan.ring_columns) if kind == "row" else (plan.ring_columns, plan.ring_rows)
        if int(number) in own and other[0] <= piece.place < other[1]:
            return ARTERIAL, "ring", 0
    return piece.highway, piece.line, 0


def _strongly_connected(n_nodes: int, pieces: list[StreetPiece]) -> tuple[StreetPiece, ...]:
    """Return the pieces of the largest strongly connected component, so that no car is trapped."""
    both = [(p.start, p.end) for p in pieces] + [(p.end, p.start) for p in pieces if not p.is_oneway]
    start, end = np.array(both).T
    graph = coo_array((np.ones(len(both)), (start, end)), shape=(n_nodes, n_nodes))
    _, label = connected_components(graph, directed=True, connection="strong")
    largest = np.bincount(label).argmax()
    return tuple(p for p in pieces if label[p.start] == largest and label[p.end] == largest)
