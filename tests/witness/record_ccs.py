"""Records what Tencent's Python client of API 2.0 sends and signs: golden files of the Rust client.

    pip install qcloudapi-sdk-python==2.0.15
    python record_ccs.py            writes ../golden/ccs
    python record_ccs.py --check    fails when ../golden/ccs is not what the client sends

Nonce and time are given and nothing leaves the machine: the request is taken before it is sent.
"""

import hmac
import json
import sys
from pathlib import Path
from unittest import mock

from QcloudApi.common import sign
from QcloudApi.common.request import ApiRequest, ResponseInternal
from QcloudApi.qcloudapi import QcloudApi

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "ccs"
SECRET_ID = "AKIDfakefakefakefakefakefakefake0001"
SECRET_KEY = "fakeSecretKeyForGoldenFilesOnly0"

CONTAINERS = [
    {"containerName": "web", "image": "nginx:1.13", "cpu": 200, "memory": 128,
     "envs": [{"name": "MODE", "value": "a_b c&d=e"}, {"name": "SPRACHE", "value": "汉语 é"}],
     "volumeMounts": [{"volumeName": "vol", "mountPath": "/data", "mode": "rw"}],
     "healthCheck": [{"type": "liveCheck", "checkMethod": "methodHttp", "port": 80, "protocol": "HTTP", "path": "/",
                      "healthNum": 1, "unhealthNum": 3, "intervalTime": 3, "timeOut": 2, "delayTime": 0}],
     "arguments": ["-c", "sleep 1"]},
    {"containerName": "side", "image": "busybox", "command": "/bin/sh"},
]

CALLS = [
    ("describe-cluster-sha1-get", "ccs", "DescribeCluster", "GET", "HmacSHA1", {"offset": 0, "limit": 20}, {}),
    ("describe-cluster-sha256-post-token", "ccs", "DescribeCluster", "POST", "HmacSHA256",
     {"clusterIds": ["cls-%d" % at for at in range(12)], "orderType": "asc"}, {"Token": "fake+token/with=signs"}),
    ("create-service-sha256-post", "ccs", "CreateClusterService", "POST", "HmacSHA256",
     {"clusterId": "cls-1", "serviceName": "web", "replicas": 2, "accessType": "LoadBalancer",
      "portMappings": [{"lbPort": 80, "containerPort": 8080, "protocol": "TCP"}],
      "volumes": [{"name": "vol", "volumeType": "hostPath", "hostPath": ""}], "containers": CONTAINERS}, {}),
    ("create-service-sha1-get", "ccs", "CreateClusterService", "GET", "HmacSHA1",
     {"clusterId": "cls-1", "serviceName": "web", "replicas": 1, "containers": CONTAINERS[1:],
      "nodeAffinity": [{"key": "disk", "operator": "In", "values": ["ssd", "nvme"]}]}, {}),
    ("modify-image-sha1-post", "ccs", "ModifyClusterServiceImage", "POST", "HmacSHA1",
     {"clusterId": "cls-1", "serviceName": "web", "containers": [{"containerName": "web", "image": "nginx:1.14"}]}, {}),
    ("duplicate-image-sha256-get", "ccr", "DuplicateImage", "GET", "HmacSHA256",
     {"src_image": "tencentyun/foo_bar:v1", "dest_image": "tencentyun/foo_bar:latest"}, {}),
    ("duplicate-image-sha256-post", "ccr", "DuplicateImage", "POST", "HmacSHA256",
     {"src_image": "a/b:v1", "dest_image": "a/b:v2"}, {"Region": "sh"}),
    ("monitor-container-sha256-get", "monitor", "GetMonitorData", "GET", "HmacSHA256",
     {"namespace": "qce/docker", "metricName": "container_cpu_used",
      "dimensions": [{"name": "clusterId", "value": "cls-1"}, {"name": "serviceName", "value": "test"},
                     {"name": "namespace", "value": "default"}, {"name": "podName", "value": "test-3488000495-nj6s9"},
                     {"name": "containerId", "value": "01c5509d2b39"}],
      "startTime": "2017-03-28 14:10:00", "endTime": "2017-03-28 15:10:00", "period": 60}, {}),
    ("change-password-sha256-post-at", "ccr", "ChangePassword", "POST", "HmacSHA256", {"password": "@b+c /~xyz"}, {}),
    ("change-password-sha1-get-at", "ccr", "ChangePassword", "GET", "HmacSHA1", {"password": "@b+c /~xyz"}, {}),
    ("task-no-region-sha1-get", "ccs", "DescribeClusterTaskResult", "GET", "HmacSHA1", {"requestId": 11333},
     {"Region": None}),
    ("batch-delete-tag-sha1-post", "ccr", "BatchDeleteTag", "POST", "HmacSHA1",
     {"reponame": "test/kube_test", "tags": ["v1", "v-2", "v_3"]}, {"Region": "hk"}),
]


def record(at, call):
    name, module, action, method, algorithm, given, settings = call
    settings = {"Region": "gz", **settings}
    region, token = settings["Region"], settings.get("Token")
    time, nonce = 1465185768 + at, 11886 + at * 7919
    config = {"secretId": SECRET_ID, "secretKey": SECRET_KEY, "method": method, "SignatureMethod": algorithm}
    config.update({key: value for key, value in settings.items() if value})
    signed, sent = [], []

    def keep_message(key, message, digest):
        signed.append(message.decode("utf-8"))
        return hmac.new(key, message, digest)

    def keep_request(_, request):
        sent.append(request)
        return ResponseInternal(200, {}, b'{"code":0}')

    with mock.patch.object(sign, "hmac", mock.Mock(new=keep_message)), \
            mock.patch.object(ApiRequest, "send_request", keep_request), \
            mock.patch("QcloudApi.modules.base.time.time", lambda: time), \
            mock.patch("QcloudApi.modules.base.random.randint", lambda *_: nonce):
        QcloudApi(module, config).call(action, given)
    request = sent[0]
    return {
        "name": name, "product": "ccs", "operation": action, "http_method": method, "signature_method": algorithm,
        "region": region, "token": token, "time": time, "nonce": nonce, "request_client": "SDK_PYTHON_2.0.15",
        "credentials": {"secret_id": SECRET_ID, "secret_key": SECRET_KEY}, "host": request.host, "path": request.uri,
        "headers": request.header, "input": given, "string_to_sign": signed[0], "data": request.data,
    }


def main():
    check, differing = "--check" in sys.argv[1:], []
    GOLDEN.mkdir(parents=True, exist_ok=True)
    expected = set()
    for at, call in enumerate(CALLS):
        text = json.dumps(record(at, call), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        path = GOLDEN / (call[0] + ".json")
        expected.add(path)
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                differing.append(path.name)
        else:
            path.write_text(text, encoding="utf-8")
    for path in set(GOLDEN.glob("*.json")) - expected:
        if check:
            differing.append(path.name)
        else:
            path.unlink()
    if differing:
        sys.exit("not what the client sends: " + ", ".join(sorted(differing)))
    print("%d calls" % len(CALLS))


if __name__ == "__main__":
    main()
