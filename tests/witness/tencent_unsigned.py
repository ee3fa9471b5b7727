"""Tencent's own Python client leaves the payload out of its signatures, as its profile offers it.

Usage: unsigned.py HTTP_METHOD
"""

import os
import sys

from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tke.v20180525 import models as tke
from tencentcloud.tke.v20180525.tke_client import TkeClient

http = HttpProfile(protocol="http", endpoint=os.environ["WHARF_ENDPOINT"], reqMethod=sys.argv[1], reqTimeout=30)
profile = ClientProfile(signMethod="TC3-HMAC-SHA256", httpProfile=http)
profile.unsignedPayload = True
keys = credential.Credential(os.environ["WHARF_SECRET_ID"], os.environ["WHARF_SECRET_KEY"])
client = TkeClient(keys, os.environ["WHARF_REGION"], profile)

request = tke.DescribeClustersRequest()
request.Limit = 5
answer = client.DescribeClusters(request)
if answer.TotalCount != 0:
    raise AssertionError(f"{answer.TotalCount} clusters")
print(f"ok {sys.argv[1]}")
