"""What a run left: from memory, from a folder, or from another process."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from . import _html, _plot, _tables
from ._network import Network


@dataclass(frozen=True)
class Kept:
    """All of a result, as it lies in its folder; figures are data where the run was made in Python."""

    summary: str
    resolved: str
    text: str
    columns: dict[str, list[dict[str, str]]]
    tables: dict[str, bytes]
    files: dict[str, bytes]
    figures: dict[str, str]
    drawings: dict[str, str]

    @classmethod
    def of_outcome(cls, outcome: Any) -> Kept:
        """Everything that a run left in memory."""
        return cls(**{name: getattr(outcome, name)() for name in cls.__dataclass_fields__})

    @classmethod
    def of_folder(cls, folder: Path) -> Kept:
        """Everything that a run left in a folder."""
        read = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        ending = lambda end: {name: path for name, path in read.items() if name.endswith(end)}  # noqa: E731
        columns = json.loads((folder / "columns.json").read_text(encoding="utf-8"))
        arrays = {**ending(".npy"), **ending(".safetensors")}
        kept = {name: path for name, path in arrays.items() if not name.startswith("checkpoints/")}
        return cls(
            summary=(folder / "summary.json").read_text(encoding="utf-8"),
            resolved=(folder / "resolved.toml").read_text(encoding="utf-8"),
            text="",
            columns=columns,
            tables={name: read[name].read_bytes() for name in columns if name in read},
            files={name: path.read_bytes() for name, path in kept.items()},
            figures={},
            drawings={name[:-4]: path.read_text(encoding="utf-8") for name, path in ending(".svg").items()},
        )


#: Where hidden layers are normalised: as tables say it, and as scenarios and `Network.load` do.
PLACES = {"none": None, "BeforeRelu": "before-relu", "AfterRelu": "after-relu"}


class Networks(NamedTuple):
    """The deep networks of a training."""

    teacher: Network
    student: Network


class Result:
    """What a run found.

    Attributes
    ----------
    summary : dict
        What ``summary.json`` holds: scenario, provenance, end, and the findings of the experiment.
    verdicts : dict
        Of each claim ``"holds"``, ``"violated"``, ``"vacuous"``, ``"not applicable"``, ``"untested"`` or
        ``"undecided"``.
    arrays : dict of ndarray
        The columns of the first table, and every array of the run, by name; those of networks as ``"file/tensor"``.
    tables : dict of dict of ndarray
        Columns of each table, by its name without the ending.
    figures : dict
        Each figure as data: title, axes, panels with series.
    drawings : dict of str
        Each figure as SVG.
    scenario : dict
        The scenario with nothing left open.
    """

    def __init__(self, source: Any) -> None:
        self._source = source

    def _get(self, name: str) -> Any:
        found = getattr(self._source, name)
        return found() if callable(found) else found

    @cached_property
    def summary(self) -> dict[str, Any]:
        return json.loads(self._get("summary"))

    @property
    def scenario(self) -> dict[str, Any]:
        return self.summary["scenario"]

    @property
    def end(self) -> dict[str, Any]:
        """Why the run ended: ``kind``, ``regular``, ``reason``, ``advice``."""
        return self.summary["end"]

    @property
    def name(self) -> str:
        """The experiment."""
        return self.summary["experiment"]

    @property
    def resolved(self) -> str:
        """The scenario with nothing left open, in TOML: it runs to the same bytes."""
        return self._get("resolved")

    @cached_property
    def verdicts(self) -> dict[str, str]:
        return dict(_verdicts(self.summary))

    @cached_property
    def columns(self) -> dict[str, list[dict[str, str]]]:
        """What each column of each table means: ``name``, ``kind``, ``unit``, ``meaning``."""
        return {_stem(name): declared for name, declared in self._get("columns").items()}

    @cached_property
    def tables(self) -> dict[str, _tables.Columns]:
        declared = self._get("columns")
        return {_stem(name): _tables.read(data, declared[name]) for name, data in self._get("tables").items()}

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        arrays = dict(next(iter(self.tables.values()), {}))
        for name, data in self._get("files").items():
            if name.endswith(".npy"):
                arrays[_stem(name)] = np.load(io.BytesIO(data), allow_pickle=False)
            elif name.endswith(".safetensors"):
                arrays.update({f"{_stem(name)}/{tensor}": array for tensor, array in tensors(data).items()})
        return arrays

    @property
    def files(self) -> dict[str, bytes]:
        """Each file that is neither table nor figure, whole."""
        return self._get("files")

    @cached_property
    def figures(self) -> dict[str, dict[str, Any]]:
        return {name: json.loads(text) for name, text in self._get("figures").items()}

    @cached_property
    def drawings(self) -> dict[str, str]:
        return self._get("drawings")

    @cached_property
    def networks(self) -> dict[str, Networks]:
        """Teacher and student at the end of each training of a deep network, by its label."""
        table = self.tables.get("epochs", {})
        places = dict(zip(table.get("label", []), table.get("batch_norm", [])))
        found = {}
        for name, data in self._get("files").items():
            label = Path(name).stem
            if name.startswith("students/") and label in places:
                student = Network.load(data, "student.", PLACES[places[label]])
                found[label] = Networks(Network.load(data, "teacher."), student)
        return found

    def frame(self, table: str | None = None) -> Any:
        """A table as a pandas frame: the first, or the one of this name."""
        return _tables.frame(self.tables[next(iter(self.tables)) if table is None else table])

    def plot(self, figure: str | None = None, ax: Any = None) -> Any:
        """Draws a figure with matplotlib: the first, or the one of this name.

        Parameters
        ----------
        figure : str, optional
            Its name in `figures`.
        ax : matplotlib.axes.Axes, optional
            Where; a new figure without it. Of a figure of several panels the first is drawn there.

        Returns
        -------
        matplotlib.axes.Axes
            The axes of the (first) panel.
        """
        return _plot.draw(self.figures, figure, ax)

    def save(self, folder: str | os.PathLike) -> None:
        """Writes tables, arrays, summary and drawings into a new folder, which `load` reads."""
        kept = self._kept()
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=False)
        texts = {f"{name}.svg": text for name, text in kept.drawings.items()}
        texts |= {
            "summary.json": kept.summary,
            "resolved.toml": kept.resolved,
            "columns.json": json.dumps(kept.columns),
        }
        data = {**kept.tables, **kept.files, **{name: text.encode() for name, text in texts.items()}}
        for name, content in data.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def _kept(self) -> Kept:
        return self._source if isinstance(self._source, Kept) else Kept.of_outcome(self._source)

    def __reduce__(self) -> Any:
        return type(self), (self._kept(),)

    def __str__(self) -> str:
        return self._get("text") or repr(self)

    def __repr__(self) -> str:
        verdicts = ", ".join(f"{claim}: {verdict}" for claim, verdict in self.verdicts.items())
        return f"<{self.name}: {self.end['reason']}{'; ' + verdicts if verdicts else ''}>"

    def _repr_html_(self) -> str:
        return _html.result(self)


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0]


def _verdicts(found: Any, path: str = "") -> Any:
    """Every claim with its verdict, by its name; what stands deeper by its path."""
    if not isinstance(found, dict):
        return
    for key, value in found.items():
        place = f"{path}.{key}" if path else key
        if isinstance(value, dict) and isinstance(value.get("verdict"), str):
            yield (key if path in ("rates", "claims") else place), value["verdict"]
        elif key != "scenario":
            yield from _verdicts(value, place)


def tensors(data: bytes) -> dict[str, np.ndarray]:
    """The tensors of a safetensors file."""
    try:
        from safetensors.numpy import load
    except ImportError as error:
        raise ImportError("networks need safetensors: pip install 'luckflow[full]'") from error
    return load(data)
