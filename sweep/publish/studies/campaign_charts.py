"""The charts of a campaign: weeks with what was expected of them, and the reserve's estimate by quarter."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from geodata.texts import Texts
from sweep.publish.charts.svg import INK, QUIET, line, nice_step, picture, rect, text_at
from sweep.publish.page.palette import NOT_REACHED, REACHED
from sweep.records.campaign import QuarterPart, WeekPart

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960.0, 260.0, 40.0, 14.0, 28.0, 40.0
_EXPECTED = "#c77700"
_MOST_WEEKS = 60
# Of fewer drawn visits a quarter's interval says nothing and takes the room of all others.
_FEWEST_DRAWN = 5


def weeks_chart(weeks: Sequence[WeekPart], texts: Texts) -> Markup | None:
    """Finds a week as bars, what is expected with its interval as a line, leads as a pale bar behind; None: nothing."""
    shown = list(weeks)[-_MOST_WEEKS:]
    if not shown:
        return None
    highest = max(1.0, *(float(w.n_finds) for w in shown), *(w.high for w in shown))
    most_leads = max(1, *(w.n_leads for w in shown))
    step = (WIDTH - LEFT - RIGHT) / len(shown)
    base, room = HEIGHT - BOTTOM, HEIGHT - TOP - BOTTOM
    parts = [text_at(0, 14, texts("campaign.chart.finds"), fill=QUIET)]
    unit = nice_step(highest)
    for k in range(int(highest / unit + 1e-9) + 1):
        y = base - room * k * unit / highest
        parts += [line(LEFT, y, WIDTH - RIGHT, y), text_at(LEFT - 6, y + 4, texts.number(k * unit, 1), anchor="end")]
    for k, w in enumerate(shown):
        x, mid = LEFT + k * step, LEFT + (k + 0.5) * step
        tip = texts(
            "campaign.chart.tip",
            week=w.week.isoformat(),
            visits=w.n_visits,
            finds=w.n_finds,
            leads=w.n_leads,
            expected=texts.number(w.expected, 2),
        )
        height = room * w.n_leads / most_leads * 0.9
        parts.append(rect(x + step * 0.08, base - height, step * 0.84, height, NOT_REACHED, tip))
        if not w.is_planned or w.n_finds:
            height = room * w.n_finds / highest
            parts.append(rect(x + step * 0.28, base - height, step * 0.44, height, REACHED, tip))
        if w.expected > 0:
            low, mean, high = (base - room * v / highest for v in (w.low, w.expected, w.high))
            parts += [line(mid, low, mid, high, _EXPECTED, 2.0), line(mid - 4, mean, mid + 4, mean, _EXPECTED, 3.0)]
        if k % max(1, len(shown) // 8) == 0:
            parts.append(text_at(mid, base + 17, w.week.isoformat(), size=11, anchor="middle", fill=QUIET))
    return picture(WIDTH, HEIGHT, texts("campaign.chart.of"), parts, "chart wide")


def prevalence_chart(quarters: Sequence[QuarterPart], texts: Texts) -> Markup | None:
    """The share that drawn visits found, by quarter, with its 95 % interval; None: nothing was drawn."""
    known = [q for q in quarters if q.share is not None and q.n_drawn >= _FEWEST_DRAWN]
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
