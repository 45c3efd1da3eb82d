"""comparison.html and comparison.csv of two campaigns: figures, promises, inspected buildings and caps."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from geodata.message_catalogue import Texts
from sweep.campaign.records import NO_CLASS, CampaignRecord, CapPart, PromisePart, SharePart
from sweep.disk.formula_safe_csv import csv_text
from sweep.publish.facts.names_and_reasons import district_name, label
from sweep.publish.page.render_pages import render_page
from sweep.publish.studies.plan_differences import MINUS
from sweep.publish.table_columns import COLUMNS


@dataclass(frozen=True, slots=True)
class Pair:
    """Value of one figure in each of two campaigns; None if a campaign lacks it."""

    first: float | None
    second: float | None

    @property
    def difference(self) -> float | None:
        """Return the second value minus the first; None if either is missing."""
        return None if self.first is None or self.second is None else self.second - self.first


@dataclass(frozen=True, slots=True)
class Table:
    """Comparison of two campaigns by promise, district, credit class or yearly cap."""

    key: str
    """`promises`, `districts`, `classes` or `caps`."""
    columns: tuple[str, ...]
    """Key of each figure; its heading is the text `campaign.col.<key>`, for `p50`, `p90` and `p99` the key itself."""
    rows: tuple[tuple[str, tuple[Pair, ...]], ...]
    """Name of a group, and for each column the pair of the figure in the first and in the second campaign."""


def campaign_figures(*records: CampaignRecord) -> dict[str, tuple[float, ...]]:
    """Return the main figures by key, one value for each of `records`; the text `campaign.fig.<key>` names a figure."""
    return {
        "value": tuple(r.finds.mean if r.finds else r.value for r in records),
        "bound_only": tuple(r.bound for r in records),
        "visits": tuple(float(sum(len(d.visits) for d in r.days)) for r in records),
        "promises": tuple(float(sum(p.n_late for p in r.promises)) for r in records),
        "at_risk_only": tuple(float(sum(p.n_at_risk for p in r.promises)) for r in records),
        "never": tuple(float(sum(s.n_never_so_far for s in r.districts)) for r in records),
        "left_only": tuple(float(len(r.left)) for r in records),
    }


def figure_rows(texts: Texts, *records: CampaignRecord) -> list[tuple[str, ...]]:
    """Return the main figures as table rows: a name, then one number for each campaign."""
    return [
        (texts(f"campaign.fig.{key}"), *(texts.number(x, 2) for x in values))
        for key, values in campaign_figures(*records).items()
    ]


def tables(first: CampaignRecord, second: CampaignRecord, texts: Texts) -> tuple[Table, ...]:
    """Return tables that compare promises, inspected buildings by district and credit class, and yearly caps."""
    names = _district_names((*first.districts, *second.districts), texts)
    return (
        _table("promises", lambda p: promise_name(p, texts), first.promises, second.promises),
        _table("districts", lambda s: names[s.group], first.districts, second.districts),
        _table("classes", lambda s: class_name(s.group, texts), first.classes, second.classes),
        _table("caps", lambda c: _cap_name(c, texts), first.caps, second.caps),
    )


def _district_names(parts: Sequence[SharePart], texts: Texts) -> dict[str, str]:
    """Return the name of each district by code, which is added to a name of several districts, such as 市中区."""
    own = {s.group: s.name for s in parts if s.name}
    names = {s.group: district_name(s.group, own, texts) for s in parts}
    n_of = Counter(names.values())
    return {code: name if n_of[name] == 1 else f"{name} {code}" for code, name in names.items()}


_SHARES = ("n_buildings", "n_looked", "n_planned", "n_never_so_far", "n_never_planned")
# Figures of each table, by field of the record.
_FIGURES: Mapping[str, tuple[str, ...]] = {
    "promises": ("days", "n_buildings", "n_kept", "n_late", "n_at_risk", "p50", "p90", "p99"),
    "districts": _SHARES,
    "classes": _SHARES,
    "caps": ("n_firms", "n_done", "n_planned", "n_left", "n_full"),
}


def _table[P](key: str, name: Callable[[P], str], first: Sequence[P], second: Sequence[P]) -> Table:
    of_first, of_second = ({name(part): part for part in parts} for parts in (first, second))
    rows = []
    for group in {**of_first, **of_second}:
        pair = of_first.get(group), of_second.get(group)
        figures = (Pair(*(getattr(part, field, None) for part in pair)) for field in _FIGURES[key])
        rows.append((group, tuple(figures)))
    keys = {"n_at_risk": "risk", "n_never_so_far": "never"}
    return Table(key, tuple(keys.get(field, field.removeprefix("n_")) for field in _FIGURES[key]), tuple(rows))


def comparison_rows(first: CampaignRecord, second: CampaignRecord, texts: Texts) -> Iterator[tuple[object, ...]]:
    """Yield the rows of comparison.csv: table, group, figure, both values, second minus first."""
    for key, (a, b) in campaign_figures(first, second).items():
        yield "window", "", key, a, b, b - a
    for table in tables(first, second, texts):
        for group, pairs in table.rows:
            for column, pair in zip(table.columns, pairs, strict=True):
                yield table.key, group, column, pair.first, pair.second, pair.difference


def promise_name(promise: PromisePart, texts: Texts) -> str:
    """Return the name of the group of buildings that a promise covers."""
    if promise.key == "all":
        return texts("campaign.promise.all")
    return f"{label(texts, f'campaign.key.{promise.key}', promise.key)} {promise.value}"


def class_name(group: str, texts: Texts) -> str:
    """Return the name of a credit class, given as `group`, in the reader's language."""
    return texts("campaign.no_class") if group == NO_CLASS else group


def _cap_name(cap: CapPart, texts: Texts) -> str:
    agency = label(texts, f"agency.{cap.authority}", cap.authority)
    return f"{cap.year} · {agency} · {class_name(cap.credit_class, texts)}"


def comparison_files(
    first: CampaignRecord, second: CampaignRecord, texts: Texts, places: tuple[str, str] = ("", "")
) -> dict[str, str]:
    """
    Return comparison.html and comparison.csv of two campaigns as texts by file name.

    `places`: text next to each campaign's name, such as its path if both have the same name; empty for no text.
    """
    rows = list(comparison_rows(first, second, texts))
    page = comparison_page(first, second, texts, places)
    return {"comparison.html": page, "comparison.csv": csv_text(COLUMNS["comparison.csv (campaigns)"], rows)}


def comparison_page(
    first: CampaignRecord, second: CampaignRecord, texts: Texts, places: tuple[str, str] = ("", "")
) -> str:
    """Return comparison.html of two campaigns, the first as the reference; `places` as in `comparison_files`."""

    def signed(value: float) -> str:
        return ("+" if value > 0 else MINUS) + texts.number(abs(value), 2)

    return render_page(
        "campaign/pages/campaign_compare.html.j2",
        texts,
        sides=(("A", first, places[0]), ("B", second, places[1])),
        figures={key: Pair(*values) for key, values in campaign_figures(first, second).items()},
        tables=tables(first, second, texts),
        signed=signed,
    )
