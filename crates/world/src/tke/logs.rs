//! Log collection of a cluster: the agents and the rules of what goes where.

use crate::kernel::Millis;
use crate::kernel::table::Table;
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kubernetes::SYSTEM;
use crate::tke::Tke;
use crate::tke::log_service::Wanted;
use serde::{Deserialize, Serialize};

/// The workload of the agents: one pod on every node.
pub const AGENT: &str = "tke-log-agent";

/// Log collection of one cluster.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    pub enabled: bool,
    /// By name.
    pub rules: Table<LogRule>,
    /// Whether rules are being brought into effect.
    pub(super) provisioning: bool,
}

/// The sources and the destination of logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRule {
    pub name: String,
    pub description: String,
    pub source: LogSource,
    pub sink: LogSink,
    pub created: Millis,
}

/// Where logs come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSource {
    /// `container-log` (standard output), `pod-log` (files in containers) or `host-log` (files on nodes).
    pub kind: String,
    pub path: Option<String>,
    pub label: Option<(String, String)>,
    pub all_namespaces: Option<bool>,
    pub namespace: Option<NamespaceSource>,
}

/// The containers of one namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamespaceSource {
    pub name: String,
    pub all_containers: Option<bool>,
    pub services: Vec<String>,
}

/// Where logs go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSink {
    /// `cls`, `ckafka`, `kafka` or `elasticsearch`.
    pub kind: String,
    pub instance: Option<String>,
    pub topic_id: Option<String>,
    pub host: Option<String>,
    pub port: Option<String>,
    pub topic: Option<String>,
    pub log_set: Option<String>,
}

impl LogSource {
    fn check(&self) -> Outcome<()> {
        let path = self.path.as_deref().is_some_and(|path| !path.is_empty());
        let scope = self.all_namespaces == Some(true) || self.namespace.is_some();
        if self.all_namespaces == Some(true) && self.namespace.is_some() {
            return Err(Reason::Invalid.because("AllNamespaces and Namespaces exclude each other"));
        }
        match self.kind.as_str() {
            "container-log" if !scope => {
                Err(Reason::Invalid.because("the source container-log needs AllNamespaces or Namespaces"))
            }
            "pod-log" if !path || self.namespace.is_none() => {
                Err(Reason::Invalid.because("the source pod-log needs Path and Namespaces"))
            }
            "host-log" if !path => Err(Reason::Invalid.because("the source host-log needs Path")),
            "container-log" | "pod-log" | "host-log" => Ok(()),
            other => {
                let message = format!("InputType is container-log, pod-log or host-log, not `{other}`");
                Err(Reason::Invalid.because(message))
            }
        }
    }
}

impl LogSink {
    fn check(&self) -> Outcome<()> {
        let given = |field: &Option<String>| field.as_deref().is_some_and(|text| !text.is_empty());
        let (complete, needs) = match self.kind.as_str() {
            "cls" => (given(&self.log_set) && given(&self.topic_id), "LogsetId and TopicId"),
            "ckafka" => (given(&self.instance) && given(&self.topic_id), "InstanceId and TopicId"),
            "kafka" => (given(&self.host) && given(&self.port) && given(&self.topic), "Host, Port and Topic"),
            "elasticsearch" => (given(&self.host) && given(&self.port), "Host and Port"),
            other => {
                let message = format!("OutputType is cls, ckafka, kafka or elasticsearch, not `{other}`");
                return Err(Reason::Invalid.because(message));
            }
        };
        if complete {
            return Ok(());
        }
        Err(Reason::Invalid.because(format!("the destination {} needs {needs}", self.kind)))
    }

    /// The topic of the log service that the rule writes to.
    fn log_topic(&self) -> Option<&str> {
        self.topic_id.as_deref().filter(|_| self.kind == "cls")
    }
}

/// Takes away the rule that writes to the topic already, unless it is the one of that name.
fn make_way(rules: &mut Table<LogRule>, name: &str, topic: Option<&str>) {
    let same_topic = |older: &&LogRule| topic.is_some() && older.sink.log_topic() == topic && older.name != name;
    let older = rules.iter().find(same_topic).map(|older| older.name.clone());
    if let Some(older) = older {
        rules.remove(&older);
    }
}

