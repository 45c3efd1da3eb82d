"""CP-SAT as all who ask it have it: one worker and its own clock, so that its answer is the same on any machine."""

from ortools.sat.python import cp_model


def cp_sat(deterministic_time: float, seed: int = 1) -> cp_model.CpSolver:
    """A solver that gives up after so much of its own clock, and leaves Ctrl-C to Python."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = deterministic_time
    return solver
