"""The one door to the HiGHS solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from satqkd.errors import SolverError
from satqkd.schedule.native_output import silenced
from satqkd.units import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """Maximise ``worth`` · x with x in [``lower``, ``upper``] and rows · x ≤ ``limit``."""

    worth: FloatArray
    """Worth of one unit of each column."""
    upper: FloatArray
    """Largest value of each column."""
    integer: BoolArray
    """Which columns take whole values only."""
    limit: FloatArray
    """Upper limit of each row."""
    row: IntArray
    """Row of each matrix entry."""
    column: IntArray
    """Column of each matrix entry."""
    value: FloatArray
    """Value of each matrix entry, none given twice."""
    lower: FloatArray | None = None
    """Smallest value of each column; None for 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What HiGHS says about a model."""

    columns: FloatArray | None
    """Values of the columns; None when no point was found."""
    bound: float
    """No point can be worth more, infinite when HiGHS gives none."""
    finished: bool
    """False when time or work ran out."""
    row_price: FloatArray | None
    """Dual values of the rows, not negative; None for a model with whole columns."""
    iterations: int
    """Work done: iterations of the simplex or the interior point method, in all nodes."""
    nodes: int
    """Nodes of the search tree that were opened; 0 without whole columns."""


INTERIOR = {
    "solver": "ipm",
    "run_crossover": "off",
    "primal_feasibility_tolerance": 1e-7,
    "dual_feasibility_tolerance": 1e-7,
    "ipm_optimality_tolerance": 1e-4,
}
"""Options for an interior point; what it proves does not rest on the tolerances."""
TREE_ONLY = {"mip_heuristic_run_rens": False}
"""Options without searches of smaller models, which take most of the time of a short search."""


def maximise(
    model: Model,
    *,
    relative_gap: float = 0.0,
    time_limit_s: float = np.inf,
    nodes: int | None = None,
    interior: bool = False,
    guess: FloatArray | None = None,
    tree_only: bool = False,
) -> Answer:
    """Solve a model on one thread, the same way every time; nothing reaches standard output.

    Parameters
    ----------
    model
        What to solve; values should lie near 1, as tolerances are absolute.
    relative_gap
        Distance between answer and bound that is good enough.
    time_limit_s
        Time after which to give up. [s]
    nodes
        Nodes of the search tree after which to give up; None for no limit. The same number
        gives the same answer on every machine, a time does not.
    interior
        Whether to solve a model without whole columns by an interior point method, without going
        on to a vertex: sooner for large ones.
    guess
        A feasible point to start from, if any.
    tree_only
        Whether to go through the search tree without trying smaller models on the way: better
        bounds in the same time, when the guess is good.

    Raises
    ------
    SolverError
        HiGHS cannot be loaded, or returns neither an answer nor a timeout.
    """
    with silenced():
        try:
            import highspy  # noqa: PLC0415 - 100 ms that only planning should pay
        except ImportError as error:
            raise SolverError(
                f"scheduling needs the HiGHS solver, which does not load ({error}); "
                "install it with: pip install highspy"
            ) from error
        solver = _solver(
            highspy,
            {
                "mip_rel_gap": relative_gap,
                **({"time_limit": time_limit_s} if np.isfinite(time_limit_s) else {}),
                **({} if nodes is None else {"mip_max_nodes": nodes}),
                **(INTERIOR if interior else {}),
                **(TREE_ONLY if tree_only else {}),
            },
        )
        if solver.passModel(*_arguments(model, highspy)) != highspy.HighsStatus.kOk:
            raise SolverError("HiGHS refuses the scheduling model; its numbers may span too far")
        if guess is not None:
            point = highspy.HighsSolution()
            point.col_value = guess.tolist()
            solver.setSolution(point)
        run_interruptibly(solver)
        return _answer(solver, highspy, mixed=bool(model.integer.any()), interior=interior)


def run_interruptibly(solver: Any) -> None:
    """Solve in a thread, so that Ctrl-C is answered at once and not when the time is up.

    Whatever ends the waiting cancels the solver: its thread would outlive it, and that aborts.
    """
    solver.HandleUserInterrupt = True
    try:
        solver.startSolve()
        while not solver.wait(0.1)[0]:
            pass
    except BaseException:
        solver.cancelSolve()
        solver.wait(10.0)
        raise


def _solver(highspy: Any, more: dict[str, Any]) -> Any:
    """Return a solver that prints nothing and decides the same way every time."""
    solver = highspy.Highs()
    options: dict[str, Any] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "mip_abs_gap": 0.0,
        # These repeat the dearest part of a short search, and find little more than one search
        # of a smaller model (RENS), which stays.
        "mip_allow_restart": False,
        "mip_heuristic_run_rins": False,
        # Two looks at a column before its branch is foretold: the same bound in a fifth less time.
        "mip_pscost_minreliable": 2,
        "mip_feasibility_tolerance": 1e-9,
        "primal_feasibility_tolerance": 1e-9,
        "dual_feasibility_tolerance": 1e-9,
        "small_matrix_value": 1e-12,
        **more,
    }
    for name, setting in options.items():
        if solver.setOptionValue(name, setting) != highspy.HighsStatus.kOk:
            raise SolverError(f"HiGHS {solver.version()} does not take {name} = {setting}")
    return solver


def _arguments(model: Model, highspy: Any) -> tuple[Any, ...]:
    """Return the arguments of ``passModel``: the matrix by columns, all in arrays."""
    columns = model.worth.size
    rows = model.limit.size
    order = np.lexsort((model.row, model.column))
    starts = np.searchsorted(model.column[order], np.arange(columns + 1))
    return (
        columns,
        rows,
        model.value.size,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMaximize),
        0.0,
        model.worth,
        np.zeros(columns) if model.lower is None else model.lower,
        model.upper,
        np.full(rows, -np.inf),
        model.limit,
        starts.astype(np.int32),
        model.row[order].astype(np.int32),
        model.value[order],
        model.integer.astype(np.int32),
    )


def _answer(solver: Any, highspy: Any, *, mixed: bool, interior: bool) -> Answer:
    status = solver.getModelStatus()
    known = highspy.HighsModelStatus
    stopped = (known.kTimeLimit, known.kSolutionLimit, known.kIterationLimit)
    inexact = (known.kUnknown,) if interior else ()
    if status not in (known.kOptimal, known.kModelEmpty, *stopped, *inexact):
        raise SolverError(
            f"HiGHS {solver.version()} finds no plan and says: {solver.modelStatusToString(status)}"
        )
    info = solver.getInfo()
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    found = interior or info.primal_solution_status == feasible
    finished = status not in stopped
    if mixed:
        bound = float(info.mip_dual_bound)
    else:
        bound = float(info.objective_function_value) if finished else np.inf
    point = solver.getSolution()
    price = None if mixed or not found else prices(np.array(point.row_dual))
    return Answer(
        columns=np.array(point.col_value) if found else None,
        bound=bound if np.isfinite(bound) else np.inf,
        finished=finished,
        row_price=price,
        iterations=max(0, info.simplex_iteration_count) + max(0, info.ipm_iteration_count),
        nodes=max(0, info.mip_node_count) if mixed else 0,
    )


def prices(row_dual: FloatArray) -> FloatArray:
    """What a little more of each limit is worth, of duals as HiGHS gives them.

    Up to 1.15 they fall below 0 where something is maximised, with 1.16 interior points give them
    the other way round; all rows are upper limits, so that all have one sign.
    """
    falling = row_dual.sum() <= 0.0
    return np.asarray(np.maximum(-row_dual if falling else row_dual, 0.0))


def proven_bound(model: Model, row_price: FloatArray) -> float:
    r"""Upper limit of a model that follows from prices of its rows alone, however they were found.

    .. math:: c x \le \lambda b + \sum_j \max(r_j l_j, r_j u_j), \quad r = c - \lambda A,
       \quad \text{for every } \lambda \ge 0, \; A x \le b, \; l \le x \le u
    """
    used = np.bincount(
        model.column, weights=model.value * row_price[model.row], minlength=model.worth.size
    )
    left = model.worth - used
    lower = 0.0 if model.lower is None else model.lower
    return float(row_price @ model.limit + np.maximum(left * lower, left * model.upper).sum())
