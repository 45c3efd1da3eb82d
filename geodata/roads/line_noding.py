"""Noding of a line table: nodes where lines meet, cross or nearly meet; written as an OpenStreetMap file."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import platformdirs
import shapely
from numpy.typing import NDArray
from osmium.osm.mutable import Node, Way

from geodata.array_types import Float64s, Int64s
from geodata.atomic_writes import change
from geodata.datum.convert import metre_crs
from geodata.schema import CRS

# Increase with every change of the output for the same table.
_VERSION = 3
# Hand-digitised ends closer than this to another line are connected to it.
_SNAP_M = 1.0
_TOUCH_M = 0.05


@dataclass(frozen=True, eq=False)
class NodedLines:
    """Street lines that share a node at every point where a turn from one line into another is possible."""

    streets: gpd.GeoDataFrame
    """`geodata.schema.STREET_LINES`, one row for each single line, with a vertex at each node."""
    nodes: Float64s
    """Longitude and latitude of each node (distinct vertex), shape (n, 2)."""
    ways: tuple[Int64s, ...]
    """Indices into `nodes` along each row of `streets`."""


def node_lines(streets: gpd.GeoDataFrame) -> NodedLines:
    """
    Return the lines with nodes where lines of one `level` meet or cross, or where a line ends within 1 m of another.

    Lines at ground level also get nodes where they cross themselves. `streets`: `geodata.schema.STREET_LINES`.
    """
    single = streets.explode(index_parts=False).reset_index(drop=True)
    bounds = single.bounds
    crs = metre_crs(np.asarray(bounds["minx"]), np.asarray(bounds["miny"]))
    lines = np.asarray(single.geometry.to_crs(crs).values)
    cut = _with_vertices(lines, _meetings(lines, single["level"].to_numpy()))
    shapes = gpd.GeoSeries(cut, crs=crs).to_crs(CRS)
    nodes, ids, owner = nodes_of(np.asarray(shapes.values))
    # Vertices of a line that round to one node are merged.
    is_new = np.ones(len(ids), dtype=np.bool_)
    is_new[1:] = (ids[1:] != ids[:-1]) | (owner[1:] != owner[:-1])
    ids, owner = ids[is_new], owner[is_new]
    ways = np.split(ids, np.flatnonzero(np.diff(owner)) + 1)
    long = [i for i, way in enumerate(ways) if len(way) > 1]
    table = gpd.GeoDataFrame(single.set_geometry(shapes).iloc[long].reset_index(drop=True))
    return NodedLines(table, nodes, tuple(ways[i] for i in long))


def _meetings(lines: NDArray[np.object_], level: Int64s) -> tuple[Int64s, Float64s, Float64s]:
    """Return the vertices where lines meet: line index (n,), point (n, 2), and metres along the line (n,)."""
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="intersects")
    is_pair = (first < second) & (level[first] == level[second])
    first, second = first[is_pair], second[is_pair]
    xy, pair = shapely.get_coordinates(shapely.intersection(lines[first], lines[second]), return_index=True)
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    end, near = tree.query(ends, predicate="dwithin", distance=_SNAP_M)
    own = end % len(lines)
    # The ends of a bridge are on the ground: they connect to lines of any level that they touch.
    is_touching = shapely.distance(ends[end], lines[near]) <= _TOUCH_M
    is_other = (own != near) & ((level[own] == level[near]) | is_touching)
    end_xy = shapely.get_coordinates(ends[end[is_other]])
    where, at = np.concatenate([first[pair], second[pair], near[is_other]]), np.concatenate([xy, xy, end_xy])
    others = where, at, shapely.line_locate_point(lines[where], shapely.points(at))
    own_ends = _with_itself(lines, is_start=True), _with_itself(lines, is_start=False)
    # A bridge that crosses itself is a spiral ramp.
    eights = [_across_itself(lines[i], i) for i in np.flatnonzero((level == 0) & ~shapely.is_simple(lines)).tolist()]
    where, at, along = (np.concatenate(parts) for parts in zip(others, *own_ends, *eights, strict=True))
    return where, at, along


def _across_itself(line: shapely.LineString, own: int) -> tuple[Int64s, Float64s, Float64s]:
    """Return line index, point and metres along the line of each vertex where line number `own` crosses itself."""
    corners = shapely.get_coordinates(line)
    steps = np.asarray(shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1)))
    first, second = shapely.STRtree(steps).query(steps, predicate="intersects")
    # Adjacent segments share a corner.
    is_pair = first + 1 < second
    first, second = first[is_pair], second[is_pair]
    xy, pair = shapely.get_coordinates(shapely.intersection(steps[first], steps[second]), return_index=True)
    step, at = np.concatenate([first[pair], second[pair]]), np.concatenate([xy, xy])
    before = np.concatenate([[0.0], np.cumsum(shapely.length(steps))])
    return np.full(len(at), own), at, before[step] + np.hypot(*(at - corners[step]).T)


def _with_itself(lines: NDArray[np.object_], *, is_start: bool) -> tuple[Int64s, Float64s, Float64s]:
    """Return vertices, as `_meetings`, where a line touches its own start (`is_start`) or own end: loops in yards."""
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    is_step = owner[1:] == owner[:-1]
    line, a, step = owner[1:][is_step], xy[:-1][is_step], np.diff(xy, axis=0)[is_step]
    length = np.hypot(*step.T)
    before = np.cumsum(length) - length
    end = shapely.get_coordinates(shapely.get_point(lines, 0 if is_start else -1))[line]
    share = np.clip(np.sum((end - a) * step, axis=1) / np.maximum(length, _TOUCH_M) ** 2, 0.0, 1.0)
    along = before - before[np.searchsorted(line, line)] + share * length
    from_end = along if is_start else shapely.length(lines)[line] - along
    # Closer points along the line belong to the end's own segment.
    is_met = (np.hypot(*(a + share[:, None] * step - end).T) <= _SNAP_M) & (from_end > 2 * _SNAP_M)
    return line[is_met], end[is_met], along[is_met]


def _with_vertices(lines: NDArray[np.object_], meetings: tuple[Int64s, Float64s, Float64s]) -> NDArray[np.object_]:
    where, xy, along = meetings
    order = np.argsort(where, kind="stable")
    where, xy, along = where[order], xy[order], along[order]
    out = lines.copy()
    starts = np.searchsorted(where, np.arange(len(lines) + 1))
    for i in np.unique(where).tolist():
        mine = slice(starts[i], starts[i + 1])
        old = shapely.get_coordinates(lines[i])
        at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(old, axis=0).T))])
        # A vertex inserted next to an old one at the same place: both round to one node, or stay 1 m apart.
        merged = np.argsort(np.concatenate([at, along[mine]]), kind="stable")
        out[i] = shapely.LineString(np.concatenate([old, xy[mine]])[merged])
    return out


def lines_file(streets: gpd.GeoDataFrame, cache_dir: Path | None = None) -> Path:
    """
    Return the path of an OpenStreetMap file of `streets`, for the routing engine; written if it is not in the cache.

    `streets`: `geodata.schema.STREET_LINES`; `cache_dir`: folder of the file, None: the user's cache.
    """
    home = cache_dir if cache_dir is not None else Path(platformdirs.user_cache_dir("sweep")) / "lines"
    # Key of the cleaned table, not of the file: other column settings give another network.
    content = hashlib.sha256(streets.to_wkb(hex=True).to_csv(index=False).encode()).hexdigest()
    path = home / f"{content}-{_VERSION}.osm.pbf"
    if not path.is_file():
        with change(home) as made:
            if not path.is_file():  # another process may have been faster
                _write(node_lines(streets), made.at(path))
    return path


def _write(noded: NodedLines, path: Path) -> None:
    header = osmium.io.Header()
    header.set("generator", "sweep geodata.roads")
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for i, place in enumerate(noded.nodes.tolist()):
            writer.add_node(Node(id=i + 1, version=1, location=tuple(place)))
        rows = noded.streets.drop(columns="geometry").to_dict("records")
        for i, (row, way) in enumerate(zip(rows, noded.ways, strict=True)):
            tags = {"highway": row["highway"], "oneway": {1: "yes", -1: "-1", 0: "no"}[row["direction"]]}
            if isinstance(row["street_name"], str):
                tags["name"] = row["street_name"]
            if row["maxspeed_kmh"] == row["maxspeed_kmh"]:
                tags["maxspeed"] = f"{row['maxspeed_kmh']:g}"
            writer.add_way(Way(id=i + 1, version=1, nodes=(way + 1).tolist(), tags=tags))


def nodes_of(lines: NDArray[np.object_]) -> tuple[Float64s, Int64s, Int64s]:
    """
    Return the distinct vertices of lines in WGS-84 degrees, shape (n, 2), ascending.

    Also return, for every vertex of every line in order, shape (m,), the row of its point and the row of its line.
    """
    points, line = shapely.get_coordinates(lines, return_index=True)
    # OpenStreetMap's resolution, a centimetre: lines that share a node share the vertex.
    nodes, node = np.unique(np.round(points, 7), axis=0, return_inverse=True)
    return nodes, node.reshape(-1), line
