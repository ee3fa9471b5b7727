"""Alibaba's older Python client: `alibaba_older.py ENDPOINT CALLS AT_ONCE CLUSTERS` prints the microseconds of CPU per DescribeClustersV1.

It returns the bytes of the body, which the program reads with `json`.
"""

import json

import measure
from aliyunsdkcore.client import AcsClient
from aliyunsdkcs.request.v20151215.DescribeClustersV1Request import DescribeClustersV1Request

client = AcsClient("AKIDexample", "a-secret-of-the-usual-length-36-chars", "cn-hangzhou")


def call() -> int:
    request = DescribeClustersV1Request()
    request.set_endpoint(measure.ENDPOINT.removeprefix("http://"))
    request.set_protocol_type("http")
    clusters = json.loads(client.do_action_with_exception(request))["clusters"]
    return len([(cluster["cluster_id"], cluster["state"]) for cluster in clusters])


measure.run(call)
