"""What starting costs: importing the package, and a first decision, against importing pydantic; medians of one run.

python benchmarks/startup.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

RUNS = 15

PROGRAMS = {
    "nothing": "",
    "import pydantic (BaseModel)": "from pydantic import BaseModel",
    "import policy_engine": "import policy_engine",
    "load_pack and a first decision": """
import datetime
from policy_engine import decide, load_pack
facts = {"county": "宣州区", "household_size": 4, "lifted_from_poverty": True, "finances": {"2021": {"net_income": 20000}}}
decide(load_pack("xuanzhou_2021"), facts, datetime.date(2021, 9, 1))
""",
}

TIMED = "import time; start = time.perf_counter()\n{program}\nprint(time.perf_counter() - start)"


def main() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    seconds: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for run in range(RUNS + 1):
        for name, program in PROGRAMS.items():
            command = [sys.executable, "-c", TIMED.format(program=program)]
            output = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
            if run:  # the first run writes the bytecode
                seconds[name].append(float(output))
    pydantic = statistics.median(seconds["import pydantic (BaseModel)"])
    for name, times in seconds.items():
        median = statistics.median(times)
        print(f"{name:<34} {median * 1000:7.1f} ms   {median / pydantic:5.2f} x importing pydantic")


if __name__ == "__main__":
    main()
