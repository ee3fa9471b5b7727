//! Clients in Rust, each in a process: `client NAME WORK ENDPOINT ...`. They print their processor time or memory.

use crate::derived::Derived;
use crate::process::{Result, own_cpu, own_memory, own_peak};
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use wharf::{Credentials, ack, cce, tke};

/// The argument by which the runner starts itself as a client.
pub const CLIENT: &str = "client";
/// Calls before those that are measured.
const WARM_UP: usize = 64;
const PROJECT: &str = "0123456789abcdef0123456789abcdef";
const KEY: (&str, &str) = ("AKIDexample", "a-secret-of-the-usual-length-36-chars");

/// Does a work and prints its result.
///
/// # Errors
/// A name or a work that does not exist, or a call that fails.
pub fn run(name: &str, work: &str, arguments: &[&str]) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match (work, arguments) {
        ("calls", [product, endpoint, calls, at_once, clusters]) => {
            let client = Client::new(product, name, endpoint)?;
            runtime.block_on(client.calls(calls.parse()?, at_once.parse()?, clusters.parse()?))
        }
        ("pages", [endpoint, items]) => runtime.block_on(pages(endpoint, items.parse()?)),
        ("in-flight", [product, endpoint, calls]) => {
            runtime.block_on(Client::new(product, name, endpoint)?.in_flight(calls.parse()?))
        }
        ("connect", [product, endpoint]) => runtime.block_on(connect(product, name, endpoint)),
        _ => Err(format!("no work is called {work}").into()),
    }
}

/// A client that lists clusters.
enum Client {
    Tke(tke::Connection),
    Cce(cce::Connection),
    Ack(ack::Connection),
    ByName(wharf::any::Connection),
    /// reqwest, the address, and what reads the body.
    Bare(reqwest::Client, String, Read),
}

#[derive(Clone, Copy)]
enum Read {
    Not,
    Tke,
    Cce,
    Ack,
    Sonic,
}

/// The envelope of an output.
#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(rename = "Response")]
    response: T,
}

impl Client {
    fn new(product: &str, name: &str, endpoint: &str) -> Result<Self> {
        let key = Credentials::new(KEY.0, KEY.1);
        let connection = || {
            let builder = tke::Connection::builder().region("ap-guangzhou").credentials(key.clone());
            builder.client_rate_limit(false).endpoint(endpoint).build()
        };
        let bare = |path, read| -> Result<Self> {
            // Bare reqwest takes the provider of the process; a second one is refused.
            let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
            let client = reqwest::Client::builder().http1_only().build()?;
            Ok(Self::Bare(client, format!("{endpoint}{path}"), read))
        };
        match (product, name) {
            ("tke", "typed") => Ok(Self::Tke(connection()?)),
            ("tke", "by-name") => Ok(Self::ByName(wharf::any::Connection::of(connection()?)?)),
            ("tke", "exchange") => bare("", Read::Not),
            ("tke", "bare") => bare("", Read::Tke),
            ("tke", "sonic") => bare("", Read::Sonic),
            ("cce", "typed") => {
                let builder = cce::Connection::builder().region("cn-north-4").project_id(PROJECT).credentials(key);
                Ok(Self::Cce(builder.client_rate_limit(false).endpoint(endpoint).build()?))
            }
            ("cce", "bare") => bare(&format!("/api/v3/projects/{PROJECT}/clusters"), Read::Cce),
            ("ack", "typed") => {
                let builder = ack::Connection::builder().region("cn-hangzhou").credentials(key);
                Ok(Self::Ack(builder.client_rate_limit(false).endpoint(endpoint).build()?))
            }
            ("ack", "bare") => bare("/api/v1/clusters?page_size=100", Read::Ack),
            _ => Err(format!("no client of {product} is called {name}").into()),
        }
    }

    /// Calls once, and returns the number of clusters. Every cluster's id and state are read.
    async fn call(&self) -> Result<usize> {
        match self {
            Self::Tke(connection) => {
                let output = connection.clusters().describe_clusters().limit(100).send().await?;
                Ok(seen(output.clusters.iter().map(|cluster| (&cluster.cluster_id, &cluster.cluster_status))))
            }
            Self::Cce(connection) => {
                let output = connection.clusters().list_clusters().send().await?;
                Ok(seen(output.items.iter().map(|cluster| (&cluster.metadata.uid, &cluster.status))))
            }
            Self::Ack(connection) => {
                let output = connection.clusters().describe_clusters_v1().page_size(100).send().await?;
                Ok(seen(output.clusters.iter().map(|cluster| (&cluster.cluster_id, &cluster.state))))
            }
            Self::ByName(connection) => {
                let output = connection.call("DescribeClusters", json!({"Limit": 100})).await?;
                Ok(Read::Tke.read(&output))
            }
            Self::Bare(client, url, how) => {
                let request = match how {
                    Read::Cce | Read::Ack => client.get(url.as_str()),
                    Read::Not | Read::Tke | Read::Sonic => {
                        let request = client.post(url.as_str()).header("content-type", "application/json");
                        request.body(json!({"Limit": 100}).to_string())
                    }
                };
                let body = request.send().await?.bytes().await?;
                match how {
                    Read::Not => Ok(std::hint::black_box(body).len()),
                    Read::Tke => Ok(how.read(&serde_json::from_slice::<Envelope<Value>>(&body)?.response)),
                    Read::Cce | Read::Ack => Ok(how.read(&serde_json::from_slice::<Value>(&body)?)),
                    Read::Sonic => {
                        let output = sonic_rs::from_slice::<Envelope<Derived>>(&body)?.response;
                        Ok(seen(output.clusters.iter().map(|cluster| (&cluster.cluster_id, &cluster.cluster_status))))
                    }
                }
            }
        }
    }

