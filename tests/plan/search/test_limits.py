"""How long the chains of a search go on their own."""

from __future__ import annotations

from sweep.plan.search.anneal import Limits


def test_by_the_clock_chains_meet_a_few_hundred_times_a_run_however_slow_a_round_is() -> None:
    # 10 s: 0.002 of it is 20 ms. 1,000 rounds of both chains in 1 s are 2 ms a round: 10 rounds.
    assert Limits(10.0, None).next_rounds(1_000, 1.0, 300) == 10
    # 100,000 rounds in 1 s: 0.02 ms a round.
    assert Limits(10.0, None).next_rounds(100_000, 1.0, 300) == 1_000
    # A round of 4 s: one.
    assert Limits(10.0, None).next_rounds(2, 4.0, 300) == 1
    # An hour: they meet every 50 ms nevertheless, so that an interrupt is seen.
    assert Limits(3_600.0, None).next_rounds(100_000, 1.0, 300) == 2_500


def test_by_rounds_chains_meet_after_the_same_number_on_any_machine_and_end_in_time() -> None:
    assert Limits(10.0, 10_000).next_rounds(0, 1.0, 50) == Limits(10.0, 10_000).next_rounds(0, 9.0, 50) == 200
    assert Limits(10.0, 10_000).next_rounds(9_900, 1.0, 50) == 50
