"""Records what Alibaba's Python clients send and sign: golden files of the Rust client.

    pip install -r requirements.txt
    python record_alibaba.py            writes ../golden/alibaba
    python record_alibaba.py --check    fails when ../golden/alibaba is not what the clients send

The signature with HMAC-SHA1 is that of `aliyunsdkcore`, ACS3-HMAC-SHA256 that of `alibabacloud_tea_openapi`.
Time and nonce are fixed and nothing leaves the machine: the last step, a prepared HTTP request, is taken and
answered here.
"""

import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

import requests
from alibabacloud_tea_openapi import utils as tea
from alibabacloud_tea_openapi import utils_models as models
from alibabacloud_tea_openapi.client import Client
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.request import RoaRequest, RpcRequest
from aliyunsdkcore.utils import parameter_helper
from aliyunsdkcore.vendored import requests as vendored
from darabonba.runtime import RuntimeOptions
from darabonba.url import Url

from alibaba_calls import CALLS, RPC_CALLS

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "alibaba"
KEY_ID = "LTAIfakefakefakefake0001"
KEY_SECRET = "fakeSecretKeyForGoldenFiles000"
USER_AGENT = "wharf-golden/1"
NONCE = "0123456789abcdef0123456789abcdef"
JSON_BODY = "application/json; charset=utf-8"
PRIVATE = {"organization": "x-acs-organizationid", "resource_group": "x-acs-resourcegroupid",
           "instance": "x-acs-instanceid"}
# What the clients send about themselves, unsigned, and we do not.
THEIRS = ["accept-encoding", "connection", "content-length", "user-agent", "x-sdk-client", "x-sdk-invoke-type"]


def dump(value):
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def text(body):
    return body.decode() if isinstance(body, bytes) else body or ""


def private_headers(call):
    headers = {PRIVATE[name]: value for name, value in call["private"].items()}
    if headers:
        headers["x-acs-regionid"] = call["region"]
    return headers


def parts(call):
    """Path parameters, query and body of an input that is flat as ours are. Lists in the query are JSON, as
    the newer client writes them."""
    given = {name: value for name, value in call["input"].items() if value is not None}
    path = {name: given.pop(name) for name in list(given) if "{%s}" % name in call["path"]}
    query = {}
    for name in call["query"]:
        if name in given:
            value = given.pop(name)
            if isinstance(value, bool):
                value = json.dumps(value)  # as the documents write it
            if isinstance(value, list):
                value = tea.Utils.array_to_string_with_specified_style(value, name, "json")
            query[name] = value
    body = given.pop(call["payload"]) if call["payload"] else given or None
    assert not (call["payload"] and given), given
    return path, query, body


def frozen(seconds):
    """Both clients' clocks and nonces."""
    now = time.gmtime(seconds)
    def patch(owner, name, value):
        return mock.patch.object(owner, name, staticmethod(lambda *_: value) if owner is tea.Utils else lambda: value)
    iso, rfc = time.strftime("%Y-%m-%dT%H:%M:%SZ", now), time.strftime("%a, %d %b %Y %H:%M:%S GMT", now)
    stack = ExitStack()
    for one in [patch(parameter_helper, "get_rfc_2616_date", rfc), patch(parameter_helper, "get_iso_8061_date", iso),
                patch(parameter_helper, "get_uuid", NONCE), patch(tea.Utils, "get_timestamp", iso),
                patch(tea.Utils, "get_nonce", NONCE), patch(tea.Utils, "get_user_agent", USER_AGENT)]:
        stack.enter_context(one)
    return stack


def answering(module, sent):
    def send(session, prepared, **_):
        sent.append(prepared)
        response = module.Response()
        response.status_code, response._content, response.request = 200, b"{}", prepared
        response.raw = SimpleNamespace(version=11)
        return response
    return mock.patch.object(module.Session, "send", send)


def acs_client(call):
    if call["token"]:
        return AcsClient(region_id=call["region"], credential=StsTokenCredential(KEY_ID, KEY_SECRET, call["token"]))
    return AcsClient(KEY_ID, KEY_SECRET, call["region"])


def send_acs(call, request):
    sent = []
    host = urlsplit(call["endpoint"])
    request.set_endpoint(host.netloc)
    request.set_protocol_type(host.scheme)
    for name, value in private_headers(call).items():
        request.add_header(name, value)
    with frozen(call["time"]), answering(vendored, sent):
        acs_client(call).do_action_with_exception(request)
    return sent[0]


