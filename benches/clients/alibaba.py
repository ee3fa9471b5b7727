"""Alibaba's Python client: `alibaba.py ENDPOINT CALLS AT_ONCE CLUSTERS` prints the microseconds of CPU per DescribeClustersV1."""

import measure
from alibabacloud_cs20151215.client import Client
from alibabacloud_cs20151215.models import DescribeClustersV1Request
from alibabacloud_tea_openapi.models import Config

config = Config(
    access_key_id="AKIDexample",
    access_key_secret="a-secret-of-the-usual-length-36-chars",
    endpoint=measure.ENDPOINT.removeprefix("http://"),
    protocol="HTTP",
    region_id="cn-hangzhou",
)
client = Client(config)


def call() -> int:
    clusters = client.describe_clusters_v1(DescribeClustersV1Request(page_size=100)).body.clusters
    return len([(cluster.cluster_id, cluster.state) for cluster in clusters])


measure.run(call)
