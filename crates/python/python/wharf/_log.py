"""The loggers of the library."""

from __future__ import annotations

import logging

CLIENT = logging.getLogger("wharf")
"""The logger of connections and calls."""

SERVER = logging.getLogger("wharf.server")
"""The logger of the reference server."""

# A program that does not set up logging sees nothing.
CLIENT.addHandler(logging.NullHandler())
