"""folium elements that make up the map of a plan; each can be added to any folium map."""

from collections.abc import Callable, Sized
from functools import cache
from importlib import resources
from typing import ClassVar, cast

import folium
from branca.element import Figure
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template
from folium.utilities import get_obj_in_upper_tree

from geodata.message_catalogue import Texts, load_texts
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.map.inline_leaflet import Verbatim, tile_ground
from sweep.publish.map.layer_data import (
    building_content,
    cluster_content,
    ground_content,
    plan_bounds,
    route_content,
    shared_content,
    unserved_content,
    unserved_reasons,
    value_legend,
)
from sweep.publish.page.escape import json_for_script
from sweep.publish.page.render_pages import render_part, static_text
from sweep.publish.page.team_colours import REASON_COLOURS

_PARTS = {"scene": "sceneOf(map, id)", "panel": "startPanel()", "times": "startTimes()"}
"""Folders of the map's script, each compiled into one function; panel and time slider see the names of the scene."""

_CONTENTS: dict[str, Callable[[Edition, Texts], object]] = {
    "ground": lambda edition, _: ground_content(edition),
    "buildings": lambda edition, _: building_content(edition),
    "clusters": cluster_content,
    "routes": route_content,
    "unserved": unserved_content,
}
_ENTRY = """const scenes = new Map();
window.sweepMap = function (map, id) {
  if (!scenes.has(map)) scenes.set(map, {});
  const own = scenes.get(map);
  return own[id] || (own[id] = sceneOf(map, id));
};
"""


class PlanElement(JSCSSMixin):
    """
    Element of a folium map with its script, styles and data inlined, so that the page loads nothing.

    Elements of one plan share the data of its buildings. They may be added in any order.

    Parameters
    ----------
    edition
        The plan: `sweep.Plan.edition`.
    texts
        Texts of the page; None: in the language of the scenario.
    """

    part: ClassVar[str] = ""
    """Name of the element's own style sheet and part of the script; empty if it has none."""

    def __init__(self, edition: Edition, texts: Texts | None = None, **options: object) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._name = type(self).__name__
        self.edition, self.texts = edition, texts or load_texts(edition.scenario.lang)
        self.shared_id = f"plan-{edition.plan_id}"

    @property
    def scene(self) -> str:
        """Expression in the page's script for the object that draws all layers of one plan."""
        page_map = get_obj_in_upper_tree(self, folium.Map)
        return f"sweepMap({page_map.get_name()}, {json_for_script(self.shared_id)})"

    def render(self, **kwargs: object) -> str:
        """Add the element to the page, preceded by script, styles and data that the page lacks; return no text."""
        figure = cast(Figure, self.get_root())
        for name in filter(None, ("layers", self.part)):
            figure.header.add_child(Verbatim(f"<style>{static_text(f'map/{name}.css')}</style>"), name=f"sweep_{name}")
        figure.header.add_child(Verbatim(f"<script>{map_script()}</script>"), name="sweep_map")
        if self.shared_id not in figure.html._children:
            figure.html.add_child(_data(self.shared_id, shared_content(self.edition, self.texts)), name=self.shared_id)
        return super().render(**kwargs) or ""  # type: ignore[no-untyped-call]


class PlanLayer(PlanElement, Layer):
    """
    Layer of the map, which folium's `LayerControl` can switch on and off.

    Parameters
    ----------
    name
        Name in the control; default: from the catalogue.
    show
        Whether the layer is visible at first.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    """Catalogue key of the layer's name; `kind`: key of its data, which the page's script draws."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = {{ this.scene }}.layer({{ this.kind|tojson }}, {{ this.data_id|tojson }});
        {% endmacro %}
    """)

    def __init__(
        self, edition: Edition, texts: Texts | None = None, name: str | None = None, show: bool = True
    ) -> None:
        texts = texts or load_texts(edition.scenario.lang)
        sizes: dict[str, Sized] = {
            "buildings": edition.ranking,
            "clusters": edition.clusters,
            "unserved": edition.plan.unserved,
        }
        name = name or texts(self.title, n=len(sizes.get(self.kind, ())))
        super().__init__(edition, texts, name=name, overlay=True, show=show)

    @property
    def data_id(self) -> str:
        """Id of the page's element that holds the data of the layer."""
        return f"{self.get_name()}_data"

    def render(self, **kwargs: object) -> str:
        """Add the layer's data, then the layer, to the page; called by folium, as is `PlanElement.render`."""
        content = _CONTENTS[self.kind](self.edition, self.texts)
        cast(Figure, self.get_root()).html.add_child(_data(self.data_id, content), name=self.data_id)
        return super().render(**kwargs)

    def _get_self_bounds(self) -> list[list[float | None]]:
        return [[*corner] for corner in plan_bounds(self.edition)]


class CityGround(PlanLayer):
    """Background layer: streets with their names, water, and borders of districts."""

    kind, title = "ground", "map.group.base"


class RankedBuildings(PlanLayer):
    """Layer of buildings, coloured by value per team-hour."""

    kind, title = "buildings", "map.layer.buildings"


class LeadClusters(PlanLayer):
    """Layer of clusters with their ranks, and the number of leads at each building."""

    kind, title = "clusters", "map.layer.clusters"


class TeamRoutes(PlanLayer):
    """Layer of the teams' routes and numbered stops, their bases, and groups of linked visits."""

    kind, title = "routes", "map.group.teams"


class UnservedVisits(PlanLayer):
    """Layer of visits that no team makes, each coloured by the first of its reasons."""

    kind, title = "unserved", "map.layer.unserved"


class _Control(PlanElement):
    """Element of the page that is not a map layer, such as a panel; it comes before the map in the HTML."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            {{ this.scene }}.start({{ this.part|tojson }});
        {% endmacro %}
    """)

    def render(self, **kwargs: object) -> str:
        markup = render_part(
            f"map/{self.part}.html.j2",
            self.texts,
            edition=self.edition,
            teams=team_facts(self.edition),
            legend=value_legend(self.edition),
            reasons=unserved_reasons(self.edition, self.texts),
            reason_colours=REASON_COLOURS,
            n_leads=int(self.edition.ranking["n_leads"].sum()),
            datum=tile_ground(self.edition).datum,
        )
        cast(Figure, self.get_root()).html.add_child(Verbatim(markup), name=self.get_name(), index=0)
        return super().render(**kwargs)


class TimeSlider(_Control):
    """Slider of the time of day, which moves the teams of `TeamRoutes` along their routes."""

    part = "times"


class PlanPanel(_Control):
    """Panel next to the map: search, legend, layer switches, tools and scale; it also zooms to the plan at first."""

    part = "panel"


@cache
def map_script() -> str:
    """Return the script of all map elements; its function `sweepMap` returns the object that draws the layers."""
    folder = resources.files("sweep.publish.map") / "script"
    codes = {}
    for part in _PARTS:
        files = sorted((p for p in (folder / part).iterdir() if p.name.endswith(".js")), key=lambda p: p.name)
        codes[part] = "\n".join(file.read_text(encoding="utf-8") for file in files)
    inner = "".join(f"function {_PARTS[part]} {{\n{codes[part]}}}\n" for part in ("times", "panel"))
    return f'(function () {{\n"use strict";\nfunction {_PARTS["scene"]} {{\n{codes["scene"]}{inner}}}\n{_ENTRY}}})();\n'


def _data(data_id: str, content: object) -> Verbatim:
    return Verbatim(f'<script type="application/json" id="{data_id}">{json_for_script(content)}</script>')