def roa(call):
    path, query, body = parts(call)
    pattern = call["path"].replace("{", "[").replace("}", "]")
    request = RoaRequest("CS", call["version"], call["operation"], method=call["method"], uri_pattern=pattern,
                         path_params=path)
    request.set_query_params(dict(query))
    # The guide asks for it; this client would leave it out.
    request.add_header("x-acs-signature-nonce", NONCE)
    if body is not None:
        request.set_content(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
        request.set_content_type(JSON_BODY)
    prepared = send_acs(call, request)
    return prepared, {"string_to_sign": request.string_to_sign,
                      "signature": prepared.headers["Authorization"].split(":", 1)[1]}


def rpc(call):
    request = RpcRequest("Sts", call["version"], call["operation"])
    request.set_method(call["method"])
    for name, value in call["input"].items():
        request.add_query_param(name, value)
    prepared = send_acs(call, request)
    return prepared, {"string_to_sign": request.string_to_sign,
                      "signature": dict(parse_qsl(urlsplit(prepared.url).query))["Signature"]}


def acs3(call):
    path, query, body = parts(call)
    stages, sent = {}, []
    credential = SimpleNamespace(access_key_id=KEY_ID, access_key_secret=KEY_SECRET, security_token=call["token"],
                                 type="sts" if call["token"] else "access_key", provider_name=None)
    client = Client(models.Config(endpoint=urlsplit(call["endpoint"]).netloc, region_id=call["region"],
                                  credential=SimpleNamespace(get_credential=lambda: credential)))
    resource = call["path"]
    for name, value in path.items():
        resource = resource.replace("{%s}" % name, Url.percent_encode(value))
    params = models.Params(action=call["operation"], version=call["version"], protocol="HTTPS", pathname=resource,
                           method=call["method"], auth_type="AK", style="ROA", req_body_type="json", body_type="json")
    request = models.OpenApiRequest(headers=private_headers(call), query=tea.Utils.query(query), body=body)
    digest, method = tea.Utils.hash, tea.signature_method

    def keep_canonical(raw, kind):
        if raw.count(b"\n") > 5:
            stages["canonical_request"] = text(raw)
        return digest(raw, kind)

    def keep_string(secret, source, kind):
        stages["string_to_sign"] = source
        return method(secret, source, kind)

    with frozen(call["time"]), answering(requests, sent), mock.patch.object(tea, "signature_method", keep_string), \
            mock.patch.object(tea.Utils, "hash", staticmethod(keep_canonical)):
        client.call_api(params, request, RuntimeOptions())
    stages["signature"] = sent[0].headers["Authorization"].rsplit("=", 1)[1]
    return sent[0], stages


def record(call, kind, source, send):
    prepared, stages = send(call)
    url = urlsplit(prepared.url)
    headers = {name.lower(): text(value) for name, value in prepared.headers.items()}
    if kind == "acs3":
        assert headers["user-agent"] == USER_AGENT
    # The query in the order of its names, since a client may send it in any.
    query = sorted(parse_qsl(url.query, keep_blank_values=True))
    return dump({
        "name": call["name"],
        "signature": kind,
        "source": source,
        "operation": call["operation"],
        "version": call["version"],
        "method": call["method"],
        "path": call.get("path", "/"),
        "query": call.get("query", []),
        "payload": call.get("payload"),
        "region": call["region"],
        "endpoint": call["endpoint"],
        "private": call["private"],
        "time": call["time"],
        "nonce": NONCE,
        "user_agent": USER_AGENT,
        "credentials": {"id": KEY_ID, "secret": KEY_SECRET, "token": call["token"]},
        "input": call["input"],
        "expected": dict({
            "method": prepared.method,
            "host": url.netloc,
            "path": url.path,
            "query": query,
            "headers": {name: value for name, value in sorted(headers.items())
                        if name not in THEIRS or (kind == "acs3" and name == "user-agent")},
            "body": text(prepared.body),
        }, **stages),
    })


def main():
    files = {}
    for kind, source, send, calls in [("roa", "aliyunsdkcore", roa, CALLS), ("rpc", "aliyunsdkcore", rpc, RPC_CALLS),
                                      ("acs3", "alibabacloud_tea_openapi", acs3, CALLS)]:
        for call in calls:
            files["%s-%s.json" % (kind, call["name"])] = record(call, kind, source, send)
    wrong = []
    for name, content in files.items():
        path = GOLDEN / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_bytes() != content.encode():
                wrong.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
    if wrong:
        sys.exit("not what the clients send: " + ", ".join(wrong))
    print("%d calls" % len(files))


if __name__ == "__main__":
    main()
