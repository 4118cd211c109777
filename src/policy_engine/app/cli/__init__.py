"""The command line: `policy-engine`. A file for each command."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; a missing extra is one sentence."""
    try:
        from policy_engine.app.cli.main import run
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        sys.exit("The command line needs the extra “cli”: pip install 'policy-engine[cli]'")
    run()
