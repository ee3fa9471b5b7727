"""The `pytest` plugin: the reference server as a fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wharf.server import Server


@pytest.fixture
def wharf_server_options() -> dict[str, Any]:
    """What `wharf_server` is started with, as keyword arguments of `wharf.server.start`. Override it in a module, a
    class or a `conftest.py`."""
    return {"time": "manual", "rate_limits": False}


@pytest.fixture
def wharf_server(wharf_server_options: dict[str, Any]) -> Iterator[Server]:
    """A reference server of the test's own, in this process. World time stands still until `advance` is called, and
    no rate limit holds, unless `wharf_server_options` says something else."""
    from wharf import server

    with server.start(**wharf_server_options) as running:
        yield running
