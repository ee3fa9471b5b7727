"""The Kubernetes API of clusters."""

from __future__ import annotations

from wharf._calls import AsyncParts, AsyncWait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wharf import _wharf


class KubernetesResponse:
    """A response of a cluster's Kubernetes API."""

    __slots__ = ("body", "headers", "status")

    status: int
    """The HTTP status. Errors of Kubernetes are responses too."""
    headers: dict[str, str]
    """The headers, with names in lower case."""
    body: bytes
    """The body."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes, /) -> None:
        self.status, self.headers, self.body = status, headers, body

    def json(self) -> Any:
        """Returns the body as JSON."""
        import json

        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<KubernetesResponse {self.status}, {len(self.body)} bytes>"


def _encoded(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    import json

    return json.dumps(body).encode()


class Kubernetes:
    """The Kubernetes API of a cluster. Requests go through the cloud's API where that is possible (TKE in private clouds,
    CCE), otherwise to the cluster itself."""

    __slots__ = ("_cluster", "_core")

    def __init__(self, core: _wharf.Connection, cluster: str, /) -> None:
        self._core, self._cluster = core, cluster

    def request(
        self, method: str, path: str, body: Any = None, *, content_type: str | None = None, accept: str | None = None
    ) -> KubernetesResponse:
        """Sends a request and returns the complete response, whatever its status.

        Args:
            method: The method, such as `GET`.
            path: Path and query, such as `/api/v1/pods?limit=10`.
            body: `str` or `bytes`, sent unchanged, or anything else, sent as JSON.
            content_type: The media type of the body, for patches; JSON by default.
            accept: The media types of the response; JSON by default.
        """
        return KubernetesResponse(
            *self._core.kubernetes(self._cluster, method, path, _encoded(body), (content_type, accept))
        )

    def client(self) -> Any:
        """Returns a `kubernetes.client.ApiClient` of the package `kubernetes` (`pip install wharf-sdk[kubernetes]`), which
        sends its requests through this object. Watches, `exec` and followed logs need the cluster's kubeconfig."""
        from wharf._kubernetes_client import api_client

        return api_client(self)


class AsyncKubernetes:
    """The Kubernetes API of a cluster, for `asyncio`."""

    __slots__ = ("_cluster", "_core")

    def __init__(self, core: _wharf.Connection, cluster: str, /) -> None:
        self._core, self._cluster = core, cluster

    def request(
        self, method: str, path: str, body: Any = None, *, content_type: str | None = None, accept: str | None = None
    ) -> AsyncWait[KubernetesResponse]:
        """Sends a request as `Kubernetes.request` does."""
        encoded = _encoded(body)
        return AsyncParts(
            KubernetesResponse,
            lambda: self._core.kubernetes_async(self._cluster, method, path, encoded, (content_type, accept)),
        )
