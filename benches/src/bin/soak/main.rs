//! What the reference server withstands: `cargo run -p wharf-benches --bin soak`. Linux alone, because it reads `/proc`.
//!
//! For 30 seconds 200 clients send random traffic over the socket, valid and invalid: all products, connections that are
//! kept and closed, cut and half requests, huge bodies, wrong signatures, bytes that are not HTTP, and the port of a
//! cluster's API server. The server is a separate process with its default limits. The program fails if
//!
//! - the server panics, or a valid request is not answered;
//! - connections, tasks or file descriptors are left afterwards;
//! - the server needs 200 MB of memory;
//! - the journal does not have exactly the requests whose head was sent completely.
//!
//! An argument is the seed of the random numbers.
#![allow(clippy::print_stdout)]

mod client;
mod counts;
mod requests;
mod server;
mod wire;

use client::Client;
use counts::Counts;
use server::State;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use wharf::kubernetes::Kubernetes;
use wharf::{Credentials, tke};
use wharf_benches::process::{Result, SERVE, Target, megabytes};

const CLIENTS: u64 = 200;
const TIME: Duration = Duration::from_secs(30);
/// How long the server has to end what is left.
const REST: Duration = Duration::from_secs(20);
/// Huge bodies that are sent at a time.
const HUGE: usize = 4;
const MEMORY_LIMIT: u64 = 200 << 20;

/// What all clients know.
pub(crate) struct Place {
    pub(crate) address: String,
    pub(crate) region: String,
    pub(crate) project: String,
    pub(crate) role: String,
    pub(crate) key: Credentials,
    pub(crate) kubernetes: Kubernetes,
    pub(crate) cluster_port: String,
    pub(crate) counts: Counts,
    pub(crate) huge: Semaphore,
    pub(crate) end: Instant,
}

fn main() -> Result<()> {
    let word = std::env::args().nth(1).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if word == SERVE {
        return runtime.block_on(server::serve());
    }
    let seed = if word.is_empty() { std::process::id().into() } else { word.parse()? };
    let mut target = Target::start("")?;
    println!("seed {seed}");
    runtime.block_on(run(&mut target, seed))
}

async fn run(target: &mut Target, seed: u64) -> Result<()> {
    let words: Vec<String> = target.rest.split(' ').map(str::to_owned).collect();
    let [region, project, role, id, secret, cluster] = &words[..] else {
        return Err("the server printed something else".into());
    };
    let key = Credentials::new(id, secret.as_str());
    let endpoint = format!("http://{}", target.address);
    let tke = tke::Connection::builder()
        .client_rate_limit(false)
        .region(region)
        .credentials(key.clone())
        .endpoint(endpoint)
        .build()?;
    let config = tke.kubeconfig(cluster).fetch().await?;
    let cluster_port = config.server().and_then(|server| server.strip_prefix("https://")).ok_or("no port")?.to_owned();
    drop(tke);
    let address = target.address.clone();
    let place = |end, kubernetes| Place {
        address: address.clone(),
        region: region.clone(),
        project: project.clone(),
        role: role.clone(),
        key: key.clone(),
        kubernetes,
        cluster_port: cluster_port.clone(),
        counts: Counts::default(),
        huge: Semaphore::new(HUGE),
        end,
    };
    // Each kind of traffic once: the specs are read, and what the first requests allocate is allocated.
    let warm = Arc::new(place(Instant::now(), config.kubernetes()?));
    Client::new(warm.clone(), seed)?.each_once().await;
    warm.counts.check()?;
    drop(warm);
    settle(target, |_| true)?;
    let probed = State::of(target)?;
    let probe = place(Instant::now(), config.kubernetes()?);
    probe.kubernetes.send(http::Request::get("/version").body(bytes::Bytes::new())?).await?;
    drop(probe);
    // A version of the server may record the requests to clusters too.
    let records_clusters = State::of(target)?.journal > probed.journal;
    let before = settle(target, |state| state.tasks <= probed.tasks)?;

    target.forget_peak()?;
    let (memory, descriptors) = (target.memory()?, target.descriptors()?);
    let place = Arc::new(place(Instant::now() + TIME, config.kubernetes()?));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let mut client = Client::new(place.clone(), seed.wrapping_add(number).wrapping_mul(0x9e37_79b9_7f4a_7c15))?;
        clients.spawn(async move { client.run().await });
    }
    while clients.join_next().await.transpose()?.is_some() {}
    let place = Arc::into_inner(place).ok_or("a client is left")?;
    let Place { counts, kubernetes, .. } = place;
    drop(kubernetes);

    let after = settle(target, |state| state.tasks <= before.tasks)?;
    let (peak, left) = (target.peak()?, target.descriptors()?);
    let journaled = after.journal - before.journal;
    let due = counts.journaled() + if records_clusters { counts.clusters() } else { 0 };
    println!("{counts}");
    println!("  journal: {journaled} requests of {due}; panics: {}", after.panics);
    println!("  memory: {:.1} MB before, {:.1} MB at most", megabytes(memory), megabytes(peak));
    println!(
        "  tasks: {} before, {} after; file descriptors: {descriptors} before, {left} after",
        before.tasks, after.tasks
    );
    counts.check()?;
    for (holds, what) in [
        (after.panics == 0, "the server panicked"),
        (journaled == due, "the journal has other requests"),
        (after.tasks <= before.tasks, "tasks are left"),
        (left <= descriptors, "connections are left"),
        (peak < MEMORY_LIMIT, "the server needs too much memory"),
    ] {
        if !holds {
            return Err(what.into());
        }
    }
    Ok(())
}

/// Waits until the server has ended what it was doing, for a while at most, and returns its state.
fn settle(target: &mut Target, is_over: impl Fn(&State) -> bool) -> Result<State> {
    let began = Instant::now();
    loop {
        target.settle()?;
        let state = State::of(target)?;
        if is_over(&state) || began.elapsed() > REST {
            return Ok(state);
        }
    }
}
