"""What several tests use."""

import os

import numpy as np
import pytest

# Figures are drawn, and shown to nobody.
os.environ.setdefault("MPLBACKEND", "agg")

SMALL = {
    "experiment": "theorem4",
    "teacher": {"input_dim": 6, "nodes": 3, "threshold": 2.0},
    "student": {"theta0": 0.05},
    "integrate": {"horizon": 300.0, "outputs": 20},
}


@pytest.fixture
def small():
    """A scenario that runs in milliseconds."""
    return {key: dict(value) if isinstance(value, dict) else value for key, value in SMALL.items()}


@pytest.fixture
def rng():
    return np.random.default_rng(20261125)


def unit_columns(rng, d, n):
    """n random unit nodes in d dimensions."""
    columns = rng.normal(size=(d, n))
    return columns / np.linalg.norm(columns, axis=0)
