"""One decision at a time from JSON, with its determining rules, citations and trace: workload W beside zen-engine traced.

python benchmarks/single.py --households 200
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from peers import zen_rules
from timing import in_turns, table
from workload import ASKED, ON, PACK, complete, data

from policy_engine import Decision, decide, load_pack


def facts(text: str) -> dict[str, Any]:
    """The household of a JSON text as facts: amounts as decimals, its code left out."""
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    del found["household_id"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=200)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    households, members = complete(*data(given.households * 20))
    contexts = zen_rules.contexts(households.head(given.households), members)
    engine, pack = zen_rules.engine(), load_pack(str(PACK))

    def ours(text: str) -> Decision:
        return decide(pack, facts(text), ON, decisions=ASKED)

    differ = 0
    for context in contexts:
        mine, theirs = ours(context), zen_rules.outcome(engine, context, trace=True)
        differ += sum(str(mine[name].outcome) != f"{name[0]}{theirs[name]}" for name in ASKED[:3])
    print(f"{len(contexts)} households compared, {differ} answers differ")
    sides: dict[str, Callable[[], Any]] = {
        "pack, validated, with trace": lambda: [ours(context) for context in contexts],
        "zen-engine, traced": lambda: [zen_rules.outcome(engine, context, trace=True) for context in contexts],
        "zen-engine, untraced": lambda: [zen_rules.outcome(engine, context, trace=False) for context in contexts],
    }
    timed = in_turns(sides, given.times)
    table(timed, dict.fromkeys(sides, len(contexts)), "pack, validated, with trace")
    for name, one in timed.items():
        print(f"{name}: {one.wall / len(contexts) * 1e6:,.0f} us a household")


if __name__ == "__main__":
    main()
