"""Clouds by key: tests in parallel share one server and see only their own cloud."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import create_cluster

import wharf
from wharf.server import Server

TESTS = 100
"""How many tests run in parallel."""


@pytest.fixture
def shared() -> Iterator[Server]:
    with wharf.server.start(time="manual", rate_limits=False) as server:
        yield server


def use_every_product(connect: Any, name: str) -> dict[str, list[str]]:
    """Makes something with each product, and returns what each lists: names, which contain the caller's."""
    tke, tcr, ccs, cce, ack = (connect(product) for product in ("tke", "tcr", "ccs", "cce", "ack"))
    create_cluster(tke, name)
    tcr.registries.create_instance(registry_name=name, registry_type="basic")
    listed = {
        "tke": [cluster.cluster_name for cluster in tke.clusters.describe_clusters().clusters],
        "tcr": [registry.registry_name for registry in tcr.registries.describe_instances().registries],
        "ccs": [cluster.cluster_name for cluster in ccs.clusters.describe_cluster().clusters],
        "cce": [cluster.metadata.name for cluster in cce.clusters.list_clusters().items],
        "ack": [cluster.name for cluster in ack.clusters.describe_clusters_v1().clusters],
    }
    return listed


def test_a_hundred_tests_see_only_their_own_cloud(shared: Server) -> None:
    def one(number: int) -> None:
        name = f"test-{number}"
        with shared.new_cloud() as cloud:
            listed = use_every_product(cloud.connection, name)
            assert listed["tke"] == [name] and listed["tcr"] == [name]
            assert listed["cce"] == [] and listed["ack"] == [] and listed["ccs"] == []
            assert len(cloud.calls("CreateCluster")) == 1
            assert {call.account for call in cloud.calls() if call.account} == {cloud.account}
            cloud.faults.refuse("InternalError", operation="DescribeRegions", times=1)
            cloud.advance(60)
            assert [cluster["name"] for cluster in cloud.state()["clusters"]] == [name]
            assert cloud.state()["clusters"][0]["condition"] == "running"

    with ThreadPoolExecutor(max_workers=TESTS) as pool:
        for done in [pool.submit(one, number) for number in range(TESTS)]:
            done.result()
    assert shared.calls() == [] and shared.state()["clusters"] == []


def test_a_cloud_is_a_server_of_its_own(shared: Server) -> None:
    cloud = shared.new_cloud(time="manual", region="zone-9")
    assert cloud.endpoint == shared.endpoint and cloud.region == "zone-9"
    assert cloud.account != shared.account and cloud.project_id != shared.project_id
    assert cloud.role_arn.startswith(f"acs:ram::{cloud.account}:")
    password = cloud.user.password
    assert cloud.user.domain == cloud.account and password.expose() not in repr(cloud.user)
    before = shared.now()
    cloud.advance(3600)
    assert shared.now() == before
    cloud.stop()
    cloud.stop()
    with pytest.raises(RuntimeError):
        cloud.now()
    assert shared.now() == before


def test_a_world_is_saved_and_loaded(shared: Server) -> None:
    create_cluster(shared.connection(wharf.tke.Connection), "kept")
    text = shared.save()
    for _ in range(3):
        with shared.new_cloud() as cloud:
            cloud.load(text)
            assert [cluster["name"] for cluster in cloud.state()["clusters"]] == ["kept"]
            names = [found.cluster_name for found in cloud.connection("tke").clusters.describe_clusters().clusters]
            assert names == ["kept"]
            cloud.reset()
            assert cloud.state()["clusters"] == []
    with wharf.server.start(world=text, time="manual") as again:
        assert again.save() == text
    for wrong in ("", "{", text[:-1], text.replace('"version":1', '"version":2', 1)):
        with pytest.raises(wharf.InvalidInputError):
            shared.load(wrong)
    assert shared.save() == text
    with pytest.raises(RuntimeError, match="world cannot be loaded"):
        wharf.server.start(world="{}")


def test_accounts_images_and_mishaps(shared: Server) -> None:
    key = shared.add_key("42")
    shared.add_sub_account(
        "reader",
        wharf.Credentials("AKIDreader", "secret"),
        [("tencent", {"version": "2.0", "statement": [{"effect": "allow", "action": "ccs:Describe*", "resource": "*"}]})],
        account="42",
    )
    reader = shared.connection(wharf.tke.Connection, credentials=wharf.Credentials("AKIDreader", "secret"))
    assert reader.clusters.describe_clusters().total_count == 0
    with pytest.raises(wharf.Error):
        create_cluster(reader)
    assert [account["account"] for account in shared.accounts()] == [shared.account, "42"]
    assert key.secret.expose() not in json.dumps(shared.accounts())
    shared.remove_key("AKIDreader")
    assert shared.add_image("team/web", "v1").startswith("sha256:")
    assert [image["tag"] for image in shared.images()] == ["v1"]
    assert shared.mishap("next_fails", point="node_creation") == ["node_creation"]
    with pytest.raises(wharf.InvalidInputError) as caught:
        shared.mishap("node_breaks", node="ins-none")
    assert caught.value.field == "node"
    with pytest.raises(wharf.InvalidInputError):
        shared.set_time(0)
    shared.set_time(60)


class Program:
    """A server as a program, with what a client in any language knows of it: its endpoint."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen([path, "--speed", "manual", "--no-rate-limits"], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.endpoint: str = json.loads(self.process.stdout.readline())["endpoint"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {} if data is None else {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.endpoint}/_wharf/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None


@pytest.mark.skipif("WHARF_SERVER_PROGRAM" not in os.environ, reason="cargo test passes the path of the program")
def test_a_hundred_tests_share_one_program() -> None:
    program = Program(Path(os.environ["WHARF_SERVER_PROGRAM"]))

    def one(number: int) -> None:
        name = f"test-{number}"
        facts = program.call("POST", "clouds", {})
        key = wharf.Credentials(facts["credentials"]["id"], facts["credentials"]["secret"])

        def connect(product: str) -> Any:
            options = {"region": facts["region"], "endpoint": facts["endpoint"], "credentials": key}
            if product == "cce":
                options["project_id"] = facts["project_id"]
            module: Any = getattr(wharf, product)
            return module.Connection(**options)

        listed = use_every_product(connect, name)
        assert listed["tke"] == [name] and listed["tcr"] == [name], listed
        assert listed["cce"] == [] and listed["ack"] == [] and listed["ccs"] == [], listed
        state = program.call("GET", f"state?cloud={key.id}")
        assert [cluster["name"] for cluster in state["clusters"]] == [name]
        journal = program.call("GET", f"journal?cloud={key.id}&operation=CreateCluster")
        assert len(journal["entries"]) == 1
        assert program.call("DELETE", f"clouds/{key.id}") is None

    try:
        with ThreadPoolExecutor(max_workers=TESTS) as pool:
            for done in [pool.submit(one, number) for number in range(TESTS)]:
                done.result()
        assert len(program.call("GET", "clouds")["clouds"]) == 1
        with pytest.raises(urllib.error.HTTPError) as caught:
            program.call("POST", "clock", {"speed": 0})
        assert caught.value.code == 400
    finally:
        program.process.terminate()
        assert program.process.wait(timeout=30) == 0
