"""What it costs to build a program that makes one call, with Wharf and with other SDKs:

    python3 benches/builds.py [--rounds N] [NAME ...]

Prints for each program the processor time (user and system) of cold builds, debug and release, the number of crates, and
the size of the stripped release binary. The programs are in `target/builds`; their dependencies are downloaded before the
first measurement. A program that cannot be built is named as left out.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "builds"

TOKIO = 'tokio = { version = "1", features = ["macros", "rt"] }'
MAIN = "#[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> Result<(), Box<dyn std::error::Error>> {{\n{}\n    Ok(())\n}}\n"


def wharf(*features: str) -> str:
    named = ", ".join(f'"{feature}"' for feature in ("rustls-ring", *features))
    return f'wharf = {{ path = "{ROOT}/crates/wharf", default-features = false, features = [{named}] }}'


CALL = """    let chain = wharf::tke::credentials::default_chain();
    let tke = wharf::tke::Connection::builder().region("ap-guangzhou").credentials(chain).build()?;
    for cluster in tke.clusters().describe_clusters().send().await?.clusters {
        println!("{} {:?}", cluster.cluster_id, cluster.cluster_status);
    }"""

# Dependencies and body of `main`.
PROGRAMS = {
    "bare reqwest": (
        [
            'reqwest = { version = "0.13", default-features = false, features = ["rustls-no-provider"] }',
            'rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }',
            'serde_json = "1"',
            TOKIO,
        ],
        """    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().http1_only().build()?;
    let request = client.post("https://tke.tencentcloudapi.com").header("content-type", "application/json").body("{}");
    let output: serde_json::Value = serde_json::from_slice(&request.send().await?.bytes().await?)?;
    for cluster in output["Response"]["Clusters"].as_array().into_iter().flatten() {
        println!("{} {}", cluster["ClusterId"], cluster["ClusterStatus"]);
    }""",
    ),
    "Wharf, tke": ([wharf("tke"), TOKIO], CALL),
    "Wharf, tke-public": ([wharf("tke-public"), TOKIO], CALL),
    "aws-sdk-eks": (
        ['aws-config = "1"', 'aws-sdk-eks = "1"', TOKIO],
        """    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    for name in aws_sdk_eks::Client::new(&config).list_clusters().send().await?.clusters() {
        println!("{name}");
    }""",
    ),
    "google-cloud-container-v1": (
        ['google-cloud-container-v1 = "1"', TOKIO],
        """    let client = google_cloud_container_v1::client::ClusterManager::builder().build().await?;
    for cluster in client.list_clusters().set_parent("projects/p/locations/-").send().await?.clusters {
        println!("{} {:?}", cluster.name, cluster.status);
    }""",
    ),
}
BARE = "bare reqwest"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1, help="cold builds of each program and profile (default: 1)")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"programs; default: all of {', '.join(PROGRAMS)}")
    options = parser.parse_args()
    unknown = set(options.names) - set(PROGRAMS)
    if unknown:
        parser.error(f"no program is called {', '.join(sorted(unknown))}")
    names, times = [], {}
    for name in options.names or PROGRAMS:
        try:
            write(name)
            names.append(name)
        except subprocess.CalledProcessError as error:
            print(f"left out: {name}: {error}", file=sys.stderr)
    for _ in range(options.rounds):
        for name in list(names):
            try:
                for profile in ("debug", "release"):
                    times.setdefault((name, profile), []).append(build(name, profile))
            except subprocess.CalledProcessError as error:
                print(f"left out: {name}: {error}", file=sys.stderr)
                names.remove(name)
    print(f"{'':28}{'debug':>10}{'release':>10}{'crates':>8}{'stripped':>12}")
    for name in names:
        debug, release = (statistics.median(times[name, profile]) for profile in ("debug", "release"))
        print(f"{name:28}{debug:8.1f} s{release:8.1f} s{crates(name):8}{size(name) / 1e6:9.2f} MB")


def folder(name: str) -> Path:
    return HOME / name.replace(",", "").replace(" ", "-").lower()


def write(name: str) -> None:
    """Writes a program, and downloads what it needs."""
    dependencies, body = PROGRAMS[name]
    place = folder(name)
    (place / "src").mkdir(parents=True, exist_ok=True)
    manifest = ["[package]", 'name = "one-call"', 'edition = "2024"', "[dependencies]", *dependencies]
    manifest += ["[profile.release]", "strip = true", "[workspace]"]
    (place / "Cargo.toml").write_text("\n".join(manifest) + "\n")
    (place / "src" / "main.rs").write_text(MAIN.format(body))
    if name.startswith("Wharf"):
        # The versions that the tests run with.
        shutil.copy(ROOT / "Cargo.lock", place / "Cargo.lock")
    cargo(name, "fetch")


def cargo(name: str, *arguments: str) -> str:
    place = folder(name)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(place / "target"), "CARGO_INCREMENTAL": "0"}
    command = ["cargo", *arguments]
    return subprocess.run(command, cwd=place, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def build(name: str, profile: str) -> float:
    """Builds from nothing. Returns the processor time of all processes, in seconds."""
    shutil.rmtree(folder(name) / "target" / profile, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    cargo(name, "build", "--quiet", "--offline", *(["--release"] if profile == "release" else []))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def crates(name: str) -> int:
    """Returns the number of crates, the program not included."""
    lines = cargo(name, "tree", "--offline", "--prefix", "none", "--edges", "normal,build", "--no-dedupe").splitlines()
    return len({" ".join(line.split(" ")[:2]) for line in lines if line}) - 1


def size(name: str) -> int:
    return (folder(name) / "target" / "release" / "one-call").stat().st_size


if __name__ == "__main__":
    main()
