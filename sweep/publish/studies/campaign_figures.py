"""Figures by which campaigns are set side by side: of the whole window, and by promise, district, class and cap."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from geodata.texts import Texts
from sweep.publish.facts.wording import district_name, label
from sweep.records.campaign import NO_CLASS, CampaignRecord, CapPart, PromisePart, SharePart


@dataclass(frozen=True, slots=True)
class Pair:
    """One figure in two campaigns; None where a campaign lacks it."""

    first: float | None
    second: float | None

    @property
    def difference(self) -> float | None:
        """The second less the first; None if one is lacking."""
        return None if self.first is None or self.second is None else self.second - self.first


@dataclass(frozen=True, slots=True)
class Table:
    """What two campaigns come to in some groups."""

    key: str
    """`promises`, `districts`, `classes` or `caps`."""
    columns: tuple[str, ...]
    """Key of each figure under `campaign.col.`; `p50`, `p90` and `p99` are shown as they are."""
    rows: tuple[tuple[str, tuple[Pair, ...]], ...]
    """Name of a group, and its figures in the order of the columns."""


def campaign_figures(*records: CampaignRecord) -> dict[str, tuple[float, ...]]:
    """One figure a row, by the key of its name under `campaign.fig.`, with its value in each campaign."""
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
    """The figures as rows for people: a name, then one number a campaign."""
    return [
        (texts(f"campaign.fig.{key}"), *(texts.number(x, 2) for x in values))
        for key, values in campaign_figures(*records).items()
    ]


def tables(first: CampaignRecord, second: CampaignRecord, texts: Texts) -> tuple[Table, ...]:
    """How two campaigns stand by promise, district, class and cap; a group that one lacks has None there."""
    names = _district_names((*first.districts, *second.districts), texts)
    return (
        _table("promises", _PROMISE, lambda p: promise_name(p, texts), first.promises, second.promises),
        _table("districts", _SHARE, lambda s: names[s.group], first.districts, second.districts),
        _table("classes", _SHARE, lambda s: class_name(s.group, texts), first.classes, second.classes),
        _table("caps", _CAP, lambda c: _cap_name(c, texts), first.caps, second.caps),
    )


def _district_names(parts: Sequence[SharePart], texts: Texts) -> dict[str, str]:
    """A name for each district by its code, which stands behind a name that several have: 市中区 is in many cities."""
    own = {s.group: s.name for s in parts if s.name}
    names = {s.group: district_name(s.group, own, texts) for s in parts}
    n_of = Counter(names.values())
    return {code: name if n_of[name] == 1 else f"{name} {code}" for code, name in names.items()}


_PROMISE: Mapping[str, Callable[[PromisePart], float | None]] = {
    "days": lambda p: p.days,
    "buildings": lambda p: p.n_buildings,
    "kept": lambda p: p.n_kept,
    "late": lambda p: p.n_late,
    "risk": lambda p: p.n_at_risk,
    "p50": lambda p: p.p50,
    "p90": lambda p: p.p90,
    "p99": lambda p: p.p99,
}
_SHARE: Mapping[str, Callable[[SharePart], float | None]] = {
    "buildings": lambda s: s.n_buildings,
    "looked": lambda s: s.n_looked,
    "planned": lambda s: s.n_planned,
    "never": lambda s: s.n_never_so_far,
    "never_planned": lambda s: s.n_never_planned,
}
_CAP: Mapping[str, Callable[[CapPart], float | None]] = {
    "firms": lambda c: c.n_firms,
    "done": lambda c: c.n_done,
    "planned": lambda c: c.n_planned,
    "left": lambda c: c.n_left,
    "full": lambda c: c.n_full,
}


def _table[P](
    key: str,
    figures: Mapping[str, Callable[[P], float | None]],
    name: Callable[[P], str],
    first: Sequence[P],
    second: Sequence[P],
) -> Table:
    of_first, of_second = ({name(part): part for part in parts} for parts in (first, second))
    rows = []
    for group in {**of_first, **of_second}:
        pair = of_first.get(group), of_second.get(group)
        rows.append(
            (group, tuple(Pair(*(None if part is None else of(part) for part in pair)) for of in figures.values()))
        )
    return Table(key, tuple(figures), tuple(rows))


def comparison_rows(first: CampaignRecord, second: CampaignRecord, texts: Texts) -> Iterator[tuple[object, ...]]:
    """All figures of two campaigns, one a row: table, group, figure, the two values, and the second less the first."""
    for key, (a, b) in campaign_figures(first, second).items():
        yield "window", "", key, a, b, b - a
    for table in tables(first, second, texts):
        for group, pairs in table.rows:
            for column, pair in zip(table.columns, pairs, strict=True):
                yield table.key, group, column, pair.first, pair.second, pair.difference


def promise_name(promise: PromisePart, texts: Texts) -> str:
    """What a promise covers, in words."""
    if promise.key == "all":
        return texts("campaign.promise.all")
    return f"{label(texts, f'campaign.key.{promise.key}', promise.key)} {promise.value}"


def class_name(group: str, texts: Texts) -> str:
    """A credit class, in words."""
    return texts("campaign.no_class") if group == NO_CLASS else group


def _cap_name(cap: CapPart, texts: Texts) -> str:
    agency = label(texts, f"agency.{cap.authority}", cap.authority)
    return f"{cap.year} · {agency} · {class_name(cap.credit_class, texts)}"
