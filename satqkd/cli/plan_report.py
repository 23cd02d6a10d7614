"""The page that ``satqkd plan --report`` puts beside the tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from satqkd.report.export.folder import Content


def with_report(
    out: Path, files: Mapping[str, Content], manifest: Mapping[str, Any]
) -> dict[str, Content]:
    """Add the page to the files of a plan, as ``satqkd report`` would make it of the folder.

    The series, which comes in pieces, is held whole for that.
    """
    from satqkd.report.export.json import strict_json
    from satqkd.report.html.report import REPORT, report_page
    from satqkd.report.plan_folder import SERIES, plan_of_files

    held: dict[str, Content] = dict(files)
    series = held.get(SERIES)
    if series is not None and not isinstance(series, bytes | str):
        held[SERIES] = b"".join(cast("Iterable[bytes]", series))
    written = json.loads(strict_json(manifest))  # as it will be read back, in the order of the file
    page = report_page(plan_of_files(out, held, written))
    return {**held, REPORT: page.encode()}
