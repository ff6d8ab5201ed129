"""Points of a sweep on executors: batches by cost, rows kept as they come; a dead worker costs its points only."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from . import _luckflow
from ._errors import InputError
from ._scenario import Given

#: Seconds that a batch is to take.
BATCH = 0.5

#: Points of a batch, at most.
MOST = 512

#: Batches for each worker that are on their way.
AHEAD = 2

#: Seconds between two looks at executors that do not call back.
POLL = 0.05


def rows(given: Given, axes: list[str], indices: list[int]) -> list[tuple[int, str, list[str], float]]:
    """What a worker does: the rows of some points."""
    return _plan(given, axes).rows(indices)


_KNOWN: list[Any] = []


def _plan(given: Given, axes: list[str]) -> Any:
    """The last plan is kept: batches of one sweep share it."""
    if not _KNOWN or _KNOWN[0] != (given, axes):
        _KNOWN[:] = [(given, axes), _luckflow.SweepPlan(given, axes)]
    return _KNOWN[1]


def through(
    executor: Any,
    given: Given,
    axes: list[str],
    plan: Any,
    target: Any,
    manner: Any,
    show: Callable[[float, str], Any] | None,
) -> None:
    """Runs all points that have no row yet, round by round if it is in rounds."""
    processes = isinstance(executor, int) and not isinstance(executor, bool)
    if callable(getattr(executor, "apply_async", None)) and not callable(getattr(executor, "submit", None)):
        executor = _Pool(executor)
    if not (processes and executor > 0) and not callable(getattr(executor, "submit", None)):
        raise InputError("", "executor", repr(executor), "a number of processes, or what has submit or apply_async")
    store = plan.open(target, manner)
    try:
        pools = _processes(executor) if processes else None
        make = (lambda: _Own(pools())) if pools else (lambda: executor)
        _Run(make, processes, given, axes, store, manner.fail_fast, show).all()
        store.finish()
    finally:
        store.close()


def _processes(count: int) -> Callable[[], ProcessPoolExecutor]:
    # Not by fork: the parent may have threads, whose locks a fork would find as they are.
    context = multiprocessing.get_context("spawn")
    return lambda: ProcessPoolExecutor(count, mp_context=context)


class _Own:
    """Processes that end with the sweep.

    Points go to them from a thread: Ctrl-C, which is raised on the main one wherever that is, would else lose a process
    that is just being started, and the interpreter would wait for it at its end.
    """

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self.pool, self.hand = pool, ThreadPoolExecutor(1)
        self._max_workers = getattr(pool, "_max_workers", None)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        """As of `concurrent.futures`."""
        return self.hand.submit(self.pool.submit, function, *arguments).result()

    def shutdown(self) -> None:
        """After the last row."""
        self.hand.shutdown()
        self.pool.shutdown()

    def end(self) -> None:
        """In the middle of what they do: nobody waits for it."""
        self.hand.shutdown()
        processes = list((self.pool._processes or {}).values())
        self.pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()


class _Pool:
    """A pool like those of `multiprocessing`, Ray's among them, as an executor."""

    def __init__(self, pool: Any) -> None:
        self.pool = pool

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        """As of `concurrent.futures`."""
        future: Future = Future()
        self.pool.apply_async(function, arguments, {}, future.set_result, future.set_exception)
        return future


class _Run:
    """One sweep under way."""

    def __init__(
        self, make: Any, owned: bool, given: Given, axes: list[str], store: Any, fail_fast: bool, show: Any
    ) -> None:
        self.make, self.owned, self.given, self.axes = make, owned, given, axes
        self.store, self.fail_fast, self.show = store, fail_fast, show
        self.executor = make()
        self.width = AHEAD * _workers(self.executor)
        self.waiting: dict[Any, list[int]] = {}
        self.suspects: list[int] = []
        self.suspect: int | None = None
        self.size = 1
        self.moved = threading.Event()

    def all(self) -> None:
        """Until every point has its row."""
        try:
            while True:
                while self.submit() or self.waiting:
                    self.moved.wait(POLL)
                    self.moved.clear()
                    self.collect()
                if not self.store.next_round():
                    break
        except BaseException:
            for future in self.waiting:
                future.cancel()
            if self.owned:
                self.executor.end()
            raise
        if self.owned:
            self.executor.shutdown()

    def submit(self) -> bool:
        """Hands out as much as is wanted; whether there was anything. Suspects run alone."""
        some = False
        while len(self.waiting) < (1 if self.suspects else self.width) and self.suspect is None:
            if self.suspects:
                self.suspect = self.suspects.pop()
                batch = [self.suspect]
            else:
                batch = self.store.next(self.size)
            if not batch:
                break
            some = True
            self.hand_out(batch)
        return some

    def hand_out(self, batch: list[int]) -> None:
        """One batch; to another pool if this one broke."""
        try:
            future = self.executor.submit(rows, self.given, self.axes, batch)
        except BrokenExecutor:
            if not self.owned:
                raise
            self.executor = self.make()
            future = self.executor.submit(rows, self.given, self.axes, batch)
        if callable(getattr(future, "add_done_callback", None)):
            future.add_done_callback(lambda _: self.moved.set())
        self.waiting[future] = batch

    def collect(self) -> None:
        """Keeps what was found; points whose worker died are run again, each alone, and then have failed."""
        for future in [future for future in self.waiting if future.done()]:
            batch = self.waiting.pop(future)
            alone, self.suspect = self.suspect is not None, None
            try:
                found = future.result()
            except Exception as error:
                if isinstance(error, BrokenExecutor) and not self.owned:
                    raise
                if alone:
                    self.store.fail(batch[0], f"its worker failed: {type(error).__name__}: {error}")
                else:
                    self.suspects.extend(batch)
            else:
                self.keep(found)

    def keep(self, found: list[Any]) -> None:
        """Rows of a batch; the next ones are as long as these say."""
        self.store.deliver(found, self.fail_fast)
        seconds = sum(row[3] for row in found) / max(len(found), 1)
        self.size = max(1, min(MOST, int(BATCH / max(seconds, 1e-6))))
        if self.show:
            done, failed, violated = self.store.tally()
            total = self.store.total
            self.show(done / total, f"{done} of {total} points, {failed} failed, {violated} violated")


def _workers(executor: Any) -> int:
    """How many workers an executor has, where it says so."""
    count = getattr(executor, "num_workers", None)  # mpi4py's
    if not isinstance(count, int):
        count = getattr(executor, "_max_workers", None)
    if not isinstance(count, int):
        cores = getattr(executor, "ncores", None)  # Dask's client
        count = sum(cores().values()) if callable(cores) else None
    return count or os.cpu_count() or 1
