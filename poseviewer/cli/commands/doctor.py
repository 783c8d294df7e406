"""`poseviewer doctor`: what works on this machine."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from poseviewer.cli.asked import add_json

ABOUT = "what works on this machine, and what to install"


def understand(parser: ArgumentParser) -> None:
    parser.description = "Say what works on this machine and what to install. Exit code 0 where export works."
    parser.epilog = "example:\n  poseviewer doctor --json\n\nkeys of --json: can_export, checks (name, ok, found, cure)"
    add_json(parser)


def run(given: Namespace) -> int:
    """Tell what works on this machine."""
    from poseviewer.doctor import can_export, diagnose

    checks = diagnose()
    works = can_export(checks)
    if given.json:
        rows = [{"name": c.name, "ok": c.ok, "found": c.found, "cure": c.cure} for c in checks]
        print(json.dumps({"can_export": works, "checks": rows}, ensure_ascii=False))
        return 0 if works else 1
    for check in checks:
        print(f"{'ok     ' if check.ok else 'MISSING'}  {check.name:9} {check.found}")
        if check.cure:
            print(f"{'':19}-> {check.cure}")
    window_works = all(check.ok for check in checks if check.name in ("display", "qt"))
    print(f"\nexport works: {'yes' if works else 'no'}; the window works: {'yes' if works and window_works else 'no'}")
    return 0 if works else 1
