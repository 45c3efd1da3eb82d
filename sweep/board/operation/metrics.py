"""Metrics of the board in the Prometheus text format, served on the loopback interface only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from geodata.errors import InputError, Issue
from sweep.board.live_day import team_audience
from sweep.board.operation.health import failing

if TYPE_CHECKING:
    from sweep.board.board_state import Board

_LOOPBACK = "127.0.0.1"


class Metrics:
    """Counters of requests, and the state of the board when metrics are read; labels name no team, place or person."""

    def __init__(self, board: Board) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "sweep_requests", "Requests by route and status.", ("method", "route", "status"), registry=self.registry
        )
        report_s = Histogram(
            "sweep_report_seconds", "From the arrival of reports to their confirmation.", registry=self.registry
        )
        replan_s = Histogram(
            "sweep_replan_seconds",
            "From the request for a changed plan to its differences.",
            buckets=(0.5, 1, 2, 5, 10, 30, 60, 120),
            registry=self.registry,
        )
        self._durations = {"/phone/reports": report_s, "/desk/reports": report_s, "/desk/diff": replan_s}
        self.registry.register(_BoardState(board))

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request; add its duration (`seconds`) if the route has a histogram and `status` is 200."""
        self._requests.labels(method, route, str(status)).inc()
        if status == 200 and (duration := self._durations.get(route)) is not None:
            duration.observe(seconds)


class _BoardState(Collector):
    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterator[GaugeMetricFamily]:
        board = self._board
        yield GaugeMetricFamily(
            "sweep_phones_online", "Phones with an open page.", board.live.hub.n_open(team_audience(""))
        )
        yield GaugeMetricFamily("sweep_journal_entries", "Entries of the day's journal.", board.live.journal.head.n)
        queue = GaugeMetricFamily("sweep_queue_length", "Work that waits, by what it waits for.", labels=["queue"])
        queue.add_metric(["planner"], 0 if board.planner is None else board.planner.n_waiting)
        queue.add_metric(["store"], 0 if board.store is None else board.store.n_waiting)
        queue.add_metric(["pages"], board.live.hub.longest_queue())
        yield queue
        values = board.health.values()
        failed = failing(values)
        check = GaugeMetricFamily("sweep_check_ok", "1 if a check of /health/ready passes, else 0.", labels=["check"])
        for name, value in values.items():
            if value is not None:
                check.add_metric([name], name not in failed)
            if value is not None and not isinstance(value, bool):
                yield GaugeMetricFamily(f"sweep_{name}", "Value of the check of the same name.", value)
        yield check


@contextmanager
def metrics_server(metrics: Metrics, port: int | None) -> Iterator[None]:
    """
    Serve the metrics at http://127.0.0.1:port/metrics during the `with` block; with None, do not serve them.

    Raises
    ------
    InputError
        S980 if the port is in use.
    """
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, _LOOPBACK, metrics.registry)
    except OSError as error:
        problem = error.strerror or str(error)
        raise InputError([Issue("S980", f"{_LOOPBACK}:{port}", {"problem": problem})]) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
