"""Runs the programs of the README against the reference server."""

from __future__ import annotations

import runpy
import sys
from typing import Any

import wharf
from wharf import tke

with wharf.server.start(time=600, rate_limits=False) as server:

    def lead_there(connection: Any) -> None:
        make = connection.__init__

        def init(self: Any, **options: Any) -> None:
            make(self, **{**server.options("tke"), **options})

        connection.__init__ = init

    lead_there(tke.Connection)
    lead_there(tke.AsyncConnection)
    runpy.run_path(sys.argv[1], run_name="__main__")
