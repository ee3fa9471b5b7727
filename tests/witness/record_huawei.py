"""Records what Huawei's Python client sends and signs: golden files of the Rust client.

    pip install -r requirements.txt
    python record_huawei.py            writes ../golden/huawei
    python record_huawei.py --check    fails when ../golden/huawei is not what the client sends

The time is fixed and nothing leaves the machine: the last step, a prepared HTTP request, is taken and
answered here.
"""

import datetime
import hashlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from urllib.parse import unquote, urlsplit

import huaweicloudsdkcce.v3 as cce
import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer import signer
from huaweicloudsdkcore.signer.signer import Signer

from huawei_calls import CALLS, REQUESTS
from record_vectors import dump, text

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "huawei"
ACCESS_KEY = "FAKEFAKEFAKEFAKE0001"
SECRET_KEY = "fakeSecretKeyForGoldenFilesOnly00000000"
USER_AGENT = "wharf-golden/1"
HEADERS = ["authorization", "content-type", "host", "user-agent", "x-cluster-id", "x-project-id", "x-sdk-date",
           "x-security-token"]


class Frozen(datetime.datetime):
    """The signer's clock."""

    seconds = 0

    @classmethod
    def utcnow(cls):
        return datetime.datetime.fromtimestamp(cls.seconds, datetime.timezone.utc).replace(tzinfo=None)


def watched(stages):
    """Keeps what the signer makes on the way."""
    def keep(stage, function):
        def inner(*arguments, **options):
            stages[stage] = function(*arguments, **options)
            return stages[stage]
        return inner

    def patch(name, stage):
        return mock.patch.object(Signer, name, keep(stage, getattr(Signer, name)))
    return [patch("_process_canonical_request", "canonical_request"),
            patch("_process_string_to_sign", "string_to_sign"),
            patch("_sign_string_to_sign", "signature"),
            mock.patch.object(signer, "datetime", Frozen)]


def entered(patches):
    from contextlib import ExitStack
    stack = ExitStack()
    for patch in patches:
        stack.enter_context(patch)
    return stack


def client_for(call):
    credentials = BasicCredentials(ACCESS_KEY, SECRET_KEY, call["project"])
    if call["token"]:
        credentials.with_security_token(call["token"])
    client = cce.CceClient.new_builder().with_credentials(credentials).with_endpoint(call["endpoint"]) \
        .with_http_config(HttpConfig.get_default_config()).build()
    client.preset_headers = {"User-Agent": USER_AGENT}
    return client


def request_of(client, call):
    """The client's own request, from an input that is flat as ours are."""
    http_info = getattr(client, "_%s_http_info" % call["client"])
    kind = getattr(cce, "".join(part.title() for part in call["client"].split("_")) + "Request")
    request, given = kind(), dict(call["input"])
    for attribute, wire in kind.attribute_map.items():
        name = "cluster_id" if wire == "X-Cluster-ID" else wire
        if attribute != "body" and name in given:
            setattr(request, attribute, given.pop(name))
    if given:
        request.body = client._deserialize(given, kind.openapi_types["body"])
    return request, http_info(request)["resource_path"], http_info(request)["method"]


def record(call):
    client, sent, stages = client_for(call), [], {}
    request, path, method = request_of(client, call)

    def answer(session, prepared, **_):
        sent.append(prepared)
        response = requests.Response()
        response.status_code, response._content = 200, b"{}"
        response.raw, response.request = SimpleNamespace(version=11), prepared
        return response

    Frozen.seconds = call["time"]
    with entered(watched(stages) + [mock.patch.object(requests.Session, "send", answer)]):
        getattr(client, call["client"])(request)
    prepared = sent[0]
    url = urlsplit(prepared.url)
    headers = {name.lower(): text(value) for name, value in prepared.headers.items()}
    # The client writes a body's members in an order of its own; ours is asked to write them in the same.
    body = json.loads(text(prepared.body) or "{}")
    apart = {name: value for name, value in call["input"].items() if name not in body}
    missing = [name for name in apart if name not in call["query"] + call["host_members"] and "{%s}" % name not in path]
    assert not missing, (call["name"], missing)
    return {
        "name": call["name"],
        "operation": call["operation"],
        "method": method,
        "path": path,
        "query": call["query"],
        "host_members": call["host_members"],
        "project_id": call["project"],
        "endpoint": call["endpoint"],
        "time": call["time"],
        "user_agent": USER_AGENT,
        "credentials": {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY},
        "token": call["token"],
        "input": dict(apart, **body),
        "expected": {
            "method": prepared.method,
            "path": url.path,
            "query": url.query,
            "headers": {name: headers[name] for name in HEADERS if name in headers},
            "body": text(prepared.body),
            "canonical_request": stages["canonical_request"],
        },
    }


def signed(given):
    """One signature: what goes in as JSON, then one file for each stage."""
    stages = {}
    piece, times = given["payload"]
    request = SdkRequest(method=given["method"], schema="https", host="service.example.com",
                         resource_path=given["path"], query_params=[tuple(pair) for pair in given["query"]],
                         header_params=dict(given["headers"]), body=piece * times)
    credentials = SimpleNamespace(ak=ACCESS_KEY, sk=SECRET_KEY)
    Frozen.seconds = given["time"]
    with entered(watched(stages)):
        Signer(credentials).sign(request)
    stages["authorization"] = request.header_params["Authorization"]
    stages["hashed_canonical_request"] = hashlib.sha256(stages["canonical_request"].encode()).hexdigest()
    stages["canonical_query"] = request.uri.partition("?")[2]
    date = request.header_params["X-Sdk-Date"]
    unsigned = request.header_params.get("X-Sdk-Content-Sha256")
    headers = given["headers"] + [["Host", "service.example.com"], ["X-Sdk-Date", date]]
    if unsigned:
        headers.append(["X-Sdk-Content-Sha256", unsigned])
    recorded = {"source": "huaweicloudsdkcore, signer", "algorithm": "SDK-HMAC-SHA256", "method": given["method"],
                "path": given["path"], "query": given["query"], "headers": headers,
                "payload": {"text": piece, "times": times, "unsigned": bool(unsigned)}, "timestamp": given["time"],
                "access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
    folder = Path("sign") / given["name"]
    files = {folder / "request.json": dump(recorded)}
    for stage, value in stages.items():
        files[folder / (stage + ".txt")] = value + "\n"
    return files


def main():
    files = {}
    for call in CALLS:
        files[Path(call["name"] + ".json")] = dump(record(call))
    for given in REQUESTS:
        files.update(signed(given))
    wrong = []
    for path, content in files.items():
        path = GOLDEN / path
        if "--check" in sys.argv:
            if not path.exists() or path.read_bytes() != content.encode():
                wrong.append(str(path.relative_to(GOLDEN)))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
    if wrong:
        sys.exit("not what the client sends: " + ", ".join(wrong))
    print("%d calls, %d signatures, %d files" % (len(CALLS), len(REQUESTS), len(files)))


if __name__ == "__main__":
    main()
