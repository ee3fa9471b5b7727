"""What is claimed about the Python module, measured beside the vendors' own in one run:

    python benches/python/compare.py

Builds the wheel as it is released, installs it and the vendors' packages into an environment of their own (kept in
`target/python-bench`), and prints

- CPU (user and system) of the client's process for each DescribeClusters of 20 clusters, in which every cluster's id
  and state are read, against Tencent's client. The two take turns; printed is the median of the ratios.
- how long importing takes, in fresh processes that take turns, the smallest and the median;
- sizes of the wheels, and of what they install, with their core packages.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "python-bench"
PYTHON = HOME / "venv" / "bin" / "python"
PACKAGE = ROOT / "crates" / "python"

CLUSTERS = 20
ROUNDS = 7
CALLS = 400
IMPORTS = 25

# What a program of each vendor imports before it can make its first call.
MODULES = {
    "wharf": ("import wharf", ["wharf-sdk"]),
    "wharf, with a product": ("import wharf.tke", ["wharf-sdk"]),
    "tencentcloud-sdk-python-tke": (
        "from tencentcloud.tke.v20180525 import tke_client, models; from tencentcloud.common import credential",
        ["tencentcloud-sdk-python-tke", "tencentcloud-sdk-python-common"],
    ),
    "huaweicloudsdkcce": ("from huaweicloudsdkcce.v3 import *", ["huaweicloudsdkcce", "huaweicloudsdkcore"]),
    "aliyun-python-sdk-cs": (
        "from aliyunsdkcore.client import AcsClient; from aliyunsdkcs.request.v20151215 import DescribeClustersV1Request",
        ["aliyun-python-sdk-cs", "aliyun-python-sdk-core"],
    ),
}

CLIENTS = {
    "wharf": """
import wharf
connection = wharf.tke.Connection(region=region, endpoint=endpoint, client_rate_limit=False, credentials=wharf.Credentials(id, secret))
def call():
    return [(cluster.cluster_id, cluster.cluster_status) for cluster in connection.clusters.describe_clusters(limit=20).clusters]
""",
    "tencentcloud-sdk-python-tke": """
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tke.v20180525 import models, tke_client
profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint.removeprefix("http://"), keepAlive=True))
client = tke_client.TkeClient(credential.Credential(id, secret), region, profile)
def call():
    request = models.DescribeClustersRequest()
    request.Limit = 20
    return [(cluster.ClusterId, cluster.ClusterStatus) for cluster in client.DescribeClusters(request).Clusters]
""",
}

DRIVER = """
import json, resource, sys
endpoint, id, secret, region, calls, clusters = sys.argv[1:]
{client}
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
for _ in range(50):
    assert len(call()) == int(clusters)
began = cpu()
for _ in range(int(calls)):
    call()
print((cpu() - began) / int(calls))
"""

SERVER = """
import copy, json, sys
import wharf
with wharf.server.start(time="manual", rate_limits=False) as server:
    tke = server.connection("tke")
    tke.clusters.create_cluster(cluster_type="MANAGED_CLUSTER", cluster_cidr_settings={{"cluster_cidr": "172.16.0.0/16"}},
        cluster_basic_settings={{"cluster_name": "cluster-0", "vpc_id": "vpc-default0"}})
    server.advance(600)
    (one,) = tke.call("DescribeClusters")["Clusters"]
    answer = {{"TotalCount": {clusters}, "Clusters": [one] * {clusters}}}
    server.faults.answer(answer, operation="DescribeClusters")
    key = server.credentials
    print(json.dumps([server.endpoint, key.id, key.secret.expose(), server.region]), len(json.dumps(answer)), flush=True)
    sys.stdin.read()
"""


def main() -> None:
    wheel = prepare()
    cpu()
    imports()
    sizes(wheel)


def run(*command: Any, **more: Any) -> str:
    done = subprocess.run([str(part) for part in command], check=True, text=True, stdout=subprocess.PIPE, **more)
    return str(done.stdout)


def prepare() -> Path:
    if not PYTHON.exists():
        run(sys.executable, "-m", "venv", HOME / "venv")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
    run(*pip, "install", "-q", "-r", Path(__file__).with_name("requirements.txt"))
    wheels = HOME / "wheels"
    for old in wheels.glob("*.whl"):
        old.unlink()
    run(PYTHON, "-m", "maturin", "build", "--release", "--quiet", "-i", PYTHON, "-o", wheels, cwd=PACKAGE)
    (wheel,) = wheels.glob("*.whl")
    run(*pip, "install", "-q", "--force-reinstall", "--no-deps", wheel)
    return wheel


def cpu() -> None:
    command = [str(PYTHON), "-c", SERVER.format(clusters=CLUSTERS)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None and server.stdin is not None
    where, _, size = server.stdout.readline().rpartition(" ")
    arguments = [*json.loads(where), CALLS, CLUSTERS]
    times: dict[str, list[float]] = {name: [] for name in CLIENTS}
    for _ in range(ROUNDS):
        for name, client in CLIENTS.items():
            times[name].append(float(run(PYTHON, "-c", DRIVER.format(client=client), *arguments)))
    server.stdin.close()
    server.wait()
    ours, theirs = times.values()
    ratios = sorted(a / b for a, b in zip(ours, theirs))
    print(f"CPU per DescribeClusters of {CLUSTERS} clusters ({int(size)} bytes), {ROUNDS} rounds of {CALLS} calls:")
    for name, list_of in times.items():
        print(f"  {name}: {statistics.median(list_of) * 1e3:.3f} ms")
    print(f"  ratio: {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})")


def imports() -> None:
    program = "import time; began = time.perf_counter(); {what}; print(time.perf_counter() - began)"
    times: dict[str, list[float]] = {name: [] for name in MODULES}
    for at in range(IMPORTS + 2):
        for name, (what, _) in MODULES.items():
            # A star import is no expression; `exec` takes it anywhere.
            taken = float(run(PYTHON, "-c", program.format(what=f"exec({what!r})")))
            if at >= 2:
                times[name].append(taken * 1e3)
    print(f"importing, {IMPORTS} times each, in ms (smallest, median):")
    for name, list_of in times.items():
        print(f"  {name}: {min(list_of):.1f}, {statistics.median(list_of):.1f}")


def sizes(wheel: Path) -> None:
    print("sizes in MB: of the wheel, and installed")
    for name, (_, packages) in MODULES.items():
        if name == "wharf, with a product":
            continue
        download = wheel.stat().st_size if name == "wharf" else downloaded(packages)
        installed = json.loads(run(PYTHON, "-c", INSTALLED, *packages))
        print(f"  {name}: {download / 1e6:.1f}, {installed / 1e6:.1f}")


INSTALLED = """
import importlib.metadata as metadata, json, sys
files = [file.locate() for name in sys.argv[1:] for file in metadata.distribution(name).files or ()]
print(json.dumps(sum(file.stat().st_size for file in files if file.is_file() and file.suffix != ".pyc")))
"""


def downloaded(packages: list[str]) -> int:
    folder = HOME / "download"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    versions = [
        f"{name}=={run(PYTHON, '-c', f'import importlib.metadata as m; print(m.version({name!r}))').strip()}"
        for name in packages
    ]
    run(PYTHON, "-m", "pip", "--disable-pip-version-check", "download", "-q", "--no-deps", "-d", folder, *versions)
    return sum(file.stat().st_size for file in folder.iterdir())


if __name__ == "__main__":
    main()
