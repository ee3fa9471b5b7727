"""Handles of work and of resources, time series, and values of helpers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import SECRET

import wharf
from wharf import _wharf
from wharf.server import Server

NAMES = {"clusterId": "cls-1", "serviceName": "web", "namespace": "shop"}


def sent(server: Server, run: Any) -> tuple[str, dict[str, Any]]:
    """Runs a call that fails, and returns the operation and the input that arrived."""
    server.faults.clear()
    server.faults.answer({})
    try:
        run()
    except wharf.Error:
        pass
    call = server.calls()[-1]
    return call.operation, dict(call.parameters)


def test_a_service_sends_what_its_client_sends(ccs: wharf.ccs.Connection, wharf_server: Server) -> None:
    service = ccs.service("cls-1", "web", namespace="shop")
    assert (service.cluster_id, service.name, service.namespace) == ("cls-1", "web", "shop")
    containers = [{"container_name": "web", "image": "nginx"}]
    calls: list[tuple[Callable[[], object], str, dict[str, object]]] = [
        (lambda: service.get(), "DescribeClusterServiceInfo", {}),
        (lambda: service.create(2, containers=containers), "CreateClusterService", {"replicas": 2}),
        (lambda: service.replace(3, strategy="RollingUpdate", containers=containers), "ModifyClusterService", {"replicas": 3}),
        (lambda: service.set_image("nginx:2"), "ModifyClusterServiceImage", {"image": "nginx:2"}),
        (lambda: service.set_images({"web": "nginx:2"}), "ModifyClusterServiceImage", {}),
        (lambda: service.redeploy(), "RedeployClusterService", {}),
        (lambda: service.pause(), "PauseClusterService", {}),
        (lambda: service.resume(), "ResumeClusterService", {}),
        (lambda: service.roll_back(), "RollBackClusterService", {}),
        (lambda: service.set_description("x"), "ModifyServiceDescription", {"description": "x"}),
        (lambda: service.delete(), "DeleteClusterService", {}),
    ]
    for run, operation, more in calls:
        called, parameters = sent(wharf_server, run)
        assert called == operation
        for name, value in {**NAMES, **more}.items():
            assert str(parameters[name]) == str(value), (operation, name)
    # By name it is the same call.
    by_name = sent(wharf_server, lambda: ccs.call("service_handle.pause", {"cluster_id": "cls-1", "service_name": "web", "namespace": "shop"}))
    assert by_name == sent(wharf_server, service.pause)


def test_an_upgrade_job_and_task_are_followed(wharf_server: Server) -> None:
    ack = wharf_server.connection(wharf.ack.Connection)
    upgrade = ack.upgrade("c1")
    for run, operation in [
        (lambda: upgrade.start("1.22.3"), "UpgradeCluster"),
        (upgrade.status, "GetUpgradeStatus"),
        (upgrade.pause, "PauseClusterUpgrade"),
        (upgrade.resume, "ResumeUpgradeCluster"),
        (upgrade.cancel, "CancelClusterUpgrade"),
    ]:
        called, parameters = sent(wharf_server, run)
        assert called == operation and "c1" in json.dumps(parameters)
    _, parameters = sent(wharf_server, lambda: upgrade.start("1.22.3"))
    assert "1.22.3" in json.dumps(parameters) and "k8s" in json.dumps(parameters)
    wharf_server.faults.clear()
    cce = wharf_server.connection(wharf.cce.Connection)
    with pytest.raises(wharf.Error) as caught:
        cce.job("nothing").get()
    assert caught.value.operation == "GetJob"
    with pytest.raises(wharf.NotFoundError):
        cce.job("nothing").wait(grace=0.01, poll_interval=0.01)
    ccs = wharf_server.connection(wharf.ccs.Connection)
    with pytest.raises(wharf.Error) as caught:
        ccs.task(7).get()
    assert caught.value.operation == "DescribeClusterTaskResult"
    assert "7" in repr(ccs.task(7)) and "'c1'" in repr(upgrade)
    wrongs: list[Callable[[], object]] = [
        lambda: ack.job("x"),
        lambda: cce.task(1),
        lambda: ccs.upgrade("c"),
        lambda: cce.service("c", "s"),
    ]
    for wrong in wrongs:
        with pytest.raises(wharf.UnsupportedError):
            wrong()


ANSWER = {"startTime": "2018-01-01 08:00:00", "endTime": "2018-01-01 08:05:00", "metricName": "dc_cpu_usage", "period": 300, "dataPoints": [1.5, None]}
START = datetime(2018, 1, 1, tzinfo=timezone.utc)


def check(series: wharf.Series) -> None:
    assert (series.metric, series.unit, series.period) == ("dc_cpu_usage", "%", timedelta(minutes=5))
    assert series.points == [wharf.Point(START, 1.5), wharf.Point(START + timedelta(minutes=5), None)]


def test_a_series_has_times(ccs: wharf.ccs.Connection, wharf_server: Server) -> None:
    wharf_server.faults.answer(ANSWER, times=2)
    end = (START + timedelta(minutes=5)).astimezone(timezone(timedelta(hours=8)))
    check(ccs.series("dc_cpu_usage", cluster="cls-1", start=START, end=end, period=timedelta(minutes=5)))
    assert wharf_server.calls()[-1].parameters["startTime"] == "2018-01-01 08:00:00"
    connection = wharf_server.connection(wharf.ccs.AsyncConnection)
    check(asyncio.run(_of(connection)))
    with pytest.raises(ValueError, match="time zone"):
        ccs.series("dc_cpu_usage", cluster="cls-1", start=datetime(2018, 1, 1))
    with pytest.raises(wharf.InvalidInputError) as caught:
        ccs.series("pod_in_flux", cluster="cls-1", service="web", namespace="default")
    assert caught.value.field == "podName"


async def _of(ccs: wharf.ccs.AsyncConnection) -> wharf.Series:
    return await ccs.series("dc_cpu_usage", cluster="cls-1")


def test_asynchronous_handles_are_awaited(wharf_server: Server) -> None:
    async def run() -> None:
        cce = wharf_server.connection(wharf.cce.AsyncConnection)
        with pytest.raises(wharf.Error):
            await cce.job("nothing").get()
        with pytest.raises(wharf.NotFoundError):
            await cce.job("nothing").wait(grace=0.01, poll_interval=0.01)
        service = wharf_server.connection(wharf.ccs.AsyncConnection).service("cls-1", "web")
        assert service.namespace == "default"
        with pytest.raises(wharf.Error):
            await service.get()
        with pytest.raises(wharf.Error):
            await wharf_server.connection(wharf.ack.AsyncConnection).upgrade("c1").status()
        with pytest.raises(wharf.Error):
            await wharf_server.connection(wharf.ccs.AsyncConnection).task(7).get()

    asyncio.run(run())


def test_a_password_is_salted() -> None:
    password = wharf.node_password("Correct-Horse-7")
    assert "Correct" not in repr(password) and password.expose().startswith("JDYk")
    assert password != wharf.node_password("Correct-Horse-7")
    with pytest.raises(wharf.InvalidInputError) as caught:
        wharf.node_password(SECRET, user="pl4nted")
    assert caught.value.field == "password" and SECRET not in str(caught.value)


def test_values_of_helpers() -> None:
    taint = wharf.value("ack", "taint.no_schedule", key="k", value="v")
    assert taint == {"key": "k", "value": "v", "effect": "NoSchedule"}
    assert wharf.value("ccs", "short_region", region="ap-guangzhou") == "gz"
    login = wharf.value("cce", "login.password", password="Correct-Horse-7")
    node = wharf.value("cce", "node_spec.server", flavor="s6.large.2", zone="az1", login=login)
    assert node["login"] == login
    for arguments, field in [({}, "region"), ({"region": "gz", "zone": "a"}, "zone")]:
        with pytest.raises(wharf.InvalidInputError) as caught:
            wharf.value("ccs", "short_region", **arguments)
        assert caught.value.field == field
    with pytest.raises(wharf.InvalidInputError, match="did you mean short_region"):
        wharf.value("ccs", "short_regoin")


def test_every_handle_of_rust_has_its_methods() -> None:
    """Checks that a helper that calls an operation is a method of a handle of that name."""
    handles = {
        "job": (wharf.Job, wharf.AsyncJob),
        "task": (wharf.Task, wharf.AsyncTask),
        "upgrade": (wharf.Upgrade, wharf.AsyncUpgrade),
        "service_handle": (wharf.Service, wharf.AsyncService),
    }
    seen = 0
    for product in _wharf.products():
        for name, calls in _wharf.helpers(product):
            handle, _, method = name.partition(".")
            if calls and name != "series_request.send":
                assert all(callable(getattr(kind, method)) for kind in handles[handle]), name
                seen += 1
    assert seen > 15
