"""Simulates the training dynamics of over-parameterized ReLU networks and puts the theory's bounds to the test.

Arrays go in and come out as NumPy's float64; nodes are columns, as in the theory. Everything that the command line
does can be called: `run`, `sweep`, `merge`, `find`, `falsify`, `check`, `explain`; beside it the parts: `kernel`,
`overlaps`, `Flow`, `theorem4_rates`, `certificate`.
"""

from ._compare import Comparison, FolderComparison, compare
from ._errors import InputError, ScenarioError
from ._falsify import Attack, Attacks, falsify
from ._flow import Flow, MonteCarlo, State
from ._folders import draw, find, merge, report, run_row, status
from ._images import Images, images
from ._luckflow import __version__
from ._network import BatchNorm, Convolution, Dense, Flatten, Layer, Network, ReLU
from ._overlap import Kernel, KernelSlopes, Overlaps, kernel, overlap, overlaps, overlaps_mc
from ._proofs import Checked, check, verify
from ._result import Networks, Result
from ._run import Memory, experiments, explain, load, memory, new, run, scenario_text, scenarios
from ._sweep import counts, linear_axis, log_axis, points, sweep
from ._theory import Certificate, assumption3, asymptotic_rate, certificate, theorem4_rates
from ._trajectory import Trajectory

__all__ = [
    "Attack", "Attacks", "BatchNorm", "Certificate", "Checked", "Comparison", "Convolution", "Dense", "Flatten", "Flow",
    "FolderComparison", "Images", "InputError", "Kernel", "KernelSlopes", "Layer", "Memory", "MonteCarlo", "Network",
    "Networks", "Overlaps", "ReLU", "Result", "ScenarioError", "State", "Trajectory", "__version__", "assumption3",
    "asymptotic_rate", "certificate", "check", "compare", "counts", "draw", "experiments", "explain", "falsify", "find",
    "images", "kernel", "linear_axis", "load", "log_axis", "memory", "merge", "new", "overlap", "overlaps",
    "overlaps_mc", "points", "report", "run", "run_row", "scenario_text", "scenarios", "status", "sweep",
    "theorem4_rates", "verify",
]  # fmt: skip
