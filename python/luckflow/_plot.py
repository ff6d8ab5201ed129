"""Figures, which are data, drawn with matplotlib."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ._errors import InputError

MARKERS = {
    "disc": "o", "circle": "o", "square": "s", "triangle": "^",
    "diamond": "D", "wedge": "v", "plus": "+", "cross": "x",
}  # fmt: skip

#: Pixels of the figures' own size to points of matplotlib.
POINTS = 0.6


def draw(figures: Mapping[str, Any], name: str | None, ax: Any) -> Any:
    """Draws one figure; gives back the axes of its first panel."""
    if not figures:
        raise InputError("", "figure", "no figure as data", "a run made in Python; drawings holds those of a folder")
    if name is not None and name not in figures:
        raise InputError("", "figure", repr(name), " or ".join(map(repr, figures)))
    figure = figures[next(iter(figures)) if name is None else name]
    panels = figure["panels"]
    axes = (
        [ax] if ax is not None else _grid(len(panels), figure["columns"], "row" if figure["x"].get("by_row") else "all")
    )
    for panel, place in zip(panels, axes):
        _panel(figure, panel, place)
    # Beside the panel where there is room to be had.
    beside = dict(loc="upper left", bbox_to_anchor=(1.01, 1.0)) if len(axes) == 1 and ax is None else {}
    axes[0].legend(fontsize="small", **beside)
    if len(panels) > 1 and ax is None:
        axes[0].figure.suptitle(figure["title"])
    else:
        axes[0].set_title(figure["title"], fontsize="medium")
    return axes[0]


def _grid(panels: int, columns: int, sharex: Any) -> list[Any]:
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("figures need matplotlib: pip install 'luckflow[full]'") from error
    columns = min(columns or math.ceil(math.sqrt(panels)), max(panels, 1))
    rows = math.ceil(max(panels, 1) / columns)
    size = (9.0 * max(1.0, 0.45 * columns), 4.4 * max(1.0, 0.6 * rows))
    figure = plt.figure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=True)
    for unused in axes.flat[panels:]:
        unused.set_visible(False)
    return list(axes.flat)


def _panel(figure: Mapping[str, Any], panel: Mapping[str, Any], ax: Any) -> None:
    for axis, which in ((figure["x"], "x"), (figure["y"], "y")):
        getattr(ax, f"set_{which}label")(axis["label"])
        getattr(ax, f"set_{which}scale")(axis["scale"])
        if axis["range"]:
            getattr(ax, f"set_{which}lim")(axis["range"])
        if axis["names"]:
            getattr(ax, f"set_{which}ticks")(axis["cells"], axis["names"])
    if panel["title"]:
        ax.set_title(panel["title"])
    if panel["sentence"]:
        ax.text(0.5, 0.5, panel["sentence"], transform=ax.transAxes, ha="center", wrap=True)
    for series in panel["series"]:
        _series(figure, series, ax)


def _series(figure: Mapping[str, Any], series: Mapping[str, Any], ax: Any) -> None:
    look, mark, data = series["look"], series["mark"], series["data"]
    label = series["label"] or None
    line = dict(color=look["color"], linewidth=POINTS * look["width"], linestyle=_dashes(look["dash"]), label=label)
    marker = dict(marker=MARKERS.get(look["marker"] or "disc"), markersize=1.4 * look["radius"])
    if mark == "line":
        drawn = marker if look["marker"] and len(data) <= 24 else {}
        ax.plot(*_columns(data, 2), **line, **drawn)
    elif mark == "points":
        ax.plot(*_columns(data, 2), **marker, linestyle="none", color=look["color"], label=label)
    elif mark == "band":
        ax.fill_between(*_columns(data, 3), color=look["color"], alpha=0.22, linewidth=0)
    elif mark == "whiskers":
        ax.vlines(*_columns(data, 3), color=look["color"], linewidth=POINTS * look["width"], label=label)
    elif mark == "level":
        ax.axhline(data, **line)
    elif mark == "divider":
        ax.axvline(data, **line)
    elif mark == "pieces":
        for piece in data:
            ax.plot(*_columns(piece, 2), color=look["color"], linewidth=POINTS * look["width"])
    elif mark in ("cells", "heat"):
        _map(figure, mark, data, look, label, ax)


def _map(figure: Mapping[str, Any], mark: str, data: Any, look: Mapping[str, Any], label: str | None, ax: Any) -> None:
    from matplotlib.colors import ListedColormap, LogNorm

    x, y = figure["x"]["cells"], figure["y"]["cells"]
    if mark == "heat":
        values, (low, high) = data
        colors = dict(norm=LogNorm(low, high), cmap="viridis")
        grid = np.array([np.nan if value is None else value for value in values], dtype=float)
    else:
        grid = np.full(len(x) * len(y), np.nan)
        grid[list(data)] = 1.0
        colors = dict(cmap=ListedColormap([look["color"]]))
        ax.plot([], [], "s", color=look["color"], label=label)
    drawn = ax.pcolormesh(x, y, grid.reshape(len(y), len(x)), shading="nearest", **colors)
    if mark == "heat":
        ax.figure.colorbar(drawn, ax=ax, label=label)


def _dashes(dash: list[int]) -> Any:
    return (0, [POINTS * length / 1.5 for length in dash]) if dash else "-"


def _columns(points: Any, count: int) -> list[np.ndarray]:
    rows = [[np.nan if value is None else value for value in point] for point in points]
    return list(np.array(rows, dtype=float).reshape(-1, count).T)
