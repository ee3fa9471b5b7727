"""A client of the package `kubernetes` whose requests go through a connection. Imported when it is needed."""

# The package has no types.
# pyright: basic
# mypy: ignore-errors

from __future__ import annotations

import io

import urllib3
from kubernetes import client
from kubernetes.client import rest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wharf._kubernetes import Kubernetes

# Requests need some address: only the path of it is used.
_HOST = "http://kubernetes.invalid"


class _Rest(rest.RESTClientObject):
    """Sends requests of the package through a connection, with the timeouts of the connection."""

    def __init__(self, kubernetes: Kubernetes) -> None:
        self._kubernetes = kubernetes

    def close(self) -> None:
        pass

    def request(
        self,
        method: str,
        url: str,
        headers: Any = None,
        body: Any = None,
        post_params: Any = None,
        _request_timeout: Any = None,
    ) -> Any:
        headers = {name.lower(): value for name, value in (headers or {}).items()}
        content_type = headers.get("content-type")
        # As the package does: a patch that is no list of operations is a strategic one.
        if content_type == "application/json-patch+json" and not isinstance(body, list):
            content_type = "application/strategic-merge-patch+json"
        answer = self._kubernetes.request(
            method, url.removeprefix(_HOST), body, content_type=content_type, accept=headers.get("accept")
        )
        return rest.RESTResponse(
            urllib3.HTTPResponse(
                body=io.BytesIO(answer.body), headers=answer.headers, status=answer.status, preload_content=False
            )
        )


def api_client(kubernetes: Kubernetes) -> client.ApiClient:
    configuration = client.Configuration()
    configuration.host = _HOST
    made = client.ApiClient(configuration)
    made.rest_client = _Rest(kubernetes)
    return made
