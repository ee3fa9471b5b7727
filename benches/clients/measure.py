"""What the Python clients share: the arguments, and the processor time of this process."""

from __future__ import annotations

import resource
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

ENDPOINT = sys.argv[1]
CALLS, AT_ONCE, CLUSTERS = (int(argument) for argument in sys.argv[2:5])


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run(call: Callable[[], int]) -> None:
    """Calls, some at once on threads, and prints the microseconds of CPU per call."""
    # A Python client takes many times as long as the others; fewer calls are as exact.
    calls = max(CALLS // 5, AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as threads:

        def round(count: int) -> None:
            for found in threads.map(lambda _: call(), range(count)):
                assert found == CLUSTERS, found

        round(max(30, 2 * AT_ONCE))
        began = cpu()
        round(calls)
        print((cpu() - began) / calls * 1e6)


__all__ = ["AT_ONCE", "CALLS", "CLUSTERS", "ENDPOINT", "run"]
