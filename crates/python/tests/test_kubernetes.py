"""The Kubernetes API of clusters and their kubeconfigs. The package `kubernetes` is the witness."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import create_cluster

import wharf
from wharf.server import Server

NAMESPACES = "/api/v1/namespaces"


@pytest.fixture
def cluster(tke: wharf.tke.Connection, wharf_server: Server) -> str:
    identifier = create_cluster(tke, "prod")
    wharf_server.advance(120)
    return identifier


def test_plain_requests(tke: wharf.tke.Connection, cluster: str) -> None:
    kubernetes = tke.kubernetes(cluster)
    made = kubernetes.request("POST", NAMESPACES, {"metadata": {"name": "team"}})
    assert made.json()["metadata"]["name"] == "team"
    listed = kubernetes.request("GET", f"{NAMESPACES}?limit=500")
    assert (listed.status, listed.headers["content-type"]) == (200, "application/json")
    assert "team" in [item["metadata"]["name"] for item in listed.json()["items"]]
    again = kubernetes.request("POST", NAMESPACES, '{"metadata": {"name": "team"}}')
    assert (again.status, again.json()["reason"]) == (409, "AlreadyExists")
    assert repr(again) == f"<KubernetesResponse 409, {len(again.body)} bytes>"
    assert kubernetes.request("GET", "/healthz").body == b"ok"
    exec_ = kubernetes.request("GET", f"{NAMESPACES}/default/pods/web/exec")
    assert exec_.status == 405


def test_wrong_requests(tke: wharf.tke.Connection, ccs: wharf.ccs.Connection, cluster: str) -> None:
    kubernetes = tke.kubernetes(cluster)
    for method, path, field in [("G T", "/", "method"), ("GET", "no/slash", "path"), ("GET", "/a b", "path")]:
        with pytest.raises(wharf.InvalidInputError) as raised:
            kubernetes.request(method, path)
        assert raised.value.field == field
    with pytest.raises(wharf.UnsupportedError):
        kubernetes.request("GET", f"{NAMESPACES}?watch=true")
    with pytest.raises(wharf.NotFoundError):
        tke.kubernetes("cls-none").request("GET", "/version")
    with pytest.raises(wharf.UnsupportedError):
        ccs.kubernetes(cluster).request("GET", "/version")


def test_requests_with_asyncio(wharf_server: Server, tke: wharf.tke.Connection, cluster: str) -> None:
    async def run() -> list[int]:
        connection = wharf_server.connection(wharf.tke.AsyncConnection)
        kubernetes = connection.kubernetes(cluster)
        answers = await asyncio.gather(*(kubernetes.request("GET", path) for path in ["/version", "/none"]))
        config = await connection.kubeconfig(cluster)
        assert config.current_context in config.contexts
        return [answer.status for answer in answers]

    assert asyncio.run(run()) == [200, 404]


def test_the_package_kubernetes_is_configured(tke: wharf.tke.Connection, cluster: str) -> None:
    client: Any = pytest.importorskip("kubernetes.client")
    api = client.CoreV1Api(tke.kubernetes(cluster).client())
    made = api.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name="team", labels={"a": "b"})))
    assert made.metadata.uid
    names = [item.metadata.name for item in api.list_namespace(limit=500).items]
    assert "team" in names
    with pytest.raises(client.ApiException) as raised:
        api.read_namespace("none")
    assert raised.value.status == 404 and json.loads(raised.value.body)["reason"] == "NotFound"
    pods = [{"metadata": {"name": f"web-{at}"}, "spec": {"containers": [{"name": "m", "image": "n"}]}} for at in range(3)]
    for pod in pods:
        api.create_namespaced_pod("default", pod)
    selected = api.list_namespaced_pod("default", field_selector="metadata.name=web-1")
    assert [item.metadata.name for item in selected.items] == ["web-1"]
    api.delete_namespaced_pod("web-1", "default")
    assert client.VersionApi(tke.kubernetes(cluster).client()).get_code().git_version.startswith("v1.")


def test_kubeconfigs(tke: wharf.tke.Connection, cluster: str, tmp_path: Path) -> None:
    config = tke.kubeconfig(cluster)
    path = tmp_path / "größe" / "config"
    config.write_to(path)
    assert path.read_text(encoding="utf-8") == config.expose()
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    config.with_prefix("b").with_namespace("team").merge_into(path, switch=True)
    merged = wharf.Kubeconfig(path.read_text(encoding="utf-8"))
    assert merged.contexts == [*config.contexts, f"b-{config.current_context}"]
    assert merged.current_context == f"b-{config.current_context}" and merged.server == config.server
    # The user of the kubeconfig has a client certificate, whose end is known.
    assert "token" not in repr(config) and config.expires is not None and config.expires > time.time()
    other = config.with_exec("wharf-credential", ["tke"])
    with pytest.raises(wharf.ConflictError):
        other.merge_into(path)
    assert "wharf-credential" in other.expose()
    with pytest.raises(wharf.InvalidInputError):
        wharf.Kubeconfig("planted: [")
    with pytest.raises(wharf.InvalidInputError):
        tke.kubeconfig(cluster, address="somewhere")
    with pytest.raises(ValueError):
        tke.kubeconfig(cluster, lifetime=-1)


def test_the_package_kubernetes_reads_the_kubeconfig(tke: wharf.tke.Connection, cluster: str, tmp_path: Path) -> None:
    config: Any = pytest.importorskip("kubernetes.config")
    written = tke.kubeconfig(cluster)
    written.write_to(tmp_path / "config")
    client = config.new_client_from_config(str(tmp_path / "config"))
    assert client.configuration.host == written.server


def test_the_login_of_a_registry(wharf_server: Server, tke: wharf.tke.Connection, tmp_path: Path) -> None:
    tcr = wharf_server.connection(wharf.tcr.Connection)
    made = tcr.registries.create_instance(registry_name="demo", registry_type="basic")
    wharf_server.advance(60)
    login = tcr.docker_config(made.registry_id)
    assert login.server == "demo.tencentcloudcr.com"
    assert login.expires is not None
    password = login.password.expose()
    assert password not in repr(login)
    secret = login.image_pull_secret("registry")
    assert (secret["kind"], secret["type"]) == ("Secret", "kubernetes.io/dockerconfigjson")
    document = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))
    assert document == json.loads(login.expose())
    user, _, secret_word = base64.b64decode(document["auths"][login.server]["auth"]).decode().partition(":")
    assert (user, secret_word) == (login.username, password)
    path = tmp_path / "docker" / "config.json"
    login.merge_into(path)
    wharf.DockerConfig("b.example", "größe", wharf.Secret("x")).merge_into(path)
    assert sorted(json.loads(path.read_text())["auths"]) == ["b.example", login.server]
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    path.write_text("[]")
    with pytest.raises(wharf.InvalidInputError):
        login.merge_into(path)
    with pytest.raises(wharf.NotFoundError):
        tcr.docker_config("tcr-missing")
    with pytest.raises(wharf.UnsupportedError):
        tke.docker_config(made.registry_id)

    async def run() -> str:
        connection = wharf_server.connection(wharf.tcr.AsyncConnection)
        other = await connection.docker_config(made.registry_id, server="internal.example.com", username="me")
        return f"{other.username}@{other.server}"

    assert asyncio.run(run()) == "me@internal.example.com"
