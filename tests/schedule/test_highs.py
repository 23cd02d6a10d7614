import builtins
import subprocess
import sys

import numpy as np
import pytest

from satqkd.errors import SolverError
from satqkd.schedule.highs import Model, maximise, prices, proven_bound, run_interruptibly


def model(*, upper, limit, integer=False):
    """Maximise x with x ≤ ``upper`` and x ≤ ``limit``."""
    return Model(
        worth=np.ones(1),
        upper=np.array([upper]),
        integer=np.array([integer]),
        limit=np.array([limit]),
        row=np.zeros(1, dtype=np.int64),
        column=np.zeros(1, dtype=np.int64),
        value=np.ones(1),
    )


@pytest.mark.parametrize(("integer", "best"), [(False, 1.5), (True, 1.0)])
def test_integer_columns_take_whole_values(integer, best):
    """The same limit cuts a whole number lower; the bound says the same."""
    answer = maximise(model(upper=9.0, limit=1.5, integer=integer))
    assert answer.finished
    assert answer.columns == pytest.approx([best], rel=1e-9)
    assert answer.bound == pytest.approx(best, rel=1e-9)
    assert answer.nodes <= int(integer)


def test_an_infeasible_model_is_an_error_in_the_words_of_highs():
    """No plan is made up when there is none."""
    with pytest.raises(SolverError, match="Infeasible"):
        maximise(model(upper=1.0, limit=-1.0))


def test_an_unbounded_model_is_an_error_in_the_words_of_highs():
    """Nothing partial is called optimal."""
    with pytest.raises(SolverError, match="Unbounded"):
        maximise(model(upper=np.inf, limit=np.inf))


def test_a_model_that_highs_refuses_is_an_error():
    """A limit that is no number does not pass silently."""
    with pytest.raises(SolverError, match="refuses"):
        maximise(model(upper=1.0, limit=-np.inf))


def test_a_missing_solver_is_an_error_that_says_how_to_mend_it(monkeypatch):
    """Without highspy there is a sentence, not a traceback."""
    real = builtins.__import__

    def without_highspy(name, *rest):
        if name == "highspy":
            raise ImportError("no such library")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_highspy)
    with pytest.raises(SolverError, match="pip install highspy"):
        maximise(model(upper=1.0, limit=1.0))


def test_the_solver_loads_only_when_it_is_needed():
    """Importing every planner does not load HiGHS."""
    code = "import sys, satqkd.schedule.solve; print('highspy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(143)], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupt_stops_the_solver_and_goes_on(stop):
    """It does not wait until the time is up, nor leave a thread behind that aborts the process."""

    class Interrupted:
        cancelled = False

        def startSolve(self):  # noqa: N802 - highspy's name
            self.waits = iter([(False, None), stop, (True, None)])

        def cancelSolve(self):  # noqa: N802 - highspy's name
            self.cancelled = True

        def wait(self, _seconds):
            outcome = next(self.waits)
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

    solver = Interrupted()
    with pytest.raises(type(stop)):
        run_interruptibly(solver)
    assert solver.cancelled


def test_prices_do_not_depend_on_the_sign_that_a_version_gives():
    """Of two limits that bind, as HiGHS 1.15 and 1.16 tell them, noise of the other sign aside."""
    told = np.array([-0.5, 0.0, -2.0, 1e-9])

    assert prices(told).tolist() == [0.5, 0.0, 2.0, 0.0]
    assert prices(-told).tolist() == [0.5, 0.0, 2.0, 0.0]


def test_prices_of_an_interior_point_prove_the_optimum():
    """Whatever the version of HiGHS: two goods, two limits, 3 x + 2 y under x + y ≤ 4, x ≤ 3."""
    model = Model(
        worth=np.array([3.0, 2.0]),
        upper=np.array([10.0, 10.0]),
        integer=np.zeros(2, dtype=np.bool_),
        limit=np.array([4.0, 3.0]),
        row=np.array([0, 0, 1]),
        column=np.array([0, 1, 0]),
        value=np.ones(3),
    )
    answer = maximise(model, interior=True)

    assert answer.row_price is not None
    assert proven_bound(model, answer.row_price) == pytest.approx(11.0, rel=1e-3)
