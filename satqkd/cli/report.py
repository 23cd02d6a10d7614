"""``satqkd report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="Folder that 'satqkd plan' wrote.")
    ] = Path("plan"),
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Where the page goes.")
    ] = Path("report.html"),
) -> None:
    """Write a plan as one page to look at, to print or to mail: report.html.

    The page holds all it shows and asks for nothing: no script, no network. What is counted on and
    what is not known comes first, then the days, the first night with its checks, every scheduled
    contact with its run sheet, why there is not more, who gets how much, and every input. The same
    plan gives the same bytes. A table that is not what plan.json says is refused.
    """
    from satqkd.errors import SatqkdError
    from satqkd.report.export.file import write_file
    from satqkd.report.export.manifest import MANIFEST
    from satqkd.report.html.report import report_page
    from satqkd.report.plan_folder import read_plan

    if out.resolve().parent == plan.resolve():
        raise SatqkdError(
            f"{out}: lies in the folder of the plan, which holds only what {MANIFEST} lists\n"
            "  fix: name another place, or let 'satqkd plan --report' put it there"
        )
    page = report_page(read_plan(plan)).encode()
    write_file(out, page)
    typer.echo(f"written to {out}", err=True)
