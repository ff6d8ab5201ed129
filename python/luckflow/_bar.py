"""Progress of long calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def shown(progress: bool | Callable[[float, str], Any]) -> Iterator[Callable[[float, str], Any] | None]:
    """What a computation tells of its progress: to nobody, to a function, or to a bar in terminal or notebook."""
    if progress is not True:
        yield progress or None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError("bars need tqdm: pip install 'luckflow[full]'") from error
    with tqdm(total=1.0, bar_format="{desc} {percentage:3.0f}% |{bar}| {elapsed}") as bar:

        def show(fraction: float, of: str) -> None:
            bar.set_description_str(of, refresh=False)
            bar.update(fraction - bar.n)

        yield show
        bar.update(1.0 - bar.n)
