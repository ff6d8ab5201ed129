"""Tables as columns: what every ``.csv`` of a result holds, read by what its ``columns.json`` says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

Columns = dict[str, np.ndarray]


def read(data: bytes, declared: Iterable[Mapping[str, str]]) -> Columns:
    """Columns by name: float64 for numbers (NaN where there is none), int64 for counts, text else."""
    kinds = {column["name"]: column["kind"] for column in declared}
    header, *rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    fields = zip(*rows) if rows else [()] * len(header)
    return {name: column(values, kinds.get(name, "axis")) for name, values in zip(header, fields)}


def column(fields: Iterable[str], kind: str) -> np.ndarray:
    """One column; that of an axis is what all its fields can be read as."""
    fields = list(fields)
    if kind == "number":
        return np.array([float(field) if field else np.nan for field in fields], dtype=float)
    if kind == "count" and all(fields):
        return np.array([int(field) for field in fields], dtype=np.int64)
    if kind == "count":
        return np.array([float(field) if field else np.nan for field in fields], dtype=float)
    if kind == "axis":
        return _axis(fields)
    return np.array(fields, dtype=object)


def _axis(fields: list[str]) -> np.ndarray:
    for read, kind in ((int, np.int64), (float, float)):
        try:
            return np.array([read(field) for field in fields], dtype=kind)
        except (ValueError, OverflowError):
            continue
    return np.array(fields, dtype=object)


def frame(columns: Columns) -> Any:
    """A pandas frame of them."""
    return pandas().DataFrame(columns)


def pandas() -> Any:
    """pandas, or how to get it."""
    try:
        import pandas
    except ImportError as error:
        raise ImportError("frames need pandas: pip install 'luckflow[full]'") from error
    return pandas
