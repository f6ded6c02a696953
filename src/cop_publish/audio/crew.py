"""Several masters at once: on this machine, or on a cluster that is there already.

Both are an executor of `concurrent.futures`, and both put what they make on the same shelf, so the bytes are
the same, whoever makes them.  On a cluster every worker must see the workspace at the same path.
"""

from __future__ import annotations

import os
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

from cop_publish.audio.encode import encode
from cop_publish.audio.faults import Refused
from cop_publish.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from cop_publish.audio.order import Crew, Order
    from cop_publish.audio.shelf import Encoded

    Progress = Callable[[str, float], None]
    Submit = Callable[[Order], Future[None]]

EPISODES_AT_ONCE = 2  # while one is being encoded, the next is being measured
CONNECT_SECONDS = 10


def carry_out(orders: Sequence[Order], crew: Crew, progress: Progress) -> dict[str, Refused | OSError]:
    """Put the encode of every order on its shelf; gives what went wrong, by episode.

    Raises WrongUsage where no scheduler answers.
    """
    if not orders:
        return {}
    failed: dict[str, Refused | OSError] = {}
    with _on_cluster(crew) if crew.scheduler else _here(crew, progress) as submit:
        futures = {submit(order): order.id for order in orders}
        try:
            for done in as_completed(futures):
                if isinstance(fault := done.exception(), Refused | OSError):
                    failed[futures[done]] = fault
                elif fault is not None:
                    raise fault
        finally:
            for future in futures:
                future.cancel()
    return failed


def make_alone(order: Order, progress: Progress) -> Encoded:
    """Make one master with encoders of one's own.  Raises Refused, OSError."""
    with ThreadPoolExecutor(order.jobs or cores()) as hands:
        return encode(order, hands, progress)


def make_in_silence(order: Order) -> None:
    """The same on a worker of a cluster, where nobody watches."""
    make_alone(order, lambda _step, _done: None)


def cores() -> int:
    """How many encoders may run at a time if nobody says otherwise."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _here(crew: Crew, progress: Progress) -> Iterator[Submit]:
    """Two episodes at a time share the encoders, so that no core waits while one of them is measured."""
    given_up = Event()

    def make(order: Order) -> None:
        def told(step: str, done: float) -> None:
            if given_up.is_set():
                raise CancelledError  # every piece of work tells how far it is, and so ends here
            progress(f"{order.id}: {step}", done)

        encode(order, hands, told)

    hands = ThreadPoolExecutor(crew.jobs or cores())
    with hands, ThreadPoolExecutor(EPISODES_AT_ONCE) as desks:
        try:
            yield lambda order: desks.submit(make, order)
        except BaseException:  # a Ctrl-C among them
            given_up.set()
            raise


@contextmanager
def _on_cluster(crew: Crew) -> Iterator[Submit]:
    try:
        import distributed  # noqa: PLC0415 - an optional extra, and heavy
    except ImportError:
        message = "--scheduler needs the extra: pip install 'cop-publish[cluster]'."
        raise WrongUsage(message) from None
    cluster: Any = distributed  # it has no types
    try:
        client = cluster.Client(crew.scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError):
        raise WrongUsage("No scheduler of dask.distributed answers at the address of --scheduler.") from None
    with client:
        workers = client.get_executor(pure=False)
        yield lambda order: workers.submit(make_in_silence, replace(order, jobs=crew.jobs))
