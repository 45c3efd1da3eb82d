"""The charts of a campaign: finds and leads by week with what was expected, and the reserve's estimate by quarter."""

from collections.abc import Sequence

from markupsafe import Markup

from geodata.texts import Texts
from sweep.publish.charts.svg import INK, QUIET, line, nice_step, picture, rect, text_at
from sweep.publish.page.palette import NOT_REACHED, REACHED
from sweep.records.campaign import QuarterPart, WeekPart

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960.0, 260.0, 40.0, 14.0, 28.0, 40.0
# Where a phone shows the last weeks alone, the scale stands beside them too.
_RIGHT_SCALE, _TOP_OF_WEEKS = 40.0, 10.0
_EXPECTED = "#c77700"


def finds_chart(weeks: Sequence[WeekPart], texts: Texts) -> Markup | None:
    """Visits that found something as a bar a week, what was expected with its interval as a line; None: no week."""
    return _weeks_chart([(w, w.n_finds, (w.low, w.expected, w.high)) for w in weeks], "finds", REACHED, texts)


def leads_chart(weeks: Sequence[WeekPart], texts: Texts) -> Markup | None:
    """Leads about buildings as a bar a week, what was expected with its interval as a line; None: no week."""
    counts = [(w, w.n_leads, (w.leads_low, w.leads_expected, w.leads_high)) for w in weeks]
    return _weeks_chart(counts, "leads", NOT_REACHED, texts)


type _Count = tuple[WeekPart, int, tuple[float | None, float | None, float | None]]
"""A week with its count and what was expected of it: lower end, mean and upper end; None: not known."""


def _weeks_chart(counts: Sequence[_Count], of: str, colour: str, texts: Texts) -> Markup | None:
    shown = counts[-60:]
    if not shown:
        return None
    highest = max(1.0, *(max(float(n), high or 0.0) for _, n, (_, _, high) in shown))
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
    for k, (week, n, expected) in enumerate(shown):
        x, mid = LEFT + k * step, LEFT + (k + 0.5) * step
        height = room * n / highest
        parts.append(rect(x + step * 0.28, base - height, step * 0.44, height, colour))
        if expected[1] is not None:
            low, mean, high = (base - room * (v or 0.0) / highest for v in expected)
            parts += [line(mid, low, mid, high, _EXPECTED, 2.0), line(mid - 4, mean, mid + 4, mean, _EXPECTED, 3.0)]
        # The whole column, so that a week without a bar has its figures too.
        parts.append(rect(x, base - room, step, room, "transparent", _tip(week, n, expected, of, texts)))
        if k % max(1, len(shown) // 8) == 0:
            parts.append(text_at(mid, base + 17, week.week.isoformat(), size=11, anchor="middle", fill=QUIET))
    return picture(WIDTH, HEIGHT, texts(f"campaign.chart.{of}"), parts, "chart wide")


def _tip(week: WeekPart, n: int, expected: tuple[float | None, ...], of: str, texts: Texts) -> str:
    said = texts(f"campaign.chart.tip_{of}", week=week.week.isoformat(), visits=week.n_visits, n=n)
    low, mean, high = expected
    if mean is None:
        return said + texts("campaign.chart.unknown")
    ends = texts.number(low or 0.0), texts.number(high or 0.0)
    return said + texts("campaign.chart.expected", expected=texts.number(mean, 2), low=ends[0], high=ends[1])


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
