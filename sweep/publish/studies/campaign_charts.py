"""The charts of a campaign: finds and leads by week with what was expected, and the reserve's estimate by quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from geodata.texts import Texts
from sweep.publish.charts.svg import INK, QUIET, line, nice_step, picture, rect, text_at
from sweep.publish.page.palette import NOT_REACHED, REACHED
from sweep.records.campaign import QuarterPart, WeekPart

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960.0, 260.0, 40.0, 14.0, 28.0, 40.0
# Where a phone shows the last weeks alone, the scale stands beside them too.
_RIGHT_SCALE, _TOP_OF_WEEKS = 40.0, 10.0
_EXPECTED = "#c77700"


@dataclass(frozen=True, slots=True)
class _Count:
    """What came of one week, and what was expected of it, with its interval; None: no expectation is known."""

    week: date
    n_visits: int
    n: int
    expected: float | None
    low: float | None
    high: float | None


def finds_chart(weeks: Sequence[WeekPart], texts: Texts) -> Markup | None:
    """Visits that found something as a bar a week, what was expected with its interval as a line; None: no week."""
    counts = [_Count(w.week, w.n_visits, w.n_finds, w.expected, w.low, w.high) for w in weeks]
    return _weeks_chart(counts, "finds", REACHED, texts)


def leads_chart(weeks: Sequence[WeekPart], texts: Texts) -> Markup | None:
    """Leads about buildings as a bar a week, what was expected with its interval as a line; None: no week."""
    counts = [_Count(w.week, w.n_visits, w.n_leads, w.leads_expected, w.leads_low, w.leads_high) for w in weeks]
    return _weeks_chart(counts, "leads", NOT_REACHED, texts)


def _weeks_chart(counts: Sequence[_Count], of: str, colour: str, texts: Texts) -> Markup | None:
    shown = counts[-60:]
    if not shown:
        return None
    highest = max(1.0, *(max(float(c.n), c.high or 0.0) for c in shown))
    right = WIDTH - _RIGHT_SCALE
    step = (right - LEFT) / len(shown)
    base, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - _TOP_OF_WEEKS
    parts = []
    unit = max(1.0, nice_step(highest))
    for k in range(int(highest / unit + 1e-9) + 1):
        y = base - room * k * unit / highest
        said = texts.number(k * unit)
        parts += [
            line(LEFT, y, right, y),
            text_at(LEFT - 6, y + 4, said, anchor="end"),
            text_at(right + 6, y + 4, said),
        ]
    for k, c in enumerate(shown):
        x, mid = LEFT + k * step, LEFT + (k + 0.5) * step
        height = room * c.n / highest
        parts.append(rect(x + step * 0.28, base - height, step * 0.44, height, colour))
        if c.expected is not None:
            low, mean, high = (base - room * (v or 0.0) / highest for v in (c.low, c.expected, c.high))
            parts += [line(mid, low, mid, high, _EXPECTED, 2.0), line(mid - 4, mean, mid + 4, mean, _EXPECTED, 3.0)]
        # The whole column, so that a week without a bar has its figures too.
        parts.append(rect(x, base - room, step, room, "transparent", _tip(c, of, texts)))
        if k % max(1, len(shown) // 8) == 0:
            parts.append(text_at(mid, base + 17, c.week.isoformat(), size=11, anchor="middle", fill=QUIET))
    return picture(WIDTH, HEIGHT, texts(f"campaign.chart.{of}"), parts, "chart wide")


def _tip(count: _Count, of: str, texts: Texts) -> str:
    said = texts(f"campaign.chart.tip_{of}", week=count.week.isoformat(), visits=count.n_visits, n=count.n)
    if count.expected is None:
        return said + texts("campaign.chart.unknown")
    expected = texts.number(count.expected, 2)
    low, high = texts.number(count.low or 0.0), texts.number(count.high or 0.0)
    return said + texts("campaign.chart.expected", expected=expected, low=low, high=high)


def prevalence_chart(quarters: Sequence[QuarterPart], texts: Texts) -> Markup | None:
    """The share that drawn visits found, by quarter, with its 95 % interval; None: nothing was drawn."""
    # Of fewer drawn visits a quarter's interval says nothing and takes the room of all others.
    known = [q for q in quarters if q.share is not None and q.n_drawn >= 5]
    if not known:
        return None
    highest = max(0.05, *(float(q.high or 0.0) for q in known))
    step = (WIDTH / 2 - LEFT - RIGHT) / len(known)
    base, room = HEIGHT - BOTTOM, HEIGHT - TOP - BOTTOM
    parts = [text_at(0, 14, texts("campaign.reserve.axis"), fill=QUIET)]
    unit = nice_step(highest)
    for k in range(int(highest / unit + 1e-9) + 1):
        y = base - room * k * unit / highest
        parts += [line(LEFT, y, WIDTH / 2 - RIGHT, y), text_at(LEFT - 6, y + 4, texts.percent(k * unit), anchor="end")]
    for k, q in enumerate(known):
        mid = LEFT + (k + 0.5) * step
        low, share, high = (base - room * float(v or 0.0) / highest for v in (q.low, q.share, q.high))
        tip = f"{q.quarter}: {q.n_found} / {q.n_drawn}"
        parts += [line(mid, low, mid, high, INK, 2.0), rect(mid - 5, share - 4, 10, 8, REACHED, tip)]
        parts.append(text_at(mid, base + 17, q.quarter, size=10, anchor="middle", fill=QUIET))
    return picture(WIDTH / 2, HEIGHT, texts("campaign.reserve.of"), parts)
