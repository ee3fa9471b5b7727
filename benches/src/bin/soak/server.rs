//! The server, as a process that says how it is.

use std::io::BufRead;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use wharf::tke;
use wharf::tke::types::ClusterType;
use wharf_benches::process::{Result, Target};
use wharf_server::{Server, Time};

/// World seconds in one of ours.
const SPEED: u32 = 600;

static PANICS: AtomicU64 = AtomicU64::new(0);

/// What a server says of itself.
#[derive(Debug)]
pub(crate) struct State {
    /// Requests that have been recorded since it started.
    pub(crate) journal: u64,
    pub(crate) panics: u64,
    /// Tasks of its runtime.
    pub(crate) tasks: u64,
}

impl State {
    pub(crate) fn of(target: &mut Target) -> Result<Self> {
        let line = target.ask("state")?;
        let numbers = line.split(' ').map(str::parse).collect::<std::result::Result<Vec<u64>, _>>()?;
        let [journal, panics, tasks] = numbers[..] else { return Err(format!("the server says `{line}`").into()) };
        Ok(Self { journal, panics, tasks })
    }
}

/// Runs a server with a cluster of TKE until the standard input ends, and prints its state for each line.
///
/// The first line that it prints has the endpoint, region, project, role, key and cluster.
pub(crate) async fn serve() -> Result<()> {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        usual(panic);
    }));
    let server = Server::builder().time(Time::Accelerated(SPEED)).start().await?;
    let (region, key) = (server.region().to_owned(), server.credentials());
    let tke = tke::Connection::builder()
        .client_rate_limit(false)
        .region(&region)
        .credentials(key.clone())
        .endpoint(server.endpoint())
        .build()?;
    let order = tke.clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
    let order = order.cluster_cidr_settings(|ranges| ranges.cluster_cidr("10.0.0.0/14"));
    let cluster = order.cluster_basic_settings(|basic| basic.vpc_id("vpc-default0")).send().await?.cluster_id;
    server.advance(Duration::from_secs(60));
    drop(tke);
    let (id, secret) = (key.id(), key.secret().expose());
    let (endpoint, project, role) = (server.endpoint(), server.project_id(), server.role_arn());
    println!("{endpoint} {region} {project} {role} {id} {secret} {cluster}");
    let mut lines = std::io::stdin().lock().lines();
    // The input is read where it cannot hold up the server.
    while tokio::task::block_in_place(|| lines.next()).transpose()?.is_some() {
        let journal = server.journal().last().map_or(0, |entry| entry.sequence + 1);
        let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        println!("{journal} {} {tasks}", PANICS.load(Ordering::SeqCst));
    }
    server.stop().await;
    Ok(())
}
