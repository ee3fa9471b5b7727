"""Plain values, records, and how structures are shown."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timezone
from html.parser import HTMLParser
from typing import Any

import pytest
from conftest import SECRET, create_cluster, many_clusters
from IPython.lib.pretty import pretty

import wharf
from wharf.server import Server
from wharf.tke import types


def answered(tke: wharf.tke.Connection, server: Server, *clusters: dict[str, Any]) -> types.DescribeClustersOutput:
    """Returns the output of `DescribeClusters` with these clusters."""
    server.faults.answer({"TotalCount": len(clusters), "Clusters": list(clusters)})
    return tke.describe_clusters()


def test_every_output_is_json(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    create_cluster(tke)
    answer = tke.describe_clusters()
    members = json.loads(json.dumps(answer.to_dict()))
    assert members == answer.to_dict() == wharf.to_plain(answer)
    assert members["clusters"][0]["cluster_type"] == "MANAGED_CLUSTER"
    assert type(answer.to_dict()["clusters"][0]["created_time"]) is str
    progress: list[wharf.Progress] = []
    wharf_server.advance(600)
    tke.clusters.wait_until_running(answer.clusters[0].cluster_id, on_progress=progress.append)
    with pytest.raises(wharf.NotFoundError) as caught:
        tke.describe_cluster_security(cluster_id="cls-gone0000")
    everything = {
        "clusters": answer.clusters,
        "progress": progress,
        "error": caught.value,
        "response": wharf.Response.of(answer),
        "calls": wharf_server.calls(),
        "credentials": wharf_server.credentials,
        "time": datetime(2026, 1, 2, tzinfo=timezone.utc),
        "other": wharf.Other("x"),
    }
    text = json.dumps(everything, default=wharf.to_plain)
    assert json.loads(text) == wharf.to_plain(everything)
    assert wharf_server.credentials.secret.expose() not in text
    found = json.loads(text)
    assert found["error"]["kind"] == "not_found" and found["error"]["code"] == caught.value.code
    assert found["response"]["status"] == 200 and found["time"] == "2026-01-02T00:00:00+00:00"
    with pytest.raises(TypeError, match="no value of wharf"):
        json.dumps(object(), default=wharf.to_plain)


def test_documents_in_strings_are_parsed(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    document = json.dumps({"NetworkType": "GR", "parts": [{"DB_PASSWORD": SECRET}], "api-token": SECRET, "secret": None})
    (cluster,) = answered(tke, wharf_server, {"ClusterId": "cls-1", "Property": document}).clusters
    hidden = {"NetworkType": "GR", "parts": [{"DB_PASSWORD": "[hidden]"}], "api-token": "[hidden]", "secret": None}
    assert cluster.to_dict()["property"] == hidden
    assert cluster.to_dict(expose_secrets=True)["property"] == json.loads(document)
    # By the API's names it is a text, as the API has it.
    assert json.loads(cluster.to_dict(wire_names=True)["Property"]) == hidden
    assert cluster.to_dict(wire_names=True, expose_secrets=True)["Property"] == document
    wharf_server.faults.clear()
    (cluster,) = answered(tke, wharf_server, {"ClusterId": "cls-1", "Property": "no JSON"}).clusters
    assert cluster.to_dict()["property"] == "no JSON"
    # A document that is marked as a secret is hidden as a whole.
    addon = wharf.ack.types.InstallAddon(name="a", config=wharf.JsonText('{"a": 1}'))
    assert addon.to_dict() == {"name": "a", "config": "[hidden]"}
    assert addon.to_dict(expose_secrets=True) == {"name": "a", "config": {"a": 1}}


def test_records_are_flat(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    answer = answered(
        tke,
        wharf_server,
        {"ClusterId": "cls-1", "ClusterNetworkSettings": {"VpcId": "vpc-1", "SubnetIds": ["a", "b"]}, "Property": '{"a": {"b": 1}}'},
        {"ClusterId": "cls-2", "CreatedTime": "2026-01-02T03:04:05Z", "TagSpecification": [{"ResourceType": "cluster"}]},
        {"ClusterId": "cls-3", "CreatedTime": "soon"},
    )
    records = wharf.to_records(answer.clusters)
    first, second, third = records
    assert first["cluster_network_settings.vpc_id"] == "vpc-1" and first["cluster_network_settings.subnet_ids"] == ["a", "b"]
    assert first["property.a.b"] == 1 and first["created_time"] is None
    assert second["created_time"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert second["tag_specification"][0]["resource_type"] == "cluster" and third["created_time"] == "soon"
    assert list(first) == list(second) == list(third)
    assert wharf.to_records(answer) == records
    assert "cluster_network_settings/vpc_id" in wharf.to_records(answer, separator="/")[0]
    file = io.StringIO()
    writer = csv.DictWriter(file, first)
    writer.writeheader()
    writer.writerows(records)
    assert file.getvalue().count("\n") == 4
    assert wharf.to_records([]) == []


def test_records_hide_secrets(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    login = types.LoginSettings(password=SECRET, key_ids=["k"])
    settings = wharf.ack.types.InstallAddon(name="a", config=f'{{"a": "{SECRET}"}}')
    assert SECRET not in repr(wharf.to_records([login, settings]))
    assert SECRET in repr(wharf.to_records([login], expose_secrets=True))


class Tables(HTMLParser):
    """Collects the tags and the texts of a document, and checks that tags are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def tables(text: str) -> Tables:
    parser = Tables()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    return parser


def test_html_is_a_table_and_escaped(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    bad = "<script>alert(1)</script>&"
    answer = answered(
        tke,
        wharf_server,
        {"ClusterId": "cls-1", "ClusterName": bad, "Property": f'{{"a": "{SECRET}"}}', "ClusterNetworkSettings": {"VpcId": "vpc-1"}},
        {"ClusterId": "cls-2", "ClusterDescription": "second"},
    )
    for text in (answer._repr_html_(), answer.items()._repr_html_(), answer.clusters[0]._repr_html_()):
        parsed = tables(text)
        assert bad in parsed.texts and "script" not in parsed.tags and "vpc-1" in parsed.texts
        assert SECRET not in text and "[hidden]" in parsed.texts
    parsed = tables(answer._repr_html_())
    assert parsed.texts.count("cluster_name") == 1 and {"cls-1", "cls-2", "total_count"} <= set(parsed.texts)
    wharf_server.faults.clear()
    wharf_server.faults.answer(many_clusters(150))
    assert "50 more" in tables(tke.describe_clusters()._repr_html_()).texts


def test_the_pretty_form_has_a_member_in_each_line(tke: wharf.tke.Connection, wharf_server: Server) -> None:
    (cluster,) = answered(
        tke,
        wharf_server,
        {"ClusterId": "cls-1", "Property": f'{{"a": "{SECRET}"}}', "ClusterNetworkSettings": {"VpcId": "vpc-1"}},
    ).clusters
    text = pretty(cluster)  # type: ignore[no-untyped-call]
    lines = [line.strip() for line in text.splitlines()]
    assert "cluster_id='cls-1'," in lines and "property=[hidden]," in lines and SECRET not in text
    assert any(line.startswith("cluster_network_settings=ClusterNetworkSettings(") for line in lines)
    short = pretty(types.Filter(name="a"))  # type: ignore[no-untyped-call]
    assert short == "Filter(name='a')"
    assert ("property", "[hidden]") in [(name, repr(value)) for name, value in cluster.__rich_repr__()]
