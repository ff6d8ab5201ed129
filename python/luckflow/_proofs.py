"""What is proved, checked: certificate files in interval arithmetic, and every claim of the project."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import _html, _luckflow, _tables


@dataclass(frozen=True)
class Checked:
    """One certificate of a file, checked.

    Attributes
    ----------
    theorem : int
        4 or 5.
    bound : str
        As `run` names it.
    rate : float
        λ, as claimed.
    findings : list of dict
        Every ingredient: ``item``, ``meaning``, ``claimed``, ``recomputed``, ``side`` and ``confirmed``.
    """

    theorem: int
    bound: str
    rate: float
    findings: list[dict[str, Any]] = field(repr=False)

    @property
    def confirmed(self) -> bool:
        """Whether all of them are."""
        return all(finding["confirmed"] for finding in self.findings)

    def __bool__(self) -> bool:
        return self.confirmed

    def _repr_html_(self) -> str:
        head = ["item", "meaning", "claimed", "side", "recomputed", "confirmed"]
        return _html.table(head, [[finding[name] for name in head] for finding in self.findings])


def check(certificate: str | os.PathLike | Mapping[str, Any]) -> list[Checked]:
    """Verifies a certificate by itself, in interval arithmetic.

    Parameters
    ----------
    certificate : path or mapping
        A ``certificate.json`` as a run of Theorem 4 or 5 leaves it, or what it holds.

    Returns
    -------
    list of Checked
        Each is true if everything in it is confirmed.

    Raises
    ------
    InputError
        What is no certificate.
    FileNotFoundError
        No such file.

    Notes
    -----
    Source: docs/certificates.md.
    """
    if isinstance(certificate, Mapping):
        text = json.dumps(certificate)
    else:
        text = Path(certificate).read_text(encoding="utf-8")
    return [Checked(**found) for found in _luckflow.check_certificates(text)]


def verify() -> Any:
    """Every claim of the project in a short form; it takes some seconds.

    Returns
    -------
    pandas.DataFrame
        ``claim``, ``standing``, ``measured``, ``expected``, ``verdict``. The standing is *proven*, *measured* (two
        computations of a number), *statistical* (samples) or *stated* (by the poster); what is violated and not of the
        last kind is a mistake in the program.
    """
    names = ["claim", "standing", "measured", "expected", "verdict"]
    pandas = _tables.pandas()
    return pandas.DataFrame(_luckflow.verify_claims(), columns=names)
