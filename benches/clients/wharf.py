"""Wharf's Python module: `wharf.py ENDPOINT CALLS AT_ONCE CLUSTERS` prints the microseconds of CPU per call."""

import sys
from pathlib import Path

# This file has the name of the module.
sys.path = [part for part in sys.path if Path(part or ".").resolve() != Path(__file__).parent]
import wharf  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
import measure  # noqa: E402

connection = wharf.tke.Connection(
    region="ap-guangzhou",
    endpoint=measure.ENDPOINT,
    client_rate_limit=False,
    credentials=wharf.Credentials("AKIDexample", "a-secret-of-the-usual-length-36-chars"),
)


def call() -> int:
    clusters = connection.clusters.describe_clusters(limit=100).clusters
    return len([(cluster.cluster_id, cluster.cluster_status) for cluster in clusters])


measure.run(call)
