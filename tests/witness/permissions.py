"""The vendors' own Python clients call with the key of a sub-account: what it may not do raises their exception.

Run by the test suite with the server's address, the key of the sub-account, project and region in the environment. A
failed check raises. Prints a line for each client.
"""

import os

import huaweicloudsdkcce.v3 as cce
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tke.v20180525 import models as tke
from tencentcloud.tke.v20180525.tke_client import TkeClient

from ack_clients import Newer, Older, Refused, expect

ENDPOINT = os.environ["WHARF_ENDPOINT"]
KEY = os.environ["WHARF_ACCESS_KEY"]
SECRET = os.environ["WHARF_SECRET_KEY"]
PROJECT = os.environ["WHARF_PROJECT_ID"]
REGION = os.environ["WHARF_REGION"]


def refused(exception, call, told, due):
    """The exception of the call that is refused: `told` reads from it what is compared."""
    try:
        call()
    except exception as error:
        expect(told(error) == due, f"expected {due}, got {error}")
        expect(SECRET not in str(error), "the secret is shown")
        return
    raise AssertionError(f"expected {due}, the call went through")


def tencent():
    http = HttpProfile(protocol="http", endpoint=ENDPOINT, reqMethod="POST", reqTimeout=30)
    client = TkeClient(credential.Credential(KEY, SECRET), REGION, ClientProfile(httpProfile=http))
    client.call_json("DescribeQuota", {})
    request = tke.DescribeClusterSecurityRequest()
    request.ClusterId = "cls-1"
    refused(TencentCloudSDKException, lambda: client.DescribeClusterSecurity(request),
            lambda error: error.code, "UnauthorizedOperation")
    print("ok tencent")


def huawei():
    client = cce.CceClient.new_builder().with_credentials(BasicCredentials(KEY, SECRET, PROJECT)) \
        .with_endpoint("http://" + ENDPOINT).with_http_config(HttpConfig.get_default_config()).build()
    client.list_clusters(cce.ListClustersRequest())
    refused(ClientRequestException, lambda: client.show_quotas(cce.ShowQuotasRequest()),
            lambda error: (error.status_code, error.error_code), (403, "CCE.01403001"))
    print("ok huawei")


def alibaba(kind):
    client = kind("http://" + ENDPOINT, REGION, KEY, SECRET)
    client.ask("DescribeTemplates")
    # `Refused` is made of the client's own exception.
    refused(Refused, lambda: client.ask("DescribeClustersV1"),
            lambda error: (error.status, error.code), (403, "Forbidden.RAM"))
    print("ok alibaba " + kind.name)


tencent()
huawei()
alibaba(Older)
alibaba(Newer)
