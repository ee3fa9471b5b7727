//! The reference server as a target: processor time per signed call, and memory.

use super::server::{announce, wait_for_end};
use crate::process::{Result, Target, megabytes};
use std::time::Duration;
use wharf::tke::types::ClusterType;
use wharf::{Credentials, tke};
use wharf_server::{Server, Time};

/// Serves a world with that many clusters. Prints the endpoint, the region and the key.
///
/// # Errors
/// A server that cannot be started, or a cluster that cannot be created.
pub(super) async fn serve(clusters: usize) -> Result<()> {
    let server = Server::builder().rate_limits(false).time(Time::Manual).start().await?;
    let tke = connect(server.endpoint(), server.region(), server.credentials())?;
    for at in 0..clusters {
        let order = tke.clusters().create_cluster().cluster_type(ClusterType::ManagedCluster);
        let order = order.cluster_cidr_settings(|ranges| ranges.cluster_cidr(format!("10.{}.0.0/20", at + 1)));
        order.cluster_basic_settings(|basic| basic.vpc_id("vpc-default0")).send().await?;
    }
    server.advance(Duration::from_secs(600));
    let key = server.credentials();
    announce(&format!("{} {} {} {}", server.endpoint(), server.region(), key.id(), key.secret().expose()))?;
    wait_for_end().await
}

fn connect(endpoint: &str, region: &str, credentials: Credentials) -> Result<tke::Connection> {
    Ok(tke::Connection::builder()
        .client_rate_limit(false)
        .region(region)
        .credentials(credentials)
        .endpoint(endpoint)
        .build()?)
}

/// Prints the server's processor time per call and its memory, before and after `calls` calls.
///
/// # Errors
/// A server that does not answer.
#[allow(clippy::print_stdout)]
pub(super) fn measure(calls: usize) -> Result<()> {
    for clusters in [0, 20] {
        let target = Target::start(&format!("wharf:{clusters}"))?;
        let [region, id, secret] = target.rest.split(' ').collect::<Vec<_>>()[..] else {
            return Err("the server prints no key".into());
        };
        let endpoint = format!("http://{}", target.address);
        let client = connect(&endpoint, region, Credentials::new(id, secret))?.clusters();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let call = |count: usize| {
            runtime.block_on(async {
                for _ in 0..count {
                    client.describe_clusters().limit(100).send().await?;
                }
                Ok::<_, wharf::Error>(())
            })
        };
        call(calls / 10)?;
        let (cpu, memory) = (target.settle()?, target.memory()?);
        call(calls)?;
        let (used, grown) = (target.settle()?.saturating_sub(cpu), target.memory()?.saturating_sub(memory));
        println!(
            "the reference server with {clusters} clusters: {:.1} microseconds of CPU per signed DescribeClusters; \
             {:.1} MB of memory, {:.1} MB more after {calls} calls",
            used.as_secs_f64() * 1e6 / calls as f64,
            megabytes(memory),
            megabytes(grown),
        );
    }
    Ok(())
}
