"""The package as such: types, style, documentation, the first example."""

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import luckflow as lf

PYTHON = Path(__file__).parents[1]


def test_the_first_example_runs():
    found = subprocess.run(
        [sys.executable, PYTHON / "examples" / "first.py"], check=True, capture_output=True, text=True
    )
    assert "printed" in found.stdout and "D(0.02)" in found.stdout


def test_examples_in_documentation_are_right():
    for module in pkgutil.iter_modules(lf.__path__):
        if module.name != "_luckflow":
            found = doctest.testmod(importlib.import_module(f"luckflow.{module.name}"))
            assert found.failed == 0, module.name


def test_everything_public_is_documented():
    for name in lf.__all__:
        value = getattr(lf, name)
        assert name == "__version__" or inspect.getdoc(value), name
        if inspect.isclass(value):
            for method, member in vars(value).items():
                assert method.startswith("_") or not callable(member) or inspect.getdoc(member), f"{name}.{method}"
    for method in ("velocity", "pack", "loss", "angles", "jacobian", "jvp"):
        assert "Parameters\n" in inspect.getdoc(getattr(lf.Flow, method))


@pytest.mark.parametrize(
    "command",
    [
        ["mypy", "--config-file", PYTHON / "pyproject.toml", "-p", "luckflow"],
        ["mypy.stubtest", "luckflow._luckflow", "--ignore-missing-stub"],
        ["ruff", "check", "--no-cache", PYTHON],
        ["ruff", "format", "--no-cache", "--check", PYTHON],
    ],
    ids=lambda command: command[0],
)
def test_types_and_style(command, tmp_path):
    found = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=tmp_path)
    assert found.returncode == 0, found.stdout + found.stderr
