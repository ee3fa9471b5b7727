"""Tencent's Python client: `tencent.py ENDPOINT CALLS AT_ONCE CLUSTERS` prints the microseconds of CPU per call."""

import measure
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tke.v20180525 import models, tke_client

http = HttpProfile(protocol="http", endpoint=measure.ENDPOINT.removeprefix("http://"), keepAlive=True)
key = credential.Credential("AKIDexample", "a-secret-of-the-usual-length-36-chars")
client = tke_client.TkeClient(key, "ap-guangzhou", ClientProfile(httpProfile=http))


def call() -> int:
    request = models.DescribeClustersRequest()
    request.Limit = 100
    return len([(cluster.ClusterId, cluster.ClusterStatus) for cluster in client.DescribeClusters(request).Clusters])


measure.run(call)
