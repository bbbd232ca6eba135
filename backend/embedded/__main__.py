"""`python -m backend.embedded demo|up|down|reset|status`"""

import argparse
import sys
from pathlib import Path

from backend.embedded import background
from backend.embedded.errand import PROJECT
from backend.embedded.run import run
from backend.embedded.trouble import Trouble


def main() -> int:
    asked = _arguments()
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _do(asked.command, folder, detached=asked.detached)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _do(command: str, folder: Path, *, detached: bool) -> None:
    stop = "`make down` stops it." if detached else "Ctrl-C stops everything."
    match command:
        case "demo":
            run(folder, stop=stop)
        case "reset":
            background.reset(folder)
            run(folder, stop=stop)
        case "up":
            background.up(folder)
        case "down":
            background.down(folder)
        case "status":
            background.status(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m backend.embedded", description=__doc__)
    parser.add_argument("command", choices=["demo", "up", "down", "reset", "status"])
    parser.add_argument("--folder", type=Path, default=PROJECT / "var")
    parser.add_argument("--detached", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


sys.exit(main())
