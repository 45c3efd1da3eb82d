"""plan.gpkg: the plan as layers that QGIS and other desktop maps open."""

from __future__ import annotations

import errno
import os
import warnings
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyogrio

from geodata.datum.names import WGS84, Datum
from geodata.schema import CRS
from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.exports.layers import plan_layers
from sweep.publish.exports.qgis_styles import TABLE, layer_styles

# A GeoPackage holds the time it was written, so the plan's day stands there; and GDAL would build the index of its
# first layer in a thread where it finds a second core.
_SAME_BYTES = {"OGR_GPKG_ALLOW_THREADED_RTREE": "NO", "OGR_GPKG_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1"}
# A half-written file is thrown away with all that was written beside it, so no layer need be on the disk before the
# next: a fifth of the time.
_AT_ONCE = {"OGR_SQLITE_SYNCHRONOUS": "OFF", "OGR_SQLITE_JOURNAL": "OFF"}

_ALIAS = b"GDAL:OGR:alternative_name"


def write_geopackage(edition: Edition, path: Path, texts: Texts, datum: Datum = WGS84) -> None:
    """
    Write the layers of a plan from streets to stops, their styles, and the names of their columns as QGIS shows them.

    Parameters
    ----------
    edition
        A plan that breaks no rule.
    path
        A file that does not exist yet.
    texts
        The language of the reasons and of the names of columns.
    datum
        What the coordinates are in: EPSG:4326, or one without a code, which the description of each layer names.

    Raises
    ------
    OSError
        If the disk does not take the file.
    """
    pyogrio.set_gdal_config_options(
        {**_SAME_BYTES, **_AT_ONCE, "OGR_CURRENT_DATE": f"{edition.scenario.day.isoformat()}T00:00:00.000Z"}
    )
    try:
        layers = plan_layers(edition, texts)
        for name, layer in layers.items():
            _add(path, name, layer, texts, datum)
        styles = layer_styles(edition, list(layers))
        pyogrio.write_dataframe(styles, path, layer=TABLE, driver="GPKG", layer_options={"FID": "id"})
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        # The plan is sound, so it is the disk: most often full, whatever the library calls it.
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path)) from error
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys((*_SAME_BYTES, *_AT_ONCE, "OGR_CURRENT_DATE")))


def _add(path: Path, name: str, layer: gpd.GeoDataFrame, texts: Texts, datum: Datum) -> None:
    table = pa.table(layer.to_arrow(index=False, geometry_encoding="WKB"))
    fields = [_typed(field).with_metadata(_named(field, texts)) for field in table.schema]
    kinds = set(layer.geom_type)
    with warnings.catch_warnings():
        # A shifted datum has no code, and a layer without one is what the standard calls undefined.
        warnings.filterwarnings("ignore", "'crs' was not provided")
        pyogrio.write_arrow(
            table.cast(pa.schema(fields)),
            path,
            layer=name,
            driver="GPKG",
            geometry_name="geometry",
            geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
            crs=CRS if datum == WGS84 else None,
            append=path.exists(),
            layer_options={"GEOMETRY_NAME": "geom", "DESCRIPTION": datum.name.upper()},
        )


def _typed(field: pa.Field) -> pa.Field:
    """A column of nothing but missing values has no type of its own in Arrow, and is text in the file."""
    return field.with_type(pa.string()) if pa.types.is_null(field.type) else field


def _named(field: pa.Field, texts: Texts) -> dict[bytes, bytes]:
    """What an Arrow field says of itself, with the name that GDAL puts into `gpkg_data_columns`."""
    key = f"export.field.{field.name}"
    alias = {_ALIAS: texts(key).encode()} if key in texts else {}
    return {**(field.metadata or {}), **alias}
