"""Calls, outputs and rejected inputs."""

from __future__ import annotations

import copy
import json
import pickle
from collections import OrderedDict, UserDict
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from conftest import VPC, create_cluster, many_clusters

import wharf
from wharf.server import Server
from wharf.tke import types


def test_an_answer_is_typed(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    cluster_id = create_cluster(tke, "名字")
    answer = tke.clusters.describe_clusters(cluster_ids=[cluster_id])
    assert isinstance(answer, types.DescribeClustersOutput)
    assert answer.total_count == 1
    cluster = answer.clusters[0]
    assert isinstance(cluster, types.Cluster) and isinstance(cluster, wharf.Structure)
    assert (cluster.cluster_id, cluster.cluster_name, cluster.cluster_status) == (cluster_id, "名字", "Creating")
    assert isinstance(cluster.cluster_network_settings, types.ClusterNetworkSettings)
    assert cluster.cluster_network_settings.cluster_cidr == "172.16.0.0/16"
    assert type(cluster.cluster_node_num) is int and cluster.cluster_network_settings.ipvs is False
    # A field that the service left out is None; an unknown field is not an attribute.
    assert cluster.property is not None or "property" not in cluster.to_dict()
    with pytest.raises(AttributeError, match="clustr_id"):
        cluster.clustr_id  # type: ignore[attr-defined]  # pyright: ignore
    assert "cluster_id" in dir(cluster)
    assert [call.parameters for call in wharf_server.calls("DescribeClusters")] == [{"ClusterIds": [cluster_id]}]


@pytest.mark.parametrize(
    "settings",
    [
        {"cluster_name": "n", "vpc_id": VPC},
        {"ClusterName": "n", "VpcId": VPC},
        OrderedDict(cluster_name="n", vpc_id=VPC),
        UserDict(cluster_name="n", vpc_id=VPC),
        types.ClusterBasicSettings(cluster_name="n", vpc_id=VPC),
    ],
)
def test_structures_are_given_in_many_forms(tke: wharf.tke.Connection, wharf_server: Server, settings: Any) -> None:
    tke.clusters.create_cluster(
        cluster_type="MANAGED_CLUSTER",
        cluster_cidr_settings={"cluster_cidr": "172.16.0.0/16"},
        cluster_basic_settings=settings,
    )
    (call,) = wharf_server.calls("CreateCluster")
    assert call.parameters["ClusterBasicSettings"] == {"ClusterName": "n", "VpcId": VPC}


def test_none_inside_of_an_argument_is_refused_by_its_place(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    settings: Any = {"ClusterName": "n", "vpc_id": VPC, "project_id": None}
    with pytest.raises(wharf.InvalidInputError) as caught:
        tke.clusters.create_cluster(
            cluster_type="MANAGED_CLUSTER",
            cluster_cidr_settings={"cluster_cidr": "172.16.0.0/16"},
            cluster_basic_settings=settings,
        )
    assert caught.value.field == "ClusterBasicSettings.ProjectId"
    assert wharf_server.calls("CreateCluster") == []


def test_lists_are_given_in_many_forms(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    wharf_server.faults.answer(many_clusters(0))
    filters = types.Filter(name="ClusterName", values=["a"])
    forms: list[Any] = [[filters], (filters,), [{"name": "ClusterName", "values": ("a",)}], [{"Name": "ClusterName", "Values": ["a"]}]]
    for given in forms:
        tke.clusters.describe_clusters(filters=given)
    sent = [call.parameters for call in wharf_server.calls()]
    assert sent == [{"Filters": [{"Name": "ClusterName", "Values": ["a"]}]}] * 4


Calls = [
    ({"cluster_id": ["x"]}, "cluster_id"),
    ({"cluster_ids": "cls-1"}, "ClusterIds"),
    ({"cluster_ids": [1]}, "ClusterIds"),
    ({"cluster_ids": {"a": 1}}, "ClusterIds"),
    ({"limit": "many"}, "Limit"),
    ({"limit": 1.5}, "Limit"),
    ({"limit": 101}, "Limit"),
    ({"limit": 2**64}, "limit"),
    ({"filters": [{"nam": "ClusterName"}]}, "nam"),
    ({"filters": [{"name": "a", "Name": "a"}]}, "name"),
    ({"filters": [{"name": "a", "values": ["a", 1]}]}, "Values"),
    ({"cluster_ids": b"x"}, "cluster_ids"),
    ({"cluster_ids": {1, 2}}, "cluster_ids"),
    ({"cluster_ids": object()}, "cluster_ids"),
    ({"cluster_ids": ["\ud800"]}, "cluster_ids[0]"),
    ({"filters": [{1: "a"}]}, "filters[0]"),
    ({"limit": float("nan")}, "limit"),
]


@pytest.mark.parametrize(("arguments", "field"), Calls)
def test_a_wrong_argument_is_refused_before_sending(
    tke: wharf.tke.Connection, wharf_server: Server, arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(wharf.InvalidInputError) as caught:
        tke.clusters.describe_clusters(**arguments)
    error = caught.value
    assert error.field is not None and field in error.field
    assert isinstance(error, (wharf.Error, ValueError)) and error.kind == "invalid_input"
    assert error.status is None and not error.retryable
    assert wharf_server.calls() == []


def test_what_is_missing_is_refused_before_sending(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    with pytest.raises(wharf.InvalidInputError) as caught:
        tke.clusters.delete_cluster(cluster_id="cls-1")  # type: ignore[call-arg]  # pyright: ignore
    assert (caught.value.field, caught.value.product, caught.value.operation) == ("InstanceDeleteMode", "tke", "DeleteCluster")
    with pytest.raises(TypeError):
        tke.clusters.delete_cluster("cls-1")  # type: ignore[call-arg]  # pyright: ignore
    assert wharf_server.calls() == []


def test_an_input_that_holds_itself_is_refused(tke: wharf.tke.Connection) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(wharf.InvalidInputError, match="too deep"):
        tke.clusters.describe_clusters(filters=endless)


def test_an_error_says_what_the_service_said(tke: wharf.tke.Connection) -> None:
    with pytest.raises(wharf.NotFoundError) as caught:
        tke.clusters.delete_cluster(cluster_id="cls-gone0000", instance_delete_mode="terminate")
    error = caught.value
    assert (error.kind, error.code, error.status, error.retryable) == ("not_found", "ResourceNotFound", 200, False)
    assert (error.product, error.operation, error.field) == ("tke", "DeleteCluster", None)
    assert error.request_id and error.request_id in str(error) and error.message in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is wharf.NotFoundError
    assert (str(again), again.__dict__.keys()) == (str(error), error.__dict__.keys())
    assert (again.code, again.request_id, again.attempts) == (error.code, error.request_id, ())


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (wharf.ThrottledError, "RequestLimitExceeded"),
        (wharf.CredentialsError, "AuthFailure.SecretIdNotFound"),
        (wharf.PermissionDeniedError, "UnauthorizedOperation"),
        (wharf.InvalidInputError, "InvalidParameter"),
        (wharf.UnsupportedError, "UnsupportedOperation"),
        (wharf.QuotaError, "LimitExceeded"),
    ],
)
def test_each_kind_has_its_class(
    tke: wharf.tke.Connection, wharf_server: Server, kind: type[wharf.Error], code: str
) -> None:
    wharf_server.faults.refuse(code, "as you wished")
    with pytest.raises(kind) as caught:
        tke.with_options(retry={"max_attempts": 1}).clusters.describe_clusters()
    assert type(caught.value) is kind
    assert caught.value.code == code and "as you wished" in caught.value.message


def test_what_the_network_does(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    once = tke.with_options(retry={"max_attempts": 1})
    wharf_server.faults.cut_before(times=1)
    with pytest.raises(ConnectionError) as cut:
        once.clusters.describe_clusters()
    assert isinstance(cut.value, wharf.ConnectionFailedError) and pickle.loads(pickle.dumps(cut.value)).kind == "connection_failed"
    wharf_server.faults.delay(30, times=1)
    with pytest.raises(TimeoutError) as late:
        once.with_options(timeout=0.05).clusters.describe_clusters()
    assert isinstance(late.value, wharf.TimedOutError) and str(pickle.loads(pickle.dumps(late.value))) == str(late.value)
    wharf_server.faults.garbage(times=1)
    with pytest.raises(wharf.Error):
        once.clusters.describe_clusters()
    wharf_server.faults.http_status(503, times=2)
    with pytest.raises(wharf.TransientError) as failed:
        tke.with_options(retry={"max_attempts": 2, "base_delay": 0.001}).clusters.describe_clusters()
    (attempt,) = failed.value.attempts
    assert (failed.value.status, attempt.status, attempt.kind) == (503, 503, "transient")
    assert isinstance(failed.value, wharf.ServiceError) and failed.value.retryable
    wharf_server.faults.throttle(times=2)
    assert tke.clusters.describe_clusters().total_count == 0


def test_options_of_calls(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    there = tke.with_options(region="ap-shanghai")
    assert (there.region, tke.region) == ("ap-shanghai", wharf_server.region)
    there.with_options(timeout=10).clusters.describe_clusters()
    assert [call.region for call in wharf_server.calls()] == ["ap-shanghai"]
    with pytest.raises(wharf.InvalidInputError) as caught:
        tke.with_options(retry={"max_attempt": 1})  # type: ignore[arg-type]  # pyright: ignore
    assert caught.value.field == "retry.max_attempt"


def test_options_of_connections_are_checked() -> None:
    for options, field in [
        ({"regio": "x"}, "regio"),
        ({"region": 1}, "region"),
        ({"retry": {"max_attempts": "many"}}, "retry.max_attempts"),
        ({"credentials": {"id": "x"}}, "credentials.secret"),
        ({"endpoint": "nowhere"}, "endpoint"),
        ({"project_id": "x"}, "project_id"),
    ]:
        with pytest.raises(wharf.ConfigurationError) as caught:
            wharf.tke.Connection(**options)  # type: ignore[arg-type]  # pyright: ignore
        assert caught.value.field == field
        assert isinstance(caught.value, ValueError)


def test_answers_are_values(tke: wharf.tke.Connection) -> None:
    create_cluster(tke)
    answer = tke.clusters.describe_clusters()
    cluster = answer.clusters[0]
    for other in (pickle.loads(pickle.dumps(cluster)), copy.copy(cluster), copy.deepcopy(cluster)):
        assert other == cluster and other is not cluster and type(other) is types.Cluster
    assert pickle.loads(pickle.dumps(answer)) == answer
    other = copy.deepcopy(cluster)
    other.cluster_network_settings.cluster_cidr = "10.0.0.0/8"
    assert other != cluster and cluster != cluster.to_dict()
    with pytest.raises(TypeError):
        hash(cluster)
    members = answer.to_dict()
    assert members["clusters"][0]["cluster_network_settings"]["cluster_cidr"] == "172.16.0.0/16"
    wire = answer.to_dict(wire_names=True)
    assert wire["Clusters"][0]["ClusterNetworkSettings"]["ClusterCIDR"] == "172.16.0.0/16"
    assert repr(cluster).startswith(f"Cluster(cluster_id={cluster.cluster_id!r}, ")
    assert types.Filter(name="a", values=["b"]) == types.Filter(name="a", values=["b"])
    assert types.Filter(name="a") != types.Tag(key="a")
    with pytest.raises(wharf.InvalidInputError, match="nam is no member of Filter"):
        types.Filter(nam="a")  # type: ignore[call-arg]  # pyright: ignore


def test_a_call_by_name_gives_what_the_service_sent(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    wharf_server.faults.answer({"TotalCount": 1, "Clusters": [{"ClusterId": "c", "New": [None, 1.5, True, 2**63]}]})
    answer = tke.call("DescribeClusters", {"ClusterIds": ["c"]})
    assert answer["Clusters"] == [{"ClusterId": "c", "New": [None, 1.5, True, 2**63]}]
    assert tke.call("DescribeClusters")["TotalCount"] == 1
    with pytest.raises(wharf.InvalidInputError, match="did you mean DescribeClusters"):
        tke.call("DescribeCluster")
    with pytest.raises(wharf.InvalidInputError) as caught:
        tke.call("DescribeClusters", {"cluster_ids": []})
    assert caught.value.field == "cluster_ids"


def test_times(wharf_server: Server) -> None:
    start = wharf_server.now()
    cce = wharf_server.connection(wharf.cce.Connection)
    created = cce.clusters.create_cluster(
        metadata={"name": "one-cluster"},
        spec={
            "type": "VirtualMachine",
            "flavor": "cce.s1.small",
            "host_network": {"vpc": "vpc-default0", "subnet": "subnet-default1"},
            "container_network": {"mode": "overlay_l2", "cidr": "172.16.0.0/16"},
        },
    )
    time = created.metadata.creation_timestamp
    assert isinstance(time, wharf.Timestamp) and isinstance(time, str)
    assert time.datetime is not None and abs(time.datetime - start) < timedelta(minutes=1)
    assert wharf.Timestamp("2024-10-18T10:38:36Z").datetime == datetime(2024, 10, 18, 10, 38, 36, tzinfo=timezone.utc)
    assert wharf.Timestamp("2018-08-02 08:12:40.672772389 +0000 UTC").datetime is not None
    assert wharf.Timestamp("soon").datetime is None
    assert pickle.loads(pickle.dumps(time)) == time and repr(wharf.Timestamp("x")) == "Timestamp('x')"


def test_times_in_requests_have_the_form_of_their_field(wharf_server: Server) -> None:
    ccs = wharf_server.connection(wharf.ccs.Connection)
    start = datetime(2024, 5, 31, 19, 50, 0, 500_000, tzinfo=timezone(timedelta(hours=-4)))
    end = datetime(2024, 6, 1, tzinfo=timezone.utc)
    request: dict[str, Any] = {
        "namespace": "qce/cvm",
        "metric_name": "dc_cpu_usage",
        "dimensions": [{"name": "docker_clusterid", "value": "cls-1"}],
    }
    wharf_server.faults.answer(
        {"code": 0, "startTime": "2024-06-01 07:50:00", "endTime": "2024-06-01 08:00:00", "dataPoints": []}
    )
    told = ccs.monitoring.get_monitor_data(**request, start_time=start, end_time=end)
    assert told.start_time.datetime == start.replace(microsecond=0) and told.end_time.datetime == end
    assert copy.copy(told.start_time).datetime == pickle.loads(pickle.dumps(told.start_time)).datetime
    sent = [call.parameters for call in wharf_server.calls()]
    assert [(each["startTime"], each["endTime"]) for each in sent] == [("2024-06-01 07:50:00", "2024-06-01 08:00:00")]
    with pytest.raises(wharf.InvalidInputError, match="start_time"):
        ccs.monitoring.get_monitor_data(**request, start_time=datetime(2024, 6, 1))


def test_what_is_known_of_a_call(wharf_server: Server) -> None:
    tke, cce = wharf_server.connection(wharf.tke.Connection), wharf_server.connection(wharf.cce.Connection)
    for call in (tke.clusters.describe_clusters, cce.clusters.list_clusters):
        output = call()
        response = wharf.Response.of(output)
        assert response.output is output and response.request_id == wharf_server.calls()[-1].request_id
        assert (response.status, response.attempts, response.problems) == (200, (), [])
        assert "json" in response.headers["content-type"]
    page = next(iter(tke.clusters.describe_clusters().pages()))
    assert wharf.Response.of(page).request_id is not None
    with pytest.raises(ValueError, match="not what a call returned"):
        wharf.Response.of(wharf.tke.types.Filter())
    by_name = tke.call_with_response("DescribeClusters", {"Limit": 1})
    assert by_name.output["TotalCount"] == 0 and by_name.request_id is not None
    wharf_server.faults.throttle(operation="DescribeClusters", times=1)
    again = wharf.Response.of(tke.clusters.describe_clusters())
    assert [attempt.kind for attempt in again.attempts] == ["throttled"]


def test_operations_that_are_not_known(wharf_server: Server) -> None:
    tke, cce = wharf_server.connection(wharf.tke.Connection), wharf_server.connection(wharf.cce.Connection)
    assert tke.call_unlisted("2018-05-25", "DescribeClusters", {"Limit": 1}).output["TotalCount"] == 0
    with pytest.raises(wharf.InvalidInputError) as wrong:
        tke.call_unlisted("", "DescribeClusters")
    assert wrong.value.field == "version"
    with pytest.raises(wharf.InvalidInputError) as wrong:
        cce.call_unlisted("v3", "GET clusters")
    assert wrong.value.field == "action"


def test_signed_requests(wharf_server: Server) -> None:
    tke = wharf_server.connection(wharf.tke.Connection)
    before = len(wharf_server.calls())
    signed = tke.sign("DescribeClusters", {"Limit": 1})
    assert signed.method == "POST" and json.loads(signed.body) == {"Limit": 1}
    assert signed.headers["authorization"].startswith("TC3-HMAC-SHA256") and "TC3" not in repr(signed)
    with pytest.raises(wharf.UnsupportedError):
        tke.presign("DescribeClusters")
    ccs = wharf_server.connection(wharf.ccs.Connection)
    assert "Action=DescribeCluster&" in ccs.presign("DescribeCluster")
    assert len(wharf_server.calls()) == before