    /// Prints the microseconds of CPU per call.
    #[allow(clippy::print_stdout)]
    async fn calls(&self, calls: usize, at_once: usize, clusters: usize) -> Result<()> {
        let round = |count: usize| async move {
            let mut results = stream::iter(0..count).map(|_| self.call()).buffer_unordered(at_once);
            while let Some(found) = results.next().await {
                if found? < clusters {
                    return Err("a response has fewer clusters".into());
                }
            }
            Result::Ok(())
        };
        round(WARM_UP.max(2 * at_once)).await?;
        let began = own_cpu()?;
        round(calls).await?;
        println!("{:.3}", (own_cpu()? - began).as_secs_f64() * 1e6 / calls as f64);
        Ok(())
    }

    /// Prints the bytes of memory per call while all wait for their responses.
    #[allow(clippy::print_stdout)]
    async fn in_flight(&self, calls: usize) -> Result<()> {
        let before = own_memory()?;
        let all = join_all((0..calls).map(|_| self.call()));
        all_waiting(all, before, calls).await
    }
}

/// Waits for calls that have no end, and prints the memory after two seconds.
#[allow(clippy::print_stdout)]
async fn all_waiting(all: impl Future<Output = Vec<Result<usize>>>, before: u64, calls: usize) -> Result<()> {
    let waiting = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        own_memory()
    };
    tokio::select! {
        results = all => Err(format!("{} calls ended", results.len()).into()),
        memory = waiting => {
            println!("{}", memory?.saturating_sub(before) / calls as u64);
            Ok(())
        }
    }
}

impl Read {
    /// Reads the id and the state of each cluster of an output.
    fn read(self, output: &Value) -> usize {
        let (list, id, state) = match self {
            Self::Cce => ("/items", "/metadata/uid", "/status/phase"),
            Self::Ack => ("/clusters", "/cluster_id", "/state"),
            Self::Not | Self::Tke | Self::Sonic => ("/Clusters", "/ClusterId", "/ClusterStatus"),
        };
        let clusters = output.pointer(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        seen(clusters.iter().map(|cluster| (cluster.pointer(id), cluster.pointer(state))))
    }
}

/// Has the items read, and returns their number.
fn seen<T>(items: impl Iterator<Item = T>) -> usize {
    std::hint::black_box(items.collect::<Vec<_>>()).len()
}

/// Lists all nodes by pages. Prints the microseconds of CPU per item, and the peak of the memory in bytes.
#[allow(clippy::print_stdout)]
async fn pages(endpoint: &str, items: usize) -> Result<()> {
    let builder = tke::Connection::builder()
        .client_rate_limit(false)
        .region("ap-guangzhou")
        .credentials(Credentials::new(KEY.0, KEY.1));
    let nodes = builder.endpoint(endpoint).build()?.nodes();
    // Connected before it is measured.
    nodes.describe_cluster_instances("cls-12345678").limit(100).send().await?;
    let began = own_cpu()?;
    let mut all = nodes.describe_cluster_instances("cls-12345678").limit(100).items();
    let mut count = 0;
    while let Some(node) = all.try_next().await? {
        count += usize::from(!std::hint::black_box(node).instance_id.is_empty());
    }
    if count != items {
        return Err(format!("{count} nodes are listed, not {items}").into());
    }
    println!("{:.4} {}", (own_cpu()? - began).as_secs_f64() * 1e6 / items as f64, own_peak()?);
    Ok(())
}

/// Builds two clients one after another. Prints the microseconds of CPU of the first with its first call, and of building
/// the second.
#[allow(clippy::print_stdout)]
async fn connect(product: &str, name: &str, endpoint: &str) -> Result<()> {
    let began = own_cpu()?;
    let first = Client::new(product, name, endpoint)?;
    first.call().await?;
    let called = own_cpu()?;
    let second = Client::new(product, name, endpoint)?;
    let built = own_cpu()?;
    drop((first, second));
    println!("{:.1} {:.1}", (called - began).as_secs_f64() * 1e6, (built - called).as_secs_f64() * 1e6);
    Ok(())
}
