"""The way in: answers ``--version`` before anything is loaded, and leaves the rest to `cli.py`."""

from __future__ import annotations

import sys

from cop_publish import __version__


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"cop-publish {__version__}\n")
        return
    from cop_publish.cli import run  # noqa: PLC0415 - loads click, which --version does not need

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
