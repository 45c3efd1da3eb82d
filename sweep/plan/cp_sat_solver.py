"""CP-SAT solver with one worker and a deterministic time limit: the same answer on any machine."""

from ortools.sat.python import cp_model


def cp_sat(deterministic_time: float, seed: int = 1) -> cp_model.CpSolver:
    """Return a CP-SAT solver that leaves Ctrl-C to Python; `deterministic_time`: limit in CP-SAT's units of work."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = deterministic_time
    return solver
