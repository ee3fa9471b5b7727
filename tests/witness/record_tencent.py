"""Records what Tencent's Python client sends for a list of calls: the golden files of the Rust client.

    pip install -r requirements.txt
    python record_tencent.py            writes ../golden/tencent
    python record_tencent.py --check    fails when ../golden/tencent is not what the client sends

Time and nonce are fixed and nothing leaves the machine: the last step, a prepared HTTP request, is
taken and answered here.
"""

import hashlib
import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

import requests
from tencentcloud.common import abstract_client
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.common.sign import Sign

from tencent_calls import CALLS, TC3

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "tencent"
SECRET_ID = "AKIDfakefakefakefakefakefakefake0001"
SECRET_KEY = "fakeSecretKeyForGoldenFilesOnly0"
REQUEST_CLIENT = "SDK_PYTHON_3.1.195"
PRODUCTS = {"tke": ("v20180525", "TkeClient"), "tcr": ("v20190924", "TcrClient")}
HEADERS = ["content-type", "host", "authorization", "x-tc-action", "x-tc-version", "x-tc-region",
           "x-tc-timestamp", "x-tc-token", "x-tc-language", "x-tc-requestclient"]


def client_for(call):
    version, name = PRODUCTS[call["product"]]
    package = "tencentcloud.%s.%s" % (call["product"], version)
    module = importlib.import_module("%s.%s_client" % (package, call["product"]))
    models = importlib.import_module(package + ".models")
    http = HttpProfile(reqMethod=call["http_method"], rootDomain=call["root_domain"])
    profile = ClientProfile(signMethod=call["signature_method"], httpProfile=http)
    profile.language = call["language"]
    # Every package of the client brings its own version; the one installed last would win.
    abstract_client.AbstractClient._sdkVersion = REQUEST_CLIENT
    credential = Credential(SECRET_ID, SECRET_KEY, call["token"])
    return getattr(module, name)(credential, call["region"], profile), models


def record(call):
    """Makes the call and returns what came out of it, stage by stage."""
    client, models = client_for(call)
    request = getattr(models, call["operation"] + "Request")()
    request.from_json_string(json.dumps(call["input"]))
    stages, sent = {}, []

    def sha256(data):
        if data.count(b"\n") >= 6 and b"content-type;host" in data:
            stages["canonical_request"] = data.decode()
            stages["hashed_canonical_request"] = hashlib.sha256(data).hexdigest()
        return hashlib.sha256(data)

    def watched(sign, position):
        def inner(*arguments):
            stages["string_to_sign"] = arguments[position]
            stages["signature"] = sign(*arguments)
            return stages["signature"]
        return inner

    def answer(session, prepared, **_):
        sent.append(prepared)
        response = requests.Response()
        response.status_code, response._content = 200, b'{"Response":{"RequestId":"fake"}}'
        response.headers["Content-Type"] = "application/json"
        response.raw, response.request = SimpleNamespace(version=11), prepared
        return response

    with mock.patch("time.time", return_value=call["time"]), \
            mock.patch("random.randint", return_value=call["nonce"]), \
            mock.patch.object(abstract_client, "hashlib", SimpleNamespace(sha256=sha256)), \
            mock.patch.object(Sign, "sign", staticmethod(watched(Sign.sign, 1))), \
            mock.patch.object(Sign, "sign_tc3", staticmethod(watched(Sign.sign_tc3, 3))), \
            mock.patch.object(requests.Session, "send", answer):
        getattr(client, call["operation"])(request)
    return client, request._serialize(), sent[0], stages


def text(body):
    return body.decode() if isinstance(body, bytes) else body or ""


def vector(call, client, given, prepared):
    url = urlsplit(prepared.url)
    headers = {name.lower(): text(value) for name, value in prepared.headers.items()}
    return {
        "name": call["name"],
        "product": call["product"],
        "version": client._apiVersion,
        "operation": call["operation"],
        "signature_method": call["signature_method"],
        "http_method": call["http_method"],
        "region": call["region"] or None,
        "host": url.netloc,
        "time": call["time"],
        "nonce": call["nonce"],
        "language": call["language"],
        "request_client": client.request_client,
        "credentials": {"secret_id": SECRET_ID, "secret_key": SECRET_KEY},
        "token": call["token"],
        "input": given,
        "expected": {
            "method": prepared.method,
            "path": url.path,
            "query": url.query,
            "headers": {name: headers[name] for name in HEADERS if name in headers},
            "body": text(prepared.body),
        },
    }


def stage_files(vector, stages, call):
    """The files of one signature: what goes in as JSON, then one file for each stage."""
    expected = vector["expected"]
    given = {
        "source": "tencentcloud-sdk-python, call %s" % call["name"],
        "algorithm": call["signature_method"],
        "method": expected["method"],
        "host": vector["host"],
        "path": expected["path"],
        "secret_id": SECRET_ID,
        "secret_key": SECRET_KEY,
    }
    if call["signature_method"] == TC3:
        given["query"] = expected["query"]
        given["headers"] = [["host", vector["host"]], ["content-type", expected["headers"]["content-type"]]]
        given["payload"] = expected["body"]
        given["service"] = call["product"]
        given["timestamp"] = call["time"]
        stages = dict(stages, authorization=expected["headers"]["authorization"])
    else:
        form = expected["query"] or expected["body"]
        given["parameters"] = [list(pair) for pair in parse_qsl(form, keep_blank_values=True) if pair[0] != "Signature"]
    folder = Path("sign") / call["name"]
    files = {folder / "request.json": dump(given)}
    for stage, value in stages.items():
        files[folder / (stage + ".txt")] = value + "\n"
    return files


def dump(value):
    written = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in written)


def main():
    files = {}
    for call in CALLS:
        client, given, prepared, stages = record(call)
        recorded = vector(call, client, given, prepared)
        files[Path(call["name"] + ".json")] = dump(recorded)
        if call["stages"]:
            files.update(stage_files(recorded, stages, call))
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
    print("%d calls, %d files" % (len(CALLS), len(files)))


if __name__ == "__main__":
    main()
