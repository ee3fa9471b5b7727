//! What the API server of a simulated cluster costs: `cargo run --release -p wharf-benches --bin kubernetes`. Linux alone, because
//! it reads `/proc`.
//!
//! A cluster of TKE has 100 nodes and 1,000 pods. Its list of pods takes less than 50 ms, over TLS. 100 watchers of all pods,
//! each on its own connection, need less than 150 MB together with the server. The program fails if one of these does not hold.
#![allow(clippy::print_stdout)]

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use serde_json::{Value, json};
use std::io::Read;
use std::time::{Duration, Instant};
use tower_service::Service;
use wharf::tke::types::{ClusterType, RunInstancesPara};
use wharf::{Credentials, Kubernetes, kubernetes, tke};
use wharf_benches::process::{Result, SERVE, Target, megabytes};
use wharf_server::{Server, Time};

const NODES: usize = 100;
const PODS: usize = 1_000;
const WATCHERS: usize = 100;
const LISTS: usize = 41;
const LIST_LIMIT: Duration = Duration::from_millis(50);
const MEMORY_LIMIT: u64 = 150 << 20;
const PATH: &str = "/api/v1/namespaces/default/pods";

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if std::env::args().nth(1).as_deref() == Some(SERVE) {
        return runtime.block_on(serve());
    }
    let target = Target::start("")?;
    runtime.block_on(measure(&target))
}

fn connect(endpoint: &str, region: &str, credentials: Credentials) -> Result<tke::Connection> {
    Ok(tke::Connection::builder()
        .client_rate_limit(false)
        .region(region)
        .credentials(credentials)
        .endpoint(endpoint)
        .build()?)
}

/// Runs a server with the cluster until the standard input ends. Prints the endpoint, the region, the key and the cluster.
async fn serve() -> Result<()> {
    let server = Server::builder().rate_limits(false).time(Time::Manual).start().await?;
    server.with_world(|world| world.quotas.machines.per_zone = 2 * NODES);
    let tke = connect(server.endpoint(), server.region(), server.credentials())?;
    let order = tke.clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
    let order = order.cluster_cidr_settings(|ranges| ranges.cluster_cidr("10.0.0.0/14"));
    let cluster = order.cluster_basic_settings(|basic| basic.vpc_id("vpc-default0")).send().await?.cluster_id;
    server.advance(Duration::from_secs(60));
    let machines = RunInstancesPara::default()
        .instance_type("S5.MEDIUM4")
        .virtual_private_cloud(|place| place.vpc_id("vpc-default0").subnet_id("subnet-default1"))
        .instance_count(i64::try_from(NODES)?);
    tke.nodes().create_cluster_instances(&cluster).run_instance_para(machines).send().await?;
    server.advance(Duration::from_secs(60));
    let labels = json!({"app": "web"});
    let container = json!({"name": "web", "image": "nginx", "resources": {"requests": {"cpu": "10m"}}});
    let spec = json!({
        "replicas": PODS, "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    });
    let web = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec});
    let request = http::Request::post("/apis/apps/v1/namespaces/default/deployments");
    let answer = tke.kubernetes(&cluster).send(request.body(web.to_string().into())?).await?;
    if !answer.status().is_success() {
        return Err(String::from_utf8_lossy(answer.body()).into());
    }
    server.advance(Duration::from_secs(60));
    let key = server.credentials();
    println!("{} {} {} {} {cluster}", server.endpoint(), server.region(), key.id(), key.secret().expose());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    server.stop().await;
    Ok(())
}

