"""Looking for the start at which a bound comes closest to failing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from . import _html, _luckflow
from ._overlap import whole
from ._run import run
from ._scenario import Given, Scenario

#: Rounding in a rate that was found, relative.
ROUNDING = 1e-8


@dataclass(frozen=True, eq=False)
class Attack:
    """The closest that a bound was brought to failing.

    Attributes
    ----------
    bound : str
        Its name.
    proven : bool
        Whether it has a proof.
    claimed : float
        λ.
    ratio : float
        The smallest instantaneous rate over λ that was found among the starts it is for: below 1 the bound is refuted.
    in_region : float or None
        The same in all of the region that no run leaves, for rates that are claimed there.
    along_run : float or None
        The smallest ratio along the run from there.
    evaluations : int
        Of the rate, by the search.
    W, W_star : ndarray, shape (d, n) and (d, m)
        Where it is attained, and the teacher; of no columns where nothing was found.
    V, V_star : ndarray or None, shape (n, C) and (m, C)
        The fan-out weights there, where they run.
    """

    bound: str
    proven: bool
    claimed: float
    ratio: float
    evaluations: int
    W: np.ndarray = field(repr=False)
    W_star: np.ndarray = field(repr=False)
    in_region: float | None = None
    V: np.ndarray | None = field(default=None, repr=False)
    V_star: np.ndarray | None = field(default=None, repr=False)
    along_run: float | None = None

    @property
    def verdict(self) -> str:
        """``"holds"`` or ``"violated"``."""
        others = [ratio for ratio in (self.in_region, self.along_run) if ratio is not None]
        least = min([self.ratio, *others])
        return "holds" if least >= 1 - ROUNDING else "violated"


class Attacks(list):
    """Attacks on all bounds that claim something; ``without_search`` names those against which no search is known."""

    without_search: list[str] = []

    def _repr_html_(self) -> str:
        head = ["bound", "proven", "claimed", "smallest found/claimed", "in the region", "along the run", "verdict"]
        rows = [[a.bound, a.proven, a.claimed, a.ratio, a.in_region, a.along_run, a.verdict] for a in self]
        return _html.table(head, rows)


def falsify(
    scenario: Scenario,
    overrides: Mapping[str, Any] | None = None,
    *,
    starts: int = 40,
    iterations: int = 200,
    teachers: int = 0,
) -> Attacks:
    """Searches, within what each bound supposes, for the start at which it comes closest to failing; runs from there.

    Parameters
    ----------
    scenario, overrides
        As for `run`; of Theorem 4 or 5.
    starts, iterations : int
        Random starts of the search for each bound and node, and steps from each.
    teachers : int
        Other teachers to attack each bound at, of as many nodes: some drawn, others near the worst one.

    Returns
    -------
    Attacks
        A list of `Attack`.

    Raises
    ------
    ScenarioError, InputError
        A mistake in the scenario; an experiment without such bounds.
    KeyboardInterrupt
        At once; nothing is kept of the search.
    """
    given = Given.of(scenario, overrides)
    found = _luckflow.attacks(
        given, whole("starts", starts), whole("iterations", iterations), whole("teachers", teachers)
    )
    attacks = Attacks()
    attacks.without_search = found["without_search"]
    for attack in found["attacks"]:
        along = _along(attack, found["b"]) if attack["W"].shape[1] else None
        attacks.append(Attack(**attack, along_run=along))
    return attacks


def _along(attack: Mapping[str, Any], b: float) -> float | None:
    """The smallest ratio along the run from what was found."""
    with tempfile.TemporaryDirectory() as folder:

        def saved(name: str) -> dict[str, str]:
            file = str(Path(folder, name + ".npy"))
            np.save(file, attack[name])
            return {"file": file}

        scenario: dict[str, Any] = {
            "experiment": "theorem4",
            "teacher": {"weights": saved("W_star"), "threshold": b},
            "student": {"weights": saved("W")},
        }
        if attack["V"] is not None:
            scenario["experiment"] = "theorem5"
            scenario["teacher"]["fan_out"] = saved("V_star")
            scenario["student"] |= {"fan_out": saved("V"), "extra": len(attack["V"]) - len(attack["V_star"])}
        result = run(scenario)
    simulated = result.summary["rates"].get(attack["bound"], {}).get("simulated")
    return None if simulated is None else simulated / attack["claimed"]
