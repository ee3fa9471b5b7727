//! The log service: log sets with topics, in which clusters keep their logs.

use crate::cluster::Cluster;
use crate::kernel::ids::hexadecimal;
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason};
use crate::tke::{Tke, log_configs};
use serde::{Deserialize, Serialize};

/// The log sets of a realm, by identifier.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogService {
    sets: Table<LogSet>,
}

/// A log set.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LogSet {
    id: String,
    name: String,
    /// By identifier.
    topics: Table<Topic>,
}

/// A topic of a log set.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Topic {
    id: String,
    name: String,
}

/// A log set and a topic of it, as they are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub set: Option<&'a str>,
    pub topic: Option<&'a str>,
    /// The names of what is created, or found, if no identifiers are given.
    pub set_name: Option<&'a str>,
    pub topic_name: Option<&'a str>,
}

/// A log set and a topic of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    pub set: String,
    pub topic: String,
}

impl LogService {
    /// The topic that is asked for. What does not exist is created: those that a caller names were made in the log
    /// service, others get names for that use. A log set has at most that many topics.
    pub fn topic(&mut self, wanted: Wanted<'_>, usage: &str, most: usize) -> Outcome<Destination> {
        if wanted.topic.is_some() && wanted.set.is_none() {
            return Err(Reason::Invalid.because("LogsetId must be given with TopicId"));
        }
        let set_name = wanted.set_name.unwrap_or(usage);
        let found = match wanted.set {
            Some(id) => self.sets.get(id).map(|set| set.id.clone()),
            None => self.sets.iter().find(|set| set.name == set_name).map(|set| set.id.clone()),
        };
        let set =
            found.or(wanted.set.map(str::to_owned)).unwrap_or_else(|| hexadecimal(&format!("log set {set_name}"), 32));
        let topic_name = wanted.topic_name.unwrap_or(usage);
        if let Some(topic) = wanted.topic
            && let Some(other) = self.sets.iter().find(|other| other.id != set && other.topics.contains(topic))
        {
            let message = format!("the topic {topic} (TopicId) is in the log set {}, not {set}", other.id);
            return Err(Reason::Invalid.because(message));
        }
        let topics = self.sets.get(&set).map(|set| &set.topics);
        let known = topics.and_then(|topics| match wanted.topic {
            Some(id) => topics.get(id),
            None => topics.iter().find(|topic| topic.name == topic_name),
        });
        if let Some(known) = known {
            return Ok(Destination { topic: known.id.clone(), set });
        }
        if topics.is_some_and(|topics| topics.len() >= most) {
            return Err(Reason::Quota.because(format!("the log set {set} has {most} topics, which is the most")));
        }
        let topic =
            wanted.topic.map_or_else(|| hexadecimal(&format!("topic {topic_name} of {set}"), 32), str::to_owned);
        if !self.sets.contains(&set) {
            let (id, name) = (set.clone(), set_name.to_owned());
            self.sets.insert(set.clone(), LogSet { id, name, topics: Table::default() });
        }
        if let Some(set) = self.sets.get_mut(&set) {
            set.topics.insert(topic.clone(), Topic { id: topic.clone(), name: topic_name.to_owned() });
        }
        Ok(Destination { set, topic })
    }

    /// Deletes a topic, and its log set with the last topic.
    pub fn delete(&mut self, destination: &Destination) {
        let Some(set) = self.sets.get_mut(&destination.set) else { return };
        set.topics.remove(&destination.topic);
        if set.topics.is_empty() {
            self.sets.remove(&destination.set);
        }
    }

    /// Whether there is such a topic.
    pub fn has(&self, destination: &Destination) -> bool {
        self.sets.get(&destination.set).is_some_and(|set| set.topics.contains(&destination.topic))
    }
}

/// What uses a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum User {
    Rule { cluster: String, name: String },
    Audit { cluster: String },
    Events { cluster: String },
    Component { cluster: String, name: String },
}

/// What uses topics in a cluster, and which.
fn users(cluster: &Cluster) -> Vec<(User, String)> {
    let id = || cluster.id.clone();
    let parts = cluster.tke();
    let rules = parts.logs.rules.iter().filter_map(|rule| {
        let topic = rule.sink.topic_id.clone().filter(|_| rule.sink.kind == "cls")?;
        Some((User::Rule { cluster: id(), name: rule.name.clone() }, topic))
    });
    let configs = log_configs::topics(cluster).map(|(name, topic)| (User::Rule { cluster: id(), name }, topic));
    let audit = parts.audit.iter().map(|audit| (User::Audit { cluster: id() }, audit.topic.clone()));
    let events = parts.events.iter().map(|events| (User::Events { cluster: id() }, events.to.topic.clone()));
    let components = parts
        .component_logs
        .iter()
        .map(|component| (User::Component { cluster: id(), name: component.name.clone() }, component.to.topic.clone()));
    rules.chain(configs).chain(audit).chain(events).chain(components).collect()
}

impl Tke<'_> {
    /// Checks that nothing but that user keeps logs in a topic (002:50219).
    pub(super) fn check_topic_free(&self, topic: &str, user: &User) -> Outcome<()> {
        let mut used = self.0.clusters().flat_map(users).filter(|(_, used)| used == topic);
        match used.find(|(other, _)| other != user) {
            Some((other, _)) => {
                let what = match other {
                    User::Rule { cluster, name } => format!("the rule {name} of the cluster {cluster}"),
                    User::Audit { cluster } => format!("the audit log of the cluster {cluster}"),
                    User::Events { cluster } => format!("the events of the cluster {cluster}"),
                    User::Component { cluster, name } => format!("the logs of {name} in the cluster {cluster}"),
                };
                Err(Reason::Invalid.because(format!("the topic {topic} (TopicId) is used by {what}")))
            }
            None => Ok(()),
        }
    }

    /// Deletes a topic that nothing uses any more.
    pub(super) fn delete_unused_topic(&mut self, destination: &Destination) {
        let used = self.0.clusters().flat_map(users).any(|(_, topic)| topic == destination.topic);
        if !used {
            self.0.realm.tke.logs.delete(destination);
        }
    }
}