async fn measure(target: &Target) -> Result<()> {
    let words: Vec<&str> = target.rest.split(' ').collect();
    let [region, id, secret, cluster] = words[..] else { return Err("the server printed something else".into()) };
    let tke = connect(&format!("http://{}", target.address), region, Credentials::new(id, secret))?;
    let config = tke.kubeconfig(cluster).fetch().await?;
    lists(&config.kubernetes()?).await?;

    target.forget_peak()?;
    let before = target.memory()?;
    let mut watchers = tokio::task::JoinSet::new();
    for _ in 0..WATCHERS {
        // A separate client for each, so that no connection is shared.
        watchers.spawn(watch(config.kubernetes()?));
    }
    let mut open = Vec::with_capacity(WATCHERS);
    while let Some(watcher) = watchers.join_next().await {
        open.push(watcher??);
    }
    let began = Instant::now();
    label(&config.kubernetes()?).await?;
    for watcher in &mut open {
        if count(watcher, 1, "\"MODIFIED\"").await? != 1 {
            return Err("a watcher did not see the change".into());
        }
    }
    println!("{WATCHERS} watchers of {PODS} pods: a change reaches all in {:.1?}", began.elapsed());
    let (now, peak) = (target.memory()?, target.peak()?);
    println!(
        "the server: {:.1} MB before, {:.1} MB with the watchers, {:.1} MB at most (limit {:.0} MB)",
        megabytes(before),
        megabytes(now),
        megabytes(peak),
        megabytes(MEMORY_LIMIT)
    );
    if peak < MEMORY_LIMIT { Ok(()) } else { Err("the watchers need too much memory".into()) }
}

/// Lists all pods repeatedly.
async fn lists(kubernetes: &Kubernetes) -> Result<()> {
    let mut times = Vec::with_capacity(LISTS);
    let mut bytes = 0;
    for _ in 0..LISTS {
        let request = http::Request::get(PATH).body(Bytes::new())?;
        let began = Instant::now();
        let answer = kubernetes.send(request).await?;
        times.push(began.elapsed());
        bytes = answer.body().len();
        let list: Value = serde_json::from_slice(answer.body())?;
        if list["items"].as_array().map(Vec::len) != Some(PODS) {
            return Err("the list has another number of pods".into());
        }
    }
    times.sort();
    let median = times[LISTS / 2];
    println!(
        "a list of {PODS} pods on {NODES} nodes, {bytes} bytes over TLS: fastest {:.1?}, median {median:.1?} (limit {LIST_LIMIT:.0?})",
        times[0]
    );
    if median < LIST_LIMIT { Ok(()) } else { Err("the list takes too long".into()) }
}

/// Opens a watch and reads the events of all pods.
async fn watch(mut kubernetes: Kubernetes) -> Result<kubernetes::Body> {
    let request = http::Request::get(format!("{PATH}?watch=1")).body(Empty::<Bytes>::new())?;
    let mut body = kubernetes.call(request).await?.into_body();
    match count(&mut body, PODS, "\"ADDED\"").await? {
        PODS => Ok(body),
        other => Err(format!("a watch began with {other} pods").into()),
    }
}

/// Reads that many lines of a watch, and returns how many of them contain a word.
async fn count(body: &mut kubernetes::Body, lines: usize, word: &str) -> Result<usize> {
    let (mut read, mut found, mut rest) = (0, 0, Vec::new());
    while read < lines {
        let frame = tokio::time::timeout(Duration::from_secs(60), body.frame()).await?.ok_or("the watch ended")??;
        rest.extend_from_slice(&frame.into_data().unwrap_or_default());
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            read += 1;
            found += usize::from(String::from_utf8_lossy(&line).contains(word));
        }
    }
    Ok(found)
}

/// Changes the label of one pod.
async fn label(kubernetes: &Kubernetes) -> Result<()> {
    let answer = kubernetes.send(http::Request::get(format!("{PATH}?limit=1")).body(Bytes::new())?).await?;
    let list: Value = serde_json::from_slice(answer.body())?;
    let name = list["items"][0]["metadata"]["name"].as_str().ok_or("no pod")?;
    let patch = json!({"metadata": {"labels": {"seen": "yes"}}}).to_string();
    let request = http::Request::patch(format!("{PATH}/{name}"));
    let request = request.header("content-type", "application/merge-patch+json").body(patch.into())?;
    let answer = kubernetes.send(request).await?;
    if answer.status().is_success() { Ok(()) } else { Err("the pod could not be changed".into()) }
}
