"""The vendors' own Python clients against a server that fails on purpose.

Usage: faults.py CLIENT, with the server's address and credentials in the environment. For each line on standard input
the client makes one call that reads, with its own timeouts of a second, and a line of JSON says what came of it:
`{"outcome": "read"}`, `{"outcome": "raised", "by": MODULE, "kind": CLASS, "says": TEXT}`, or `{"outcome": "hangs"}`.
"""

import json
import os
import sys
import threading

ENDPOINT = os.environ["WHARF_ENDPOINT"]
KEY_ID = os.environ["WHARF_SECRET_ID"]
KEY = os.environ["WHARF_SECRET_KEY"]
TOKEN = os.environ["WHARF_TOKEN"]
REGION = os.environ["WHARF_REGION"]
PROJECT = os.environ["WHARF_PROJECT_ID"]
ROLE = os.environ["WHARF_ROLE"]

TIMEOUT = 1
# A call that takes longer hangs, whatever its client retries.
DEADLINE = 60


def tencent(signature, method):
    from tencentcloud.common import credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.tke.v20180525 import models
    from tencentcloud.tke.v20180525.tke_client import TkeClient

    http = HttpProfile(protocol="http", endpoint=ENDPOINT, reqMethod=method, reqTimeout=TIMEOUT)
    profile = ClientProfile(signMethod=signature, httpProfile=http)
    client = TkeClient(credential.Credential(KEY_ID, KEY, TOKEN), REGION, profile)
    return lambda: client.DescribeClusters(models.DescribeClustersRequest()).TotalCount == 0


def huawei():
    import huaweicloudsdkcce.v3 as cce
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.http.http_config import HttpConfig

    config = HttpConfig.get_default_config()
    config.timeout = TIMEOUT
    credentials = BasicCredentials(KEY_ID, KEY, PROJECT).with_security_token(TOKEN)
    client = cce.CceClient.new_builder().with_credentials(credentials) \
        .with_endpoint("http://" + ENDPOINT).with_http_config(config).build()
    return lambda: client.list_clusters(cce.ListClustersRequest()).items == []


def older(request, read):
    from aliyunsdkcore.auth.credentials import StsTokenCredential
    from aliyunsdkcore.client import AcsClient

    credential = StsTokenCredential(KEY_ID, KEY, TOKEN)
    client = AcsClient(region_id=REGION, credential=credential, timeout=TIMEOUT, connect_timeout=TIMEOUT)

    def call():
        made = request()
        made.set_protocol_type("http")
        made.set_endpoint(ENDPOINT)
        return read(json.loads(client.do_action_with_exception(made)))

    return call


def older_ack():
    from aliyunsdkcore.request import CommonRequest

    def request():
        made = CommonRequest(ENDPOINT, "2015-12-15", "DescribeClustersV1", "/api/v1/clusters", "CS")
        made.set_method("GET")
        return made

    return older(request, lambda answer: answer["clusters"] == [])


def older_sts():
    from aliyunsdksts.request.v20150401.AssumeRoleRequest import AssumeRoleRequest

    def request():
        made = AssumeRoleRequest()
        made.set_RoleArn(ROLE)
        made.set_RoleSessionName("faults")
        return made

    return older(request, lambda answer: bool(answer["Credentials"]["SecurityToken"]))


def newer():
    from alibabacloud_credentials.client import Client as Credential
    from alibabacloud_credentials.models import Config as CredentialConfig
    from alibabacloud_cs20151215 import models
    from alibabacloud_cs20151215.client import Client
    from alibabacloud_tea_openapi.utils_models import Config

    credential = Credential(CredentialConfig(type="sts", access_key_id=KEY_ID, access_key_secret=KEY,
                                             security_token=TOKEN))
    client = Client(Config(credential=credential, endpoint=ENDPOINT, region_id=REGION, protocol="HTTP",
                           read_timeout=TIMEOUT * 1000, connect_timeout=TIMEOUT * 1000))
    call = client.call_api

    def plainly(params, request, runtime):
        params.protocol = "HTTP"
        return call(params, request, runtime)

    client.call_api = plainly
    return lambda: client.describe_clusters_v1(models.DescribeClustersV1Request()).body.clusters == []


CLIENTS = {
    "tencent-tc3": lambda: tencent("TC3-HMAC-SHA256", "POST"),
    "tencent-v1": lambda: tencent("HmacSHA1", "GET"),
    "huawei": huawei,
    "alibaba-older": older_ack,
    "alibaba-older-sts": older_sts,
    "alibaba-newer": newer,
}


def outcome(call):
    """What comes of a call, which may take no longer than the deadline."""
    found = {"outcome": "hangs"}

    def run():
        try:
            right = call()
        except Exception as error:
            kind = type(error)
            found.update(outcome="raised", by=kind.__module__, kind=kind.__name__, says=str(error)[:300])
        else:
            found.update(outcome="read" if right else "read wrongly")

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(DEADLINE)
    return dict(found)


def main():
    call = CLIENTS[sys.argv[1]]()
    for _ in sys.stdin:
        print(json.dumps(outcome(call)), flush=True)


if __name__ == "__main__":
    main()