fn no_rule(cluster: &str, name: &str) -> Violation {
    Reason::NoPart.because(format!("the cluster {cluster} has no log collection rule {name}"))
}

impl Tke<'_> {
    /// Starts the agents.
    pub fn enable_logs(&mut self, cluster_id: &str) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().logs.enabled = true;
        self.control_plane().settle(cluster_id);
        Ok(())
    }

    /// Starts the agents of a cluster whose add-on is installed.
    pub(super) fn start_log_agents(&mut self, cluster_id: &str) {
        let Ok(cluster) = self.0.cluster_mut(cluster_id) else { return };
        cluster.tke_mut().logs.enabled = true;
        self.define_log_configs(cluster_id);
        self.control_plane().settle(cluster_id);
    }

    /// Stops the agents of a cluster whose add-on is gone.
    pub(super) fn stop_log_agents(&mut self, cluster_id: &str) {
        let Ok(cluster) = self.0.cluster_mut(cluster_id) else { return };
        cluster.tke_mut().logs.enabled = false;
        let pods = format!("/api/v1/namespaces/{SYSTEM}/pods?labelSelector=k8s-app%3D{AGENT}");
        // The cluster may be on its way out.
        let _ = self.kube(cluster_id, "DELETE", &pods, None);
    }

    /// Adds a rule. A topic of the log service has one rule: an older one makes way.
    pub fn create_log_rule(&mut self, cluster_id: &str, mut rule: LogRule) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        rule.source.check()?;
        rule.sink.check()?;
        if rule.name.is_empty() {
            return Err(Reason::Invalid.because("the name of a rule cannot be empty"));
        }
        rule.created = self.0.now;
        let rules = &mut self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().logs.rules;
        if rules.contains(&rule.name) {
            let message = format!("the cluster {cluster_id} has a log collection rule {} already", rule.name);
            return Err(Reason::Invalid.because(message));
        }
        if let (Some(set), Some(topic)) = (rule.sink.log_set.as_deref(), rule.sink.log_topic()) {
            let wanted = Wanted { set: Some(set), topic: Some(topic), ..Wanted::default() };
            self.0.realm.tke.logs.topic(wanted, &rule.name, self.0.quotas.tke.collector_topics)?;
        }
        let rules = &mut self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().logs.rules;
        make_way(rules, &rule.name, rule.sink.log_topic());
        rules.insert(rule.name.clone(), rule);
        Ok(())
    }

    /// Changes a rule; log set and topic are for good.
    pub fn change_log_rule(
        &mut self,
        cluster_id: &str,
        name: &str,
        description: Option<String>,
        source: Option<LogSource>,
        sink: Option<LogSink>,
    ) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let rules = &mut self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().logs.rules;
        let rule = rules.get_mut(name).ok_or_else(|| no_rule(cluster_id, name))?;
        if let Some(source) = &source {
            source.check()?;
        }
        if let Some(sink) = &sink {
            sink.check()?;
            let target = |sink: &LogSink| (sink.log_set.clone(), sink.topic_id.clone());
            if rule.sink.kind == "cls" && (sink.kind != "cls" || target(sink) != target(&rule.sink)) {
                return Err(Reason::Invalid.because("log set and topic of a rule cannot be changed"));
            }
        }
        if let Some(description) = description {
            rule.description = description;
        }
        if let Some(source) = source {
            rule.source = source;
        }
        if let Some(sink) = sink {
            rule.sink = sink;
            let topic = rule.sink.log_topic().map(str::to_owned);
            make_way(rules, name, topic.as_deref());
        }
        Ok(())
    }

    /// Takes a rule away.
    pub fn delete_log_rule(&mut self, cluster_id: &str, name: &str) -> Outcome<()> {
        self.0.realm.running_cluster(self.0.engine, cluster_id)?;
        let rules = &mut self.0.realm.cluster_mut(self.0.engine, cluster_id)?.tke_mut().logs.rules;
        rules.remove(name).map(|_| ()).ok_or_else(|| no_rule(cluster_id, name))
    }

    /// The rule, or why not.
    pub fn log_rule(&self, cluster_id: &str, name: &str) -> Outcome<&LogRule> {
        self.0
            .realm
            .cluster(self.0.engine, cluster_id)?
            .tke()
            .logs
            .rules
            .get(name)
            .ok_or_else(|| no_rule(cluster_id, name))
    }
}
