//! Waiters for several nodes or pods.

use super::Client;
use super::types::{Instance, InstanceStatus, Node};
use serde_json::{Map, Value, json};
use std::fmt;
use wharf_core::Error;
use wharf_core::wait::{Listed, Verdict};

/// Number of entries in one call.
const PAGE: i64 = 100;

/// The progress of a set of nodes or pods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstancesProgress {
    /// Number of instances in the desired state.
    pub ready: usize,
    /// Number of instances that the waiter waits for.
    pub wanted: usize,
    /// Instances in other states, each with its state or with the reason that the service reports.
    pub others: Vec<(String, String)>,
}

impl fmt::Display for InstancesProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} ready", self.ready, self.wanted)?;
        for (name, reason) in &self.others {
            write!(f, ", {name}: {reason}")?;
        }
        Ok(())
    }
}

impl InstancesProgress {
    /// Returns the progress as JSON, as in the bindings of other languages.
    pub fn to_value(&self) -> Value {
        let others = self.others.iter().map(|(id, state)| (id.clone(), Value::from(state.as_str())));
        json!({
            "ready": self.ready,
            "wanted": self.wanted,
            "others": others.collect::<Map<_, _>>(),
        })
    }
}

/// Polls until all of these instances are normal nodes.
pub(super) async fn nodes_normal(
    client: &Client,
    cluster_id: &str,
    ids: &[String],
    seen: &Listed,
) -> Result<(InstancesProgress, Verdict<Vec<Node>>), Error> {
    let mut listed = client.nodes(cluster_id).await?;
    // An entry may move from one page to another between calls.
    if count(listed.len()) > PAGE && !ids.iter().all(|id| is_in(&listed, id)) {
        listed = client.nodes(cluster_id).await?;
    }
    let missing = seen.judge(ids.iter().map(|id| (id.as_str(), is_in(&listed, id))));
    let mut progress = InstancesProgress { wanted: ids.len(), ..InstancesProgress::default() };
    let mut nodes = Vec::new();
    for id in ids {
        match listed.iter().find(|node| node.instance_id == *id) {
            Some(node) if node.is_normal == 1 => nodes.push(node.clone()),
            Some(node) => {
                let reason = node.abnormal_reason.as_ref().map_or("abnormal", |reason| reason.as_str());
                progress.others.push((id.clone(), reason.to_owned()));
            }
            None => progress.others.push((id.clone(), "not listed".to_owned())),
        }
    }
    progress.ready = nodes.len();
    let verdict = if progress.others.is_empty() { Verdict::Success(nodes) } else { missing.unwrap_or(Verdict::Retry) };
    Ok((progress, verdict))
}

/// Polls until a service has exactly this number of pods and all of them run.
pub(super) async fn pods_running(
    client: &Client,
    cluster_id: &str,
    namespace: &str,
    service_name: &str,
    pods: i64,
) -> Result<(InstancesProgress, Verdict<Vec<Instance>>), Error> {
    let wanted = usize::try_from(pods).map_err(|_| Error::invalid_input("pods", "must not be negative"))?;
    let listed = client.pods(cluster_id, namespace, service_name).await?;
    let (ready, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(|pod| pod.status == InstanceStatus::Running);
    let why = |pod: &Instance| match pod.reason.as_deref() {
        None | Some("") => pod.status.to_string(),
        Some(reason) => format!("{} ({reason})", pod.status),
    };
    let progress = InstancesProgress {
        ready: ready.len(),
        wanted,
        others: others.iter().map(|pod| (pod.name.clone(), why(pod))).collect(),
    };
    let there = others.is_empty() && ready.len() == wanted;
    Ok((progress, if there { Verdict::Success(ready) } else { Verdict::Retry }))
}

impl Client {
    async fn nodes(&self, cluster: &str) -> Result<Vec<Node>, Error> {
        let mut found = Vec::new();
        loop {
            let skip = count(found.len());
            let page = self.describe_cluster_instances(cluster).offset(skip).limit(PAGE).send().await?;
            let (last, total) = (page.nodes.is_empty(), page.total_count);
            found.extend(page.nodes);
            if last || count(found.len()) >= total {
                return Ok(found);
            }
        }
    }

    async fn pods(&self, cluster: &str, namespace: &str, service: &str) -> Result<Vec<Instance>, Error> {
        let mut found = Vec::new();
        loop {
            let skip = count(found.len());
            let request = self.describe_service_instance(cluster).namespace(namespace).service_name(service);
            let page = request.offset(skip).limit(PAGE).send().await?;
            let (last, total) = (page.instances.is_empty(), page.total_count);
            found.extend(page.instances);
            if last || count(found.len()) >= total {
                return Ok(found);
            }
        }
    }
}

fn is_in(nodes: &[Node], id: &str) -> bool {
    nodes.iter().any(|node| node.instance_id == id)
}

fn count(entries: usize) -> i64 {
    i64::try_from(entries).unwrap_or(i64::MAX)
}
