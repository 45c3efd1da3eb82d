"""Every file of an edition, in the order in which a reader wants them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """One file of an edition, or the files of one kind."""

    name: str
    """Path in the edition's folder; `<id>` stands for the id of a team."""
    key: str
    """Name in the catalogue: `output.<key>.for` says who reads it, `output.<key>.is` what it holds."""


OUTPUTS = (
    Output("map.html", "map"),
    Output("teams/<id>.html", "order"),
    Output("report.html", "report"),
    Output("plan.json", "plan"),
    Output("buildings.csv", "buildings"),
    Output("clusters.csv", "clusters"),
    Output("coverage.csv", "coverage"),
    Output("unserved.csv", "unserved"),
    Output("unmatched.csv", "unmatched"),
    Output("quarantine.csv", "quarantine"),
    Output("draw.csv", "draw"),
    Output("draw_firms.csv", "draw_firms"),
    Output("draw_officers.csv", "draw_officers"),
    Output("prevalence.csv", "prevalence"),
    Output("concentration.csv", "concentration"),
    Output("plan.gpkg", "geopackage"),
    Output("problem.json", "problem"),
    Output("edition.json", "edition"),
    Output("manifest.json", "manifest"),
)
"""Files of a plan that breaks no rule; `problem.json` is left out where it would outweigh the rest."""

OUTPUTS_OF_BROKEN = (
    Output("plan.json", "plan"),
    Output("violations.csv", "violations"),
    Output("manifest.json", "manifest"),
)
"""Files of a plan that breaks a rule: nothing that could pass for an order."""
