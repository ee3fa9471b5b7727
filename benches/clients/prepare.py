"""Installs the clients in other languages for `cargo run --release -p wharf-benches -- peers`:

    python3 benches/clients/prepare.py

Everything is in `target/peers`. A client that cannot be installed is named, and the runner leaves it out. The wheel of Wharf
is the one that `benches/python/compare.py` builds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
HOME = TARGET / "peers"
PYTHON = HOME / "venv" / "bin" / "python"
PIP = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
TENCENT = ["tencentcloud-sdk-python-common==3.1.195", "tencentcloud-sdk-python-tke==3.1.193"]
HUAWEI = ["huaweicloudsdkcce==3.1.219"]
ALIBABA = ["alibabacloud_cs20151215==7.2.3"]
ALIBABA_OLDER = ["aliyun-python-sdk-cs==4.8.1"]
NODE_PACKAGE = "tencentcloud-sdk-nodejs-tke@4.1.314"


def main() -> None:
    HOME.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists():
        run(sys.executable, "-m", "venv", HOME / "venv")
    prepare("tencent", lambda: run(*PIP, *TENCENT))
    prepare("huawei", lambda: run(*PIP, *HUAWEI))
    prepare("alibaba", lambda: run(*PIP, *ALIBABA))
    prepare("alibaba-older", lambda: run(*PIP, *ALIBABA_OLDER))
    prepare("wharf", wheel)
    prepare("wharf-c", library)
    prepare("tencent-node", node)


def run(*command: Any, **more: Any) -> None:
    subprocess.run([str(part) for part in command], check=True, **more)


def wheel() -> None:
    wheels = sorted((TARGET / "python-bench" / "wheels").glob("*.whl"))
    if not wheels:
        raise FileNotFoundError("no wheel: run benches/python/compare.py")
    run(*PIP, "--force-reinstall", "--no-deps", wheels[-1])


def library() -> None:
    """Builds the C library, and the client with it."""
    run("cargo", "build", "--release", "-p", "wharf-ffi", cwd=ROOT)
    built = TARGET / "release"
    source = ROOT / "benches" / "clients" / "wharf.c"
    include = ROOT / "crates" / "ffi" / "include"
    compiler = os.environ.get("CC", "cc")
    run(
        *(compiler, "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", f"-I{include}", source, "-o", HOME / "wharf-c"),
        *(f"-L{built}", "-lwharf_ffi", f"-Wl,-rpath,{built}", "-lpthread"),
    )


def node() -> None:
    if shutil.which("npm") is None:
        raise FileNotFoundError("no npm")
    folder = HOME / "node"
    folder.mkdir(exist_ok=True)
    run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, NODE_PACKAGE)


def prepare(name: str, install: Any) -> None:
    ready = HOME / f"{name}.ready"
    ready.unlink(missing_ok=True)
    try:
        install()
        ready.touch()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"left out: {name}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
