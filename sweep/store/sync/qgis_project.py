"""QGIS project with styles in the store; it shows the data visible to the reader's login."""

import io
import zipfile
from xml.etree.ElementTree import Element, SubElement, tostring

from psycopg import sql
from sqlalchemy.engine import make_url

from geodata.message_catalogue import Texts
from sweep.publish.page.team_colours import NOT_REACHED, VALUE_SCALE

PROJECT = "sweep"
_LAYERS = (("building", VALUE_SCALE[-1], "Polygon"), ("lead", NOT_REACHED, "Point"))


def project_sql(database: str, url: str, texts: Texts) -> str:
    """Return SQL that replaces the QGIS project and its styles; layers use host and port of the store's `url`."""
    made = ["DELETE FROM sweep.layer_styles WHERE owner = 'sweep';"]
    for name, colour, kind in _LAYERS:
        style = sql.SQL(
            "INSERT INTO sweep.layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
            "stylename, styleqml, useasdefault, owner) "
            "VALUES (current_database(), 'sweep', {name}, 'geom', {name}, CAST({qml} AS xml), true, 'sweep');"
        )
        made.append(style.format(name=sql.Literal(name), qml=sql.Literal(_style(colour, kind))).as_string())
    stored = sql.SQL(
        "INSERT INTO sweep.qgis_projects (name, metadata, content) "
        """VALUES ({}, '{{"last_modified_user": "sweep"}}', {}) """
        "ON CONFLICT (name) DO UPDATE SET content = excluded.content, metadata = excluded.metadata;"
    )
    made.append(stored.format(PROJECT, project(database, url, texts)).as_string())
    return "\n".join(made) + "\n"


def project(database: str, url: str, texts: Texts) -> bytes:
    """Return a QGIS project archive (.qgz) with a layer for each geometry view of the store; it contains no login."""
    root = Element("qgis", projectname=PROJECT, version="3.40")
    # A layer outside the layer tree is never shown; the last one is at the bottom.
    tree, layers = SubElement(root, "layer-tree-group"), SubElement(root, "projectlayers")
    for name, colour, kind in reversed(_LAYERS):
        layer_id, title = f"sweep_{name}", texts(f"store.layer.{name}")
        own = {"id": layer_id, "name": title, "providerKey": "postgres", "checked": "Qt::Checked", "expanded": "1"}
        SubElement(tree, "layer-tree-layer", own)
        layer = SubElement(layers, "maplayer", type="vector", geometry=kind)
        SubElement(layer, "id").text = layer_id
        SubElement(layer, "layername").text = title
        SubElement(SubElement(SubElement(layer, "srs"), "spatialrefsys"), "authid").text = "EPSG:4326"
        SubElement(layer, "provider", encoding="UTF-8").text = "postgres"
        where = f"dbname='{database}'{_host(url)} key='scenario,name,division,n' srid=4326"
        shape = "Point" if kind == "Point" else "MultiPolygon"
        SubElement(layer, "datasource").text = f'{where} type={shape} table="sweep"."{name}" (geom)'
        layer.append(_renderer(colour, kind))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # Fixed time of the archive's members, so that equal projects have equal bytes.
        archive.writestr(zipfile.ZipInfo(f"{PROJECT}.qgs", (2026, 1, 1, 0, 0, 0)), tostring(root, encoding="unicode"))
    return out.getvalue()


def _host(url: str) -> str:
    made = make_url(url)
    host = made.host or made.query.get("host")
    # A socket exists on this machine only: elsewhere the user sets PGHOST.
    is_named = isinstance(host, str) and not host.startswith("/")
    return (f" host={host}" if is_named else "") + (f" port={made.port}" if made.port else "")


def _style(colour: str, kind: str) -> str:
    root = Element("qgis", version="3.40", styleCategories="Symbology")
    root.append(_renderer(colour, kind))
    return tostring(root, encoding="unicode")


def _renderer(colour: str, kind: str) -> Element:
    mark = "marker" if kind == "Point" else "fill"
    layer = "SimpleMarker" if kind == "Point" else "SimpleFill"
    renderer = Element("renderer-v2", type="singleSymbol")
    symbol = SubElement(SubElement(renderer, "symbols"), "symbol", type=mark, name="0", alpha="0.8")
    options = SubElement(SubElement(symbol, "layer", {"class": layer, "enabled": "1"}), "Option", type="Map")
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    SubElement(options, "Option", name="color", type="QString", value=f"{red},{green},{blue},255")
    return renderer
