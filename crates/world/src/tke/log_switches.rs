//! Logs of a cluster beside those of its containers: events, and the components of the control plane.

use crate::infra::offers::is_region;
use crate::kernel::violation::{Outcome, Reason};
use crate::tke::Tke;
use crate::tke::log_service::{Destination, User, Wanted};
use serde::{Deserialize, Serialize};

/// The components whose logs are kept (the last two are spellings of one name).
const COMPONENTS: [&str; 3] = ["cluster-autoscaler", "karpenter", "kapenter"];

/// Where the events of a cluster are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    pub to: Destination,
    pub region: String,
    /// Whether log set and topic were created for them.
    created: bool,
}

/// The logs of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentLog {
    pub name: String,
    pub level: i64,
    pub to: Destination,
    pub region: String,
}

/// The logs of a component that are asked for.
#[derive(Debug, Clone, Default)]
pub struct NewComponentLog {
    pub name: String,
    pub level: i64,
    pub set: Option<String>,
    pub topic: Option<String>,
    pub region: Option<String>,
}

impl Tke<'_> {
    /// The region of a topic: that of the cluster if none is given.
    fn topic_region(&self, given: Option<&str>) -> Outcome<String> {
        match given {
            Some(region) if !is_region(region) && region != self.0.key.region => {
                Err(Reason::Invalid.because(format!("the region {region} (TopicRegion) is not offered")))
            }
            given => Ok(given.unwrap_or(&self.0.key.region).to_owned()),
        }
    }

    /// Keeps the events of a cluster, or keeps them elsewhere.
    pub fn enable_events(
        &mut self,
        cluster_id: &str,
        set: Option<&str>,
        topic: Option<&str>,
        region: Option<&str>,
    ) -> Outcome<()> {
        self.0.running_cluster(cluster_id)?;
        let region = self.topic_region(region)?;
        if let Some(topic) = topic {
            self.check_topic_free(topic, &User::Events { cluster: cluster_id.to_owned() })?;
        }
        let (most, usage) = (self.0.quotas.tke.topics, format!("tke-event-{cluster_id}"));
        let wanted = Wanted { set, topic, ..Wanted::default() };
        let to = self.0.realm.tke.logs.topic(wanted, &usage, most)?;
        let created = set.is_none();
        self.0.cluster_mut(cluster_id)?.tke_mut().events = Some(Events { to, region, created });
        Ok(())
    }

    /// Keeps the events of a cluster no longer.
    pub fn disable_events(&mut self, cluster_id: &str, delete: bool) -> Outcome<()> {
        self.0.running_cluster(cluster_id)?;
        let events = self.0.cluster_mut(cluster_id)?.tke_mut().events.take();
        let none = || Reason::Protected.because(format!("the events of the cluster {cluster_id} are not kept"));
        let events = events.ok_or_else(none)?;
        if delete && events.created {
            self.delete_unused_topic(&events.to);
        }
        Ok(())
    }

    /// Keeps the logs of components, or keeps them elsewhere.
    pub fn enable_component_logs(&mut self, cluster_id: &str, new: Vec<NewComponentLog>) -> Outcome<()> {
        self.0.running_cluster(cluster_id)?;
        if new.is_empty() {
            return Err(Reason::Invalid.because("Components must name at least one component"));
        }
        let mut checked = Vec::new();
        for component in new {
            check_component(&component.name)?;
            if component.level < 0 {
                return Err(Reason::Invalid.because(format!("LogLevel is at least 0, not {}", component.level)));
            }
            let region = self.topic_region(component.region.as_deref())?;
            if let Some(topic) = &component.topic {
                if component.set.is_none() {
                    return Err(Reason::Invalid.because("LogSetId must be given with TopicId"));
                }
                let user = User::Component { cluster: cluster_id.to_owned(), name: component.name.clone() };
                self.check_topic_free(topic, &user)?;
            }
            checked.push((component, region));
        }
        for (component, region) in checked {
            let usage = format!("tke-{}-{cluster_id}", component.name);
            let wanted =
                Wanted { set: component.set.as_deref(), topic: component.topic.as_deref(), ..Wanted::default() };
            let to = self.0.realm.tke.logs.topic(wanted, &usage, self.0.quotas.tke.topics)?;
            let log = ComponentLog { name: component.name.clone(), level: component.level, to, region };
            self.0.cluster_mut(cluster_id)?.tke_mut().component_logs.insert(component.name, log);
        }
        Ok(())
    }

    /// Keeps the logs of components no longer. Topics that others use are not deleted.
    pub fn disable_component_logs(&mut self, cluster_id: &str, names: &[String], delete: bool) -> Outcome<()> {
        let logs = &self.0.running_cluster(cluster_id)?.tke().component_logs;
        for name in names {
            check_component(name)?;
            if !logs.contains(name) {
                return Err(Reason::Invalid.because(format!("the logs of {name} (ComponentNames) are not kept")));
            }
        }
        for name in names {
            let gone = self.0.cluster_mut(cluster_id)?.tke_mut().component_logs.remove(name);
            if let Some(gone) = gone.filter(|_| delete) {
                self.delete_unused_topic(&gone.to);
            }
        }
        Ok(())
    }
}

fn check_component(name: &str) -> Outcome<()> {
    if COMPONENTS.contains(&name) {
        return Ok(());
    }
    Err(Reason::Invalid.because(format!("the name of a component is one of {}, not {name}", COMPONENTS.join(", "))))
}
