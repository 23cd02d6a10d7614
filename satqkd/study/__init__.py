"""Many settings of one question: sweeps over missions, rates against loss, attacks, curves.

Called, it works out a study: ``sq.study("study.yaml")``. The package and the public function share
their name, as :mod:`satqkd.forecast` does.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satqkd.study.results import Results


class _Studies(ModuleType):
    def __call__(self, *given: Any, **named: Any) -> Results:
        """Work out a study, or go on with it: :func:`satqkd.study.engine.study`."""
        from satqkd.study.engine import study  # noqa: PLC0415 -- the package stays light

        return study(*given, **named)


sys.modules[__name__].__class__ = _Studies
