"""``satqkd schema`` and ``satqkd reference``: what can be written in the files."""

from __future__ import annotations

from typing import Annotated

import typer

from satqkd.errors import SatqkdError


def command(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="mission, stations, payload, terminal, protocol, clock or study.",
        ),
    ],
) -> None:
    """Print the JSON schema of a kind of file, for editors to complete and check it.

    With the schema in mission.schema.json and '# yaml-language-server: $schema=mission.schema.json'
    as the first line of mission.yaml, editors with a YAML language server explain each key and mark
    a misspelt one. 'satqkd new' writes both.
    """
    from satqkd.config.json_schema import FILES, schema_text
    from satqkd.config.mistake import did_you_mean

    if file not in FILES:
        raise SatqkdError(f"there is no schema of {file!r}\n  fix: {did_you_mean(file, FILES)}")
    typer.echo(schema_text(file), nl=False)


def reference() -> None:
    """Print every key of the files: unit, default, range, meaning and example (Markdown).

    The same as docs/file-reference.md.
    """
    from satqkd.config.reference_page import reference_page

    typer.echo(reference_page(), nl=False)
