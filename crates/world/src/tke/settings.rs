//! Settings of clusters: tags, the system of nodes to come, and the policy of the scheduler.

use crate::infra::offers::find_image;
use crate::kernel::violation::{Outcome, Reason};
use crate::kernel::{Millis, SECOND};
use crate::tke::{Event, Tke};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long it takes until all resources have the tags of their cluster.
const TAGGING: Millis = 5 * SECOND;
/// Tags of a cluster.
const MOST_TAGS: usize = 50;
/// The greatest weight of a scheduler extender.
const HEAVIEST: i64 = 2;

/// A change of tags.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagChange {
    pub is_done: bool,
    /// Whether the resources of the cluster get the tags, too.
    pub with_resources: bool,
    pub tags: Vec<(String, String)>,
    round: u64,
}

/// The policy of the scheduler, as it was given.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchedulerPolicy {
    pub profiles: Vec<Value>,
    pub client: Option<Map<String, Value>>,
    pub extenders: Vec<Value>,
    pub high_performance: bool,
}

impl Tke<'_> {
    /// Sets the tags of a cluster.
    pub fn set_tags(&mut self, id: &str, tags: Vec<(String, String)>, with_resources: bool) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, id)?;
        if tags.len() > MOST_TAGS {
            return Err(Reason::Invalid.because(format!("Tags has at most {MOST_TAGS} tags, not {}", tags.len())));
        }
        for (place, (key, _)) in tags.iter().enumerate() {
            if key.is_empty() {
                return Err(Reason::Invalid.because("Tags: Key cannot be empty"));
            }
            if tags.iter().take(place).any(|(other, _)| other == key) {
                return Err(Reason::Invalid.because(format!("Tags names {key} twice")));
            }
        }
        let cluster = self.0.realm.cluster_mut(self.0.engine, id)?;
        cluster.tags.clone_from(&tags);
        let round = cluster.tke().tagging.as_ref().map_or(1, |change| change.round + 1);
        cluster.tke_mut().tagging = Some(TagChange { is_done: false, with_resources, tags, round });
        self.after(TAGGING, Event::Tagged { cluster: id.to_owned(), round });
        Ok(())
    }

    pub(super) fn tagged(&mut self, id: &str, round: u64) {
        let Some(cluster) = self.0.realm.clusters.get_mut(id) else { return };
        if let Some(change) = cluster.tke_mut().tagging.as_mut().filter(|change| change.round == round) {
            change.is_done = true;
        }
    }

    /// Sets the image of nodes that are added or installed anew. Nodes that are there keep theirs.
    pub fn set_image(&mut self, id: &str, image: &str) -> Outcome<()> {
        let cluster = self.0.changeable_cluster(id)?;
        let image = find_image(image, cluster.arm)?;
        let cluster = self.0.realm.cluster_mut(self.0.engine, id)?;
        cluster.install((image.os.to_owned(), image.id.to_owned()));
        cluster.customized_image = image.customized;
        Ok(())
    }

    /// Sets the policy of the scheduler of a cluster.
    pub fn set_scheduler_policy(&mut self, id: &str, policy: SchedulerPolicy) -> Outcome<()> {
        self.idle_cluster(id)?;
        let mut names = Vec::new();
        for profile in &policy.profiles {
            let name = profile.get("SchedulerName").and_then(Value::as_str).unwrap_or("default-scheduler");
            if names.contains(&name) {
                return Err(Reason::Invalid.because(format!("SchedulerPolicyConfig names {name} twice")));
            }
            names.push(name);
        }
        for extender in &policy.extenders {
            let weight = extender.get("Weight").and_then(Value::as_i64);
            if weight.is_some_and(|weight| !(1..=HEAVIEST).contains(&weight)) {
                return Err(Reason::Invalid.because(format!("Extenders: Weight is 1 to {HEAVIEST}")));
            }
        }
        self.0.realm.cluster_mut(self.0.engine, id)?.tke_mut().scheduler = policy;
        Ok(())
    }
}
