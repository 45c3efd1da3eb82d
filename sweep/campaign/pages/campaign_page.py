"""campaign.html: state of a campaign for commanders, in figures, charts and a map."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
from markupsafe import Markup

from geodata.clock_times import monday_of
from geodata.message_catalogue import Texts
from geodata.schema import TRACKS
from sweep.campaign.pages.campaign_compare import class_name, promise_name
from sweep.campaign.pages.campaign_sentences import (
    day_finds_text,
    finds_text,
    level_sentences,
    move_places,
    move_reason,
)
from sweep.campaign.records import CampaignRecord, DayPart, QuarterPart, WeekPart
from sweep.publish.charts.svg_shapes import INK, QUIET, line, nice_step, picture, rect, text_at
from sweep.publish.facts.names_and_reasons import district_name, label
from sweep.publish.page.render_pages import render_page, static_text
from sweep.publish.page.team_colours import NOT_REACHED, REACHED
from sweep.publish.studies.side_by_side_plan_maps import Frame, frame_of_points, street_symbol
from sweep.records.buildings import Building


@dataclass(frozen=True, slots=True)
class DayFacts:
    """Sweep day in the calendar of campaign.html, with its visits by track, service hours and expected finds."""

    part: DayPart
    n_by_track: Mapping[str, int]
    """Number of planned visits by track; tracks without visits are missing."""
    hours: float
    """Service hours of all teams together."""
    finds: str
    """Expected finds as text."""


def campaign_page(
    record: CampaignRecord,
    places: Collection[Building],
    worst_class: Mapping[str, str],
    streets: gpd.GeoDataFrame,
    division_names: Mapping[str, str],
    texts: Texts,
) -> str:
    """
    Return campaign.html.

    `places`: buildings for names and map; `worst_class`: worst credit class of a building's firms, by building id;
    `streets`: lines under the map; `division_names`: name by district code.
    """
    frame = frame_of_points((p.lon, p.lat) for p in places)
    planned = {v.building_id: d.day for d in record.days for v in d.visits}
    end = max((d.day for d in record.days), default=record.window_end)
    due = {b: on for b, on in record.due.items() if record.planned_on <= on <= end}
    days = [_day(d, day_finds_text(record, d, texts)) for d in record.days]
    names = {p.building_id: p.name for p in places}
    return render_page(
        "campaign/pages/campaign.html.j2",
        texts,
        record=record,
        days=days,
        finds=finds_text(record, texts),
        level=list(level_sentences(record, texts)),
        n_visits=sum(len(d.visits) for d in record.days),
        n_never=sum(s.n_never_so_far for s in record.districts),
        n_never_planned=sum(s.n_never_planned for s in record.districts),
        n_late=sum(p.n_late for p in record.promises),
        n_after=sum(planned.get(b, on) > on for b, on in due.items()),
        n_without=sum(b not in planned for b in due),
        hours=sum(d.hours for d in days),
        charts={"finds": finds_chart(record.weeks, texts), "leads": leads_chart(record.weeks, texts)},
        reserve=prevalence_chart(record.quarters, texts),
        ground=street_symbol(streets, frame),
        map=_map(record, places, worst_class, planned, frame, texts),
        # Mondays of the map's slider: weeks with visits since the start of the campaign, past and planned.
        weeks=[w.week for w in record.weeks if w.n_visits and w.week >= monday_of(record.first_day)],
        busiest=sorted(record.load, key=lambda x: (-x.hours, x.person_id))[:10],
        n_on_duty=sum(x.n_days > 0 for x in record.load),
        name_of=lambda b: names.get(b) or b,
        places_of=lambda move: move_places(move, texts),
        reason_of=lambda move: move_reason(move, texts, lambda b: names.get(b) or b),
        promise_name=promise_name,
        class_name=class_name,
        district=lambda code: district_name(code, division_names, texts),
        label=label,
        script=static_text("campaign/pages/campaign.js"),
    )


def _day(part: DayPart, finds: str) -> DayFacts:
    of_day = Counter(v.track for v in part.visits)
    tracks = {track: of_day[track] for track in TRACKS if of_day[track]}
    inside = sum(s.end_s - s.start_s for t in part.teams for s in t.stops)
    return DayFacts(part, tracks, inside / 3600.0, finds)


def _map(
    record: CampaignRecord,
    places: Collection[Building],
    worst_class: Mapping[str, str],
    planned: Mapping[str, date],
    frame: Frame,
    texts: Texts,
) -> Markup:
    parts, last_looks = [], record.last_looks
    dot = Markup(
        '<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="4" data-looks="{}" data-plan="{}" data-due="{}" data-in="{} {}">'
    )

    def number(day: date | None) -> str:
        return "" if day is None else str((day - record.first_day).days)

    for p in places:
        x, y = frame.place(p.lon, p.lat)
        last, due, on = last_looks.get(p.building_id), record.due.get(p.building_id), planned.get(p.building_id)
        looks = " ".join(map(str, record.looks.get(p.building_id, ())))
        facts = [p.name or p.building_id]
        facts += [texts("campaign.map.last", day=last.isoformat()) if last else texts("campaign.map.never")]
        facts += [texts("campaign.map.planned", day=on.isoformat())] if on else []
        facts += [texts("campaign.map.due", day=due.isoformat())] if due else []
        state, credit_class = _state(record, last, on, due), worst_class[p.building_id]
        parts.append(
            dot.format(state, x, y, looks, number(on), number(due), p.division_code, credit_class)
            + Markup("<title>{}</title></circle>").format(" · ".join(facts))
        )
    return Markup(
        '<svg class="sidemap" id="coverage" viewBox="0 0 {0:.0f} {1:.0f}" role="img" aria-label="{2}">'
        '<rect width="{0:.0f}" height="{1:.0f}" fill="#f6f5f2"/><use href="#ground" width="{0:.0f}" height="{1:.0f}"/>'
        "{3}</svg>"
    ).format(frame.width, frame.height, texts("campaign.map.of"), Markup().join(parts))


def _state(record: CampaignRecord, last: date | None, on: date | None, due: date | None) -> str:
    """
    Return the state of a building on the map at the window's end, which is the CSS class of its dot.

    `planned`: visit in the window; `late`: due under a promise by then, but not planned; `never`: not visited so far;
    `seen`, `before`: last visited during the campaign, or before it. `last`, `on`, `due`: days of the last visit, of
    the planned visit and by which a promise requires one; None: no such day.
    """
    if on is not None:
        return "planned"
    if due is not None and due <= record.window_end:
        return "late"
    if last is None:
        return "never"
    return "seen" if last >= record.first_day else "before"


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960.0, 260.0, 40.0, 14.0, 28.0, 40.0
_EXPECTED = "#c77700"


@dataclass(frozen=True, slots=True)
class _Count:
    """Number `n` of finds or leads in one week; `expected`, `low`, `high`: forecast with its interval, if known."""

    week: date
    n_visits: int
    n: int
    expected: float | None
    low: float | None
    high: float | None


def finds_chart(weeks: Sequence[WeekPart], texts: Texts) -> Markup | None:
    """Return finds per week as bars and expected finds with their interval as lines; None without weeks."""
    counts = [_Count(w.week, w.n_visits, w.n_finds, w.expected, w.low, w.high) for w in weeks]
    return _weeks_chart(counts, "finds", REACHED, texts)


def leads_chart(weeks: Sequence[WeekPart], texts: Texts) -> Markup | None:
    """Return leads per week as bars and expected leads with their interval as lines; None without weeks."""
    counts = [_Count(w.week, w.n_visits, w.n_leads, w.leads_expected, w.leads_low, w.leads_high) for w in weeks]
    return _weeks_chart(counts, "leads", NOT_REACHED, texts)


def _weeks_chart(counts: Sequence[_Count], of: str, colour: str, texts: Texts) -> Markup | None:
    shown = counts[-60:]
    if not shown:
        return None
    highest = max(1.0, *(max(float(c.n), c.high or 0.0) for c in shown))
    # A phone shows the last weeks only, so the scale is repeated on the right.
    right = WIDTH - 40.0
    step = (right - LEFT) / len(shown)
    base, plot_height = HEIGHT - BOTTOM, HEIGHT - BOTTOM - 10.0
    parts = []
    unit = max(1.0, nice_step(highest))
    for k in range(int(highest / unit + 1e-9) + 1):
        y = base - plot_height * k * unit / highest
        label = texts.number(k * unit)
        parts += [
            line(LEFT, y, right, y),
            text_at(LEFT - 6, y + 4, label, anchor="end"),
            text_at(right + 6, y + 4, label),
        ]
    for k, c in enumerate(shown):
        x, mid = LEFT + k * step, LEFT + (k + 0.5) * step
        height = plot_height * c.n / highest
        parts.append(rect(x + step * 0.28, base - height, step * 0.44, height, colour))
        if c.expected is not None:
            low, mean, high = (base - plot_height * (v or 0.0) / highest for v in (c.low, c.expected, c.high))
            parts += [line(mid, low, mid, high, _EXPECTED, 2.0), line(mid - 4, mean, mid + 4, mean, _EXPECTED, 3.0)]
        # Tooltip area over the whole column, so that weeks without a bar have one too.
        parts.append(rect(x, base - plot_height, step, plot_height, "transparent", _tip(c, of, texts)))
        if k % max(1, len(shown) // 8) == 0:
            parts.append(text_at(mid, base + 17, c.week.isoformat(), size=11, anchor="middle", fill=QUIET))
    return picture(WIDTH, HEIGHT, texts(f"campaign.chart.{of}"), parts, "chart wide")


def _tip(count: _Count, of: str, texts: Texts) -> str:
    tip = texts(f"campaign.chart.tip_{of}", week=count.week.isoformat(), visits=count.n_visits, n=count.n)
    if count.expected is None:
        return tip + texts("campaign.chart.unknown")
    expected = texts.number(count.expected, 2)
    low, high = texts.number(count.low or 0.0), texts.number(count.high or 0.0)
    return tip + texts("campaign.chart.expected", expected=expected, low=low, high=high)


def prevalence_chart(quarters: Sequence[QuarterPart], texts: Texts) -> Markup | None:
    """Return a chart of prevalence by quarter, from drawn visits, with 95 % intervals; None without quarters."""
    # With fewer drawn visits the interval is uninformative and would compress all others.
    known = [q for q in quarters if q.share is not None and q.n_drawn >= 5]
    if not known:
        return None
    highest = max(0.05, *(float(q.high or 0.0) for q in known))
    step = (WIDTH / 2 - LEFT - RIGHT) / len(known)
    base, plot_height = HEIGHT - BOTTOM, HEIGHT - TOP - BOTTOM
    parts = [text_at(0, 14, texts("campaign.reserve.axis"), fill=QUIET)]
    unit = nice_step(highest)
    for k in range(int(highest / unit + 1e-9) + 1):
        y = base - plot_height * k * unit / highest
        parts += [line(LEFT, y, WIDTH / 2 - RIGHT, y), text_at(LEFT - 6, y + 4, texts.percent(k * unit), anchor="end")]
    for k, q in enumerate(known):
        mid = LEFT + (k + 0.5) * step
        low, share, high = (base - plot_height * float(v or 0.0) / highest for v in (q.low, q.share, q.high))
        tip = f"{q.quarter}: {q.n_found} / {q.n_drawn}"
        parts += [line(mid, low, mid, high, INK, 2.0), rect(mid - 5, share - 4, 10, 8, REACHED, tip)]
        parts.append(text_at(mid, base + 17, q.quarter, size=10, anchor="middle", fill=QUIET))
    return picture(WIDTH / 2, HEIGHT, texts("campaign.reserve.of"), parts)
