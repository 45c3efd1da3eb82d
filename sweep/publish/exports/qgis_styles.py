"""QGIS styles of a GeoPackage, stored in its table `layer_styles`, which QGIS applies on opening a layer."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, tostring

import pandas as pd

from sweep.publish.edition import Edition
from sweep.publish.exports.kml_gpx import element
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.page.team_colours import NOT_REACHED, VALUE_SCALE, ink_on, value_breaks

TABLE = "layer_styles"
_STREET_CLASSES = (
    ("#c9c4b8", "1.0", ("motorway", "trunk", "primary")),
    ("#d8d4ca", "0.7", ("secondary", "tertiary")),
    ("#e6e3dc", "0.4", ()),
)


def layer_styles(edition: Edition, names: Sequence[str]) -> pd.DataFrame:
    """Return the table `layer_styles` for the named layers, as QGIS writes it; the geometry column is `geom`."""
    styles = {
        "streets": _streets(),
        "buildings": _buildings([float(v) for v in edition.ranking["value"]]),
        "cluster_outlines": _cluster_outlines(),
        "clusters": _circle_markers({"": ("#ffffff", "#3b4a5a")}, "", "5", '"rank"'),
        "routes": _routes({t.letter: (t.colour, t.dash) for t in team_facts(edition)}),
        "bases": _circle_markers({"": ("#1c2733", "#ffffff")}, "", "4", ""),
        "stops": _circle_markers(
            {t.letter: (t.colour, "#ffffff") for t in team_facts(edition)}, "letter", "5.2", '"letter" || "number"'
        ),
        "unserved": _circle_markers({"": (NOT_REACHED, "#3b4a5a")}, "", "3", ""),
    }
    return pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": list(names),
            "f_geometry_column": "geom",
            "styleName": list(names),
            "styleQML": [_qml(styles[name]) for name in names],
            "styleSLD": "",
            "useAsDefault": True,
            "description": "",
            "owner": "sweep",
            "ui": "",
            "update_time": pd.Timestamp(edition.scenario.day),
        }
    )


def _qml(parts: Sequence[Element]) -> str:
    root = Element("qgis", version="3.22.0", styleCategories="Symbology|Labeling")
    root.extend(parts)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(root, encoding="unicode")


def _symbol(parent: Element, name: str, kind: str, layer: str, options: Mapping[str, str]) -> None:
    symbol = element(parent, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    inside = element(symbol, "layer", enabled="1", locked="0", **{"class": layer, "pass": "0"})
    values = element(inside, "Option", type="Map")
    for key, value in options.items():
        element(values, "Option", name=key, value=value, type="QString")


def _qgis_colour(code: str) -> str:
    return ",".join(str(int(code[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


def _line_symbol(parent: Element, name: str, colour: str, width: str, dash: str = "") -> None:
    options = {
        "line_color": _qgis_colour(colour),
        "line_width": width,
        "line_width_unit": "MM",
        "line_style": "solid",
        "capstyle": "round",
        "joinstyle": "round",
    }
    if dash:
        on, off = (float(x) / 3 for x in dash.split())
        options |= {"use_custom_dash": "1", "customdash": f"{on:.2f};{off:.2f}", "customdash_unit": "MM"}
    _symbol(parent, name, "line", "SimpleLine", options)


def _streets() -> list[Element]:
    renderer = Element("renderer-v2", type="RuleRenderer", forceraster="0", symbollevels="0", enableorderby="0")
    rules, symbols = element(renderer, "rules", key="streets"), element(renderer, "symbols")
    for place, (colour, width, highways) in enumerate(_STREET_CLASSES):
        inside = ", ".join(f"'{h}', '{h}_link'" for h in highways)
        chosen = {"filter": f'"highway" IN ({inside})'} if highways else {"filter": "ELSE"}
        element(rules, "rule", key=f"streets-{place}", symbol=str(place), **chosen)
        _line_symbol(symbols, str(place), colour, width)
    return [renderer]


def _routes(colours: Mapping[str, tuple[str, str]]) -> list[Element]:
    renderer = _categories("letter", list(colours))
    symbols = element(renderer, "symbols")
    for place, (colour, dash) in enumerate(colours.values()):
        _line_symbol(symbols, str(place), colour, "0.9", dash)
    return [renderer]


def _categories(attribute: str, values: Sequence[str]) -> Element:
    renderer = Element("renderer-v2", type="categorizedSymbol", attr=attribute, forceraster="0", symbollevels="0")
    categories = element(renderer, "categories")
    for place, value in enumerate(values):
        element(categories, "category", value=value, label=value, symbol=str(place), render="true", type="string")
    return renderer


def _buildings(values: Sequence[float]) -> list[Element]:
    breaks = value_breaks(values)
    bounds = [min(values, default=0.0), *breaks, max(values, default=1.0)]
    colours = VALUE_SCALE[len(VALUE_SCALE) - 1 - len(breaks) :]
    renderer = Element("renderer-v2", type="graduatedSymbol", attr="value", graduatedMethod="GraduatedColor")
    ranges, symbols = element(renderer, "ranges"), element(renderer, "symbols")
    for place, colour in enumerate(colours):
        low, high = f"{bounds[place]:.9f}", f"{bounds[place + 1]:.9f}"
        label = f"{bounds[place]:.4f} - {bounds[place + 1]:.4f}"
        element(ranges, "range", lower=low, upper=high, label=label, symbol=str(place), render="true")
        options = {"color": _qgis_colour(colour), "style": "solid", "outline_color": _qgis_colour("#8a8f94")}
        options |= {"outline_style": "solid", "outline_width": "0.15", "outline_width_unit": "MM"}
        _symbol(symbols, str(place), "fill", "SimpleFill", options)
    return [renderer]


def _cluster_outlines() -> list[Element]:
    renderer = Element("renderer-v2", type="singleSymbol", forceraster="0", symbollevels="0", enableorderby="0")
    options = {"style": "no", "outline_color": _qgis_colour("#3b4a5a"), "outline_style": "dash"}
    options |= {"outline_width": "0.5", "outline_width_unit": "MM"}
    _symbol(element(renderer, "symbols"), "0", "fill", "SimpleFill", options)
    return [renderer]


def _circle_markers(colours: Mapping[str, tuple[str, str]], attribute: str, size: str, label: str) -> list[Element]:
    """
    Return the QGIS style of circle markers of this `size` (mm); `label`: QGIS expression of a marker's text, or empty.

    `colours`: (fill, edge) by value of the layer's column `attribute`; if `attribute` is empty, one pair for all
    markers.
    """
    if attribute:
        renderer = _categories(attribute, list(colours))
    else:
        renderer = Element("renderer-v2", type="singleSymbol", forceraster="0", symbollevels="0", enableorderby="0")
    symbols = element(renderer, "symbols")
    for place, (colour, edge) in enumerate(colours.values()):
        options = {"name": "circle", "color": _qgis_colour(colour), "outline_color": _qgis_colour(edge), "size": size}
        options |= {"size_unit": "MM", "outline_style": "solid", "outline_width": "0.3", "outline_width_unit": "MM"}
        _symbol(symbols, str(place), "marker", "SimpleMarker", options)
    return [renderer, _marker_labels(label, colours)] if label else [renderer]


def _marker_labels(expression: str, colours: Mapping[str, tuple[str, str]]) -> Element:
    """Return the style of marker texts (`expression`); with several `colours` (fill, edge), white with a dark rim."""
    several = len(colours) > 1
    ink = "#ffffff" if several else ink_on(next(iter(colours.values()))[0])
    labeling = Element("labeling", type="simple")
    settings = element(labeling, "settings", calloutType="simple")
    text = {
        "fieldName": expression,
        "isExpression": "1",
        "fontSize": "8",
        "fontWeight": "75",
        "textColor": _qgis_colour(ink),
    }
    style = element(settings, "text-style", fontSizeUnit="Point", textOpacity="1", **text)
    rim = {"bufferDraw": "1", "bufferSize": "0.6", "bufferSizeUnits": "MM", "bufferColor": _qgis_colour("#1c2733")}
    element(style, "text-buffer", **(rim if several else {"bufferDraw": "0"}))
    # 1: over the point, and every label is drawn.
    element(settings, "placement", placement="1", quadOffset="4", xOffset="0", yOffset="0")
    element(settings, "rendering", drawLabels="1", obstacle="0", displayAll="1")
    return labeling
