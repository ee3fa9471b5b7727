"""An SDK for the control planes of container services, in public and private clouds.

    import wharf

    tke = wharf.tke.Connection(region="ap-guangzhou")
    for cluster in tke.clusters.describe_clusters().items():
        print(cluster.cluster_id, cluster.cluster_status)

A product is a module (`wharf.tke`), with a `Connection`, an `AsyncConnection`, and its structures in `types`. It is
imported on first use. `wharf.server` is a server for tests, `wharf.testing` has mocks.
"""

from __future__ import annotations

import atexit

from wharf import _wharf
from wharf._calls import AsyncCall, AsyncPagedCall, AsyncWait, Progress
from wharf._errors import (
    Attempt,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    CredentialsError,
    DecodeError,
    Error,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    QuotaError,
    ServiceError,
    ThrottledError,
    TimedOutError,
    TlsError,
    TransientError,
    UnsupportedError,
    WaitFailedError,
)
from wharf._handles import (
    AsyncJob,
    AsyncService,
    AsyncTask,
    AsyncUpgrade,
    Job,
    Point,
    Series,
    Service,
    Task,
    Upgrade,
    node_password,
    value,
)
from wharf._kubernetes import AsyncKubernetes, Kubernetes, KubernetesResponse
from wharf._paging import ItemPage, Items, Page, Pages
from wharf._plain import to_plain, to_records
from wharf._response import Response, SignedRequest
from wharf._structure import Structure
from wharf._values import Credentials, Other, Timestamp
from wharf._wharf import DockerConfig, JsonText, Kubeconfig, Secret, __version__

atexit.register(_wharf.shut_down)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

# Imported on first use: the products, the server, and the mocks.
_MODULES = frozenset([*_wharf.products(), "server", "testing"])

__all__ = [
    "AsyncCall",
    "AsyncJob",
    "AsyncKubernetes",
    "AsyncPagedCall",
    "AsyncService",
    "AsyncTask",
    "AsyncUpgrade",
    "AsyncWait",
    "Attempt",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "Credentials",
    "CredentialsError",
    "DecodeError",
    "DockerConfig",
    "Error",
    "InvalidInputError",
    "ItemPage",
    "Items",
    "Job",
    "JsonText",
    "Kubeconfig",
    "Kubernetes",
    "KubernetesResponse",
    "NotFoundError",
    "Other",
    "Page",
    "Pages",
    "PermissionDeniedError",
    "Point",
    "Progress",
    "QuotaError",
    "Response",
    "Secret",
    "Series",
    "Service",
    "ServiceError",
    "SignedRequest",
    "Structure",
    "Task",
    "ThrottledError",
    "TimedOutError",
    "Timestamp",
    "TlsError",
    "TransientError",
    "UnsupportedError",
    "Upgrade",
    "WaitFailedError",
    "__version__",
    "node_password",
    "to_plain",
    "to_records",
    "value",
]


def __getattr__(name: str) -> ModuleType:
    if name in _MODULES:
        from importlib import import_module

        return import_module(f"wharf.{name}")
    raise AttributeError(f"module 'wharf' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
