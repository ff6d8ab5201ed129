"""What one of the project's own benchmarks takes, for scripts that measure another program beside it."""

import re
import subprocess

UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}


def build(bench):
    subprocess.run(["cargo", "bench", "--bench", bench, "--no-run"], check=True)


def seconds(bench, name):
    """Seconds by criterion, quickly, of the one benchmark whose name fits."""
    command = ["cargo", "bench", "--bench", bench, "--", "--quick", name]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    middle, unit = re.search(r"time:\s+\[\S+ \S+ (\S+) (\S+)", output).groups()
    return float(middle) * UNITS[unit]
