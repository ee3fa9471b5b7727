"""Huawei's Python client: `huawei.py ENDPOINT CALLS AT_ONCE CLUSTERS` prints the microseconds of CPU per ListClusters."""

import measure
from huaweicloudsdkcce.v3 import CceClient, ListClustersRequest
from huaweicloudsdkcore.auth.credentials import BasicCredentials

key = BasicCredentials("AKIDexample", "a-secret-of-the-usual-length-36-chars", "0123456789abcdef0123456789abcdef")
client = CceClient.new_builder().with_credentials(key).with_endpoint(measure.ENDPOINT).build()


def call() -> int:
    items = client.list_clusters(ListClustersRequest()).items
    return len([(cluster.metadata.uid, cluster.status.phase) for cluster in items])


measure.run(call)
