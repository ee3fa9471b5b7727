"""The `pytest` plugin: the reference server as a fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wharf.server import Server


@pytest.fixture
def wharf_server_options() -> dict[str, Any]:
    """Keyword arguments of `wharf.server.start` for `wharf_server`. Override it in a module, a class or a
    `conftest.py`."""
    return {"time": "manual", "rate_limits": False}


@pytest.fixture
def wharf_server(wharf_server_options: dict[str, Any]) -> Iterator[Server]:
    """A reference server for one test, in this process. World time stands still until `advance` is called, and rate
    limits are off, unless `wharf_server_options` sets something else."""
    from wharf import server

    with server.start(**wharf_server_options) as running:
        yield running
