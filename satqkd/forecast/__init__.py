"""Contacts to yields; called, it forecasts a mission: ``sq.forecast(mission)``.

The package and the public function share their name, the field's word for both. A module whose
class has ``__call__`` is the one thing that can be both wherever it is imported first.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from satqkd.forecast.forecast import Forecast


class _Forecasts(ModuleType):
    def __call__(self, *given: Any, **named: Any) -> Forecast:
        """Forecast every pass of a mission: :func:`satqkd.forecast.stream.forecast`."""
        from satqkd.forecast.stream import forecast  # noqa: PLC0415 -- the package stays light

        return forecast(*given, **named)


sys.modules[__name__].__class__ = _Forecasts
