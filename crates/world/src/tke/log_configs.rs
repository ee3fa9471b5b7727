//! Collection rules as objects of Kubernetes: `LogConfig` of the group `cls.cloud.tencent.com` (002:50514), which the
//! provisioner of the log add-on brings into effect.

use crate::cluster::Cluster;
use crate::kernel::violation::{Outcome, Reason, Violation};
use crate::kubernetes::names::{items, name_of, number, text};
use crate::tke::Tke;
use crate::tke::log_service::{User, Wanted};
use crate::tke::objects::segment;
use serde_json::{Map, Value, json};

/// What rules are kept under.
const KEY: &str = "logconfigs.cls.cloud.tencent.com";
/// The list of the API that has the rules.
const LIST: &str = "/apis/cls.cloud.tencent.com/v1/logconfigs";
const API_VERSION: &str = "cls.cloud.tencent.com/v1";
/// The first release that has definitions in their present version.
const DEFINITIONS: u32 = 16;
/// The formats of logs (002:50603).
const FORMATS: [&str; 6] =
    ["json_log", "delimiter_log", "minimalist_log", "multiline_log", "fullregex_log", "multiline_fullregex_log"];
/// The most partitions and tags of a topic, and the number of days that stands for ever (002:50611-50615).
const MOST_PARTITIONS: i64 = 10;
const MOST_TAGS: usize = 9;
const FOR_EVER: i64 = 3_640;

fn invalid(message: impl Into<String>) -> Violation {
    Reason::Invalid.because(message.into())
}

/// Whether a text or a map of an object is there and not empty.
fn given(object: &Value, path: &str) -> bool {
    match object.pointer(path) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(members)) => !members.is_empty(),
        Some(Value::Bool(flag)) => *flag,
        _ => false,
    }
}

/// Checks a rule: its sources and its destination.
fn check(rule: &Value) -> Outcome<()> {
    let spec = rule.get("spec").filter(|spec| spec.is_object()).ok_or_else(|| invalid("spec must be given"))?;
    for part in ["inputDetail", "clsDetail", "kafkaDetail"] {
        if spec.get(part).is_some_and(|part| !part.is_object() && !part.is_null()) {
            return Err(invalid(format!("spec.{part} is not an object")));
        }
    }
    check_source(spec.get("inputDetail").ok_or_else(|| invalid("spec.inputDetail must be given"))?)?;
    match (given(spec, "/clsDetail"), given(spec, "/kafkaDetail")) {
        (true, false) => check_topic(&spec["clsDetail"]),
        (false, true) => check_kafka(&spec["kafkaDetail"]),
        _ => Err(invalid("one of spec.clsDetail and spec.kafkaDetail must be given")),
    }
}

fn check_source(source: &Value) -> Outcome<()> {
    let needs = |part: &str, fields: &[&str]| {
        let missing = fields.iter().find(|field| !given(source, &format!("/{part}/{field}")));
        missing.map_or(Ok(()), |field| Err(invalid(format!("inputDetail.{part}.{field} must be given"))))
    };
    let exclude = |part: &str, one: &str, others: &[&str]| {
        let set = |field: &str| given(source, &format!("/{part}/{field}"));
        let clash = others.iter().find(|other| set(one) && set(other));
        clash.map_or(Ok(()), |other| Err(invalid(format!("inputDetail.{part}: {one} and {other} exclude each other"))))
    };
    match text(source, "/type") {
        "container_stdout" if source.get("containerStdout").is_none() => {
            Err(invalid("inputDetail.containerStdout must be given"))
        }
        "container_stdout" => {
            let part = "containerStdout";
            exclude(part, "namespace", &["excludeNamespace"])?;
            exclude(part, "allContainers", &["workloads", "includeLabels", "excludeLabels"])?;
            for labels in ["includeLabels", "excludeLabels"] {
                exclude(part, labels, &["workloads", "namespace", "excludeNamespace"])?;
            }
            Ok(())
        }
        "container_file" => {
            let part = "containerFile";
            exclude(part, "namespace", &["excludeNamespace"])?;
            exclude(part, "workload", &["includeLabels", "excludeLabels"])?;
            needs(part, &["namespace", "container", "logPath", "filePattern"])
        }
        "host_file" => needs("hostFile", &["logPath", "filePattern"]),
        other => {
            let known = "container_stdout, container_file or host_file";
            Err(invalid(format!("inputDetail.type is {known}, not {other}")))
        }
    }
}

fn check_topic(topic: &Value) -> Outcome<()> {
    let format = text(topic, "/logType");
    if !format.is_empty() && !FORMATS.contains(&format) {
        return Err(invalid(format!("clsDetail.logType is one of {}, not {format}", FORMATS.join(", "))));
    }
    if format.is_empty() && given(topic, "/extractRule") {
        return Err(invalid("clsDetail.logType must be given with extractRule"));
    }
    if number(topic, "/period").is_some_and(|days| !(1..=3_600).contains(&days) && days != FOR_EVER) {
        return Err(invalid("clsDetail.period is 1 to 3600, or 3640"));
    }
    if number(topic, "/partitionCount").is_some_and(|count| !(1..=MOST_PARTITIONS).contains(&count)) {
        return Err(invalid(format!("clsDetail.partitionCount is 1 to {MOST_PARTITIONS}")));
    }
    if items(topic, "/tags").len() > MOST_TAGS {
        return Err(invalid(format!("clsDetail.tags has at most {MOST_TAGS} items")));
    }
    if !matches!(text(topic, "/storageType"), "" | "hot" | "cold") {
        return Err(invalid("clsDetail.storageType is hot or cold"));
    }
    if given(topic, "/topicId") && !given(topic, "/logsetId") {
        return Err(invalid("clsDetail.logsetId must be given with topicId"));
    }
    if given(topic, "/topicName") && !given(topic, "/logsetName") && !given(topic, "/logsetId") {
        return Err(invalid("clsDetail.logsetName must be given with topicName"));
    }
    Ok(())
}

fn check_kafka(kafka: &Value) -> Outcome<()> {
    let missing = ["/brokers", "/topic"].into_iter().find(|field| !given(kafka, field));
    if let Some(field) = missing {
        return Err(invalid(format!("kafkaDetail{} must be given", field.replace('/', "."))));
    }
    match text(kafka, "/kafkaType") {
        "CKafka" if !given(kafka, "/instanceId") => Err(invalid("kafkaDetail.instanceId must be given for CKafka")),
        "" | "CKafka" | "SelfBuildKafka" => Ok(()),
        other => Err(invalid(format!("kafkaDetail.kafkaType is CKafka or SelfBuildKafka, not {other}"))),
    }
}

/// The names of rules and the topics that they use.
pub fn topics(cluster: &Cluster) -> impl Iterator<Item = (String, String)> {
    cluster.log_configs().filter_map(|rule| {
        let topic = text(rule, "/spec/clsDetail/topicId");
        (!topic.is_empty()).then(|| (name_of(rule).to_owned(), topic.to_owned()))
    })
}

impl Cluster {
    /// The collection rules that are objects of Kubernetes.
    pub fn log_configs(&self) -> impl Iterator<Item = &Value> {
        self.kubernetes.store.list(KEY, None).map(|rule| &**rule)
    }
}

impl Tke<'_> {
    /// Defines the kind of the rules in a cluster.
    pub(super) fn define_log_configs(&mut self, cluster_id: &str) {
        let Ok(cluster) = self.0.running_cluster(cluster_id) else { return };
        let open = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        let names = json!({"plural": "logconfigs", "singular": "logconfig", "kind": "LogConfig",
            "listKind": "LogConfigList"});
        let (version, spec) = if cluster.minor() >= DEFINITIONS {
            let schema = json!({"openAPIV3Schema": {"type": "object", "properties": {"spec": open, "status": open}}});
            let versions = json!([{"name": "v1", "served": true, "storage": true, "schema": schema}]);
            let group = "cls.cloud.tencent.com";
            ("v1", json!({"group": group, "scope": "Cluster", "names": names, "versions": versions}))
        } else {
            let group = "cls.cloud.tencent.com";
            ("v1beta1", json!({"group": group, "scope": "Cluster", "names": names, "version": "v1"}))
        };
        let definition = json!({"apiVersion": format!("apiextensions.k8s.io/{version}"),
            "kind": "CustomResourceDefinition", "metadata": {"name": KEY}, "spec": spec});
        let path = format!("/apis/apiextensions.k8s.io/{version}/customresourcedefinitions");
        // It stays when the add-on is removed.
        let _ = self.kube(cluster_id, "POST", &path, Some(&definition));
    }

    /// Checks that logs are collected in a cluster.
    fn check_collecting(&self, cluster_id: &str) -> Outcome<()> {
        if self.0.running_cluster(cluster_id)?.tke().logs.enabled {
            return Ok(());
        }
        let message = format!("logs are not collected in the cluster {cluster_id}: install the log agent first");
        Err(Reason::Unavailable.because(message))
    }

    /// Creates a rule. A log set that is given is that of the rule.
    pub fn create_log_config(&mut self, cluster_id: &str, rule: Map<String, Value>, set: Option<&str>) -> Outcome<()> {
        self.check_collecting(cluster_id)?;
        let rule = prepared(rule, set)?;
        self.check_destination(cluster_id, &rule)?;
        self.kube(cluster_id, "POST", LIST, Some(&rule)).map_err(as_invalid).map(drop)
    }

    /// Replaces a rule. Its topic stays (002:50585).
    pub fn change_log_config(&mut self, cluster_id: &str, rule: Map<String, Value>) -> Outcome<()> {
        self.check_collecting(cluster_id)?;
        let mut rule = prepared(rule, None)?;
        let path = format!("{LIST}/{}", segment(name_of(&rule)));
        let old = self.kube(cluster_id, "GET", &path, None)?;
        for field in ["logsetId", "topicId", "logsetName", "topicName"] {
            let at = format!("/spec/clsDetail/{field}");
            let (before, after) = (text(&old, &at).to_owned(), text(&rule, &at).to_owned());
            if before.is_empty() || !given(&rule, "/spec/clsDetail") || before == after {
                continue;
            }
            if !after.is_empty() {
                return Err(invalid(format!("clsDetail.{field} cannot be changed")));
            }
            rule["spec"]["clsDetail"][field] = json!(before);
        }
        if given(&old, "/spec/clsDetail/topicId") && !given(&rule, "/spec/clsDetail") {
            return Err(invalid("the topic of a rule cannot be changed"));
        }
        self.check_destination(cluster_id, &rule)?;
        self.kube(cluster_id, "PUT", &path, Some(&rule)).map_err(as_invalid).map(drop)
    }

    /// Checks that the topic of a rule is not used by anything else.
    fn check_destination(&self, cluster_id: &str, rule: &Value) -> Outcome<()> {
        let topic = text(rule, "/spec/clsDetail/topicId");
        if topic.is_empty() {
            return Ok(());
        }
        let user = User::Rule { cluster: cluster_id.to_owned(), name: name_of(rule).to_owned() };
        self.check_topic_free(topic, &user)
    }

    /// Deletes rules. Returns what failed.
    pub fn delete_log_configs(&mut self, cluster_id: &str, names: &[&str]) -> Outcome<String> {
        self.0.running_cluster(cluster_id)?;
        let mut failed = Vec::new();
        for name in names {
            if self.kube(cluster_id, "DELETE", &format!("{LIST}/{}", segment(name)), None).is_err() {
                failed.push(format!("{name}: not found"));
            }
        }
        if failed.len() == names.len() {
            let message = format!("the cluster {cluster_id} has none of the rules {}", names.join(", "));
            return Err(Reason::NoPart.because(message));
        }
        Ok(failed.join("; "))
    }

    /// Brings the rules into effect that were created or changed: finds or creates their topics, and notes what is wrong.
    pub(super) fn provision_log_configs(&mut self, cluster_id: &str) {
        let Ok(cluster) = self.0.running_cluster(cluster_id) else { return };
        if !cluster.tke().logs.enabled {
            return;
        }
        let is_new = |rule: &&Value| number(rule, "/status/observedGeneration") != number(rule, "/metadata/generation");
        let waiting: Vec<Value> = cluster.log_configs().filter(is_new).cloned().collect();
        if waiting.is_empty() || !self.set_provisioning(cluster_id, true) {
            return;
        }
        for mut rule in waiting {
            let result = self.provision(cluster_id, &mut rule);
            let (status, code, reason) = match result {
                Ok(()) => ("Synced", "", String::new()),
                Err(why) => ("Stale", "InvalidParameter", why.message.into_owned()),
            };
            self.tell_log_config(cluster_id, rule, json!({"status": status, "code": code, "reason": reason}));
        }
        self.set_provisioning(cluster_id, false);
    }

    /// Notes whether rules are being brought into effect, which changes objects itself. Returns whether that is new.
    fn set_provisioning(&mut self, cluster_id: &str, on: bool) -> bool {
        let Ok(cluster) = self.0.cluster_mut(cluster_id) else { return false };
        std::mem::replace(&mut cluster.tke_mut().logs.provisioning, on) != on
    }

    fn provision(&mut self, cluster_id: &str, rule: &mut Value) -> Outcome<()> {
        check(rule)?;
        self.check_destination(cluster_id, rule)?;
        if !given(rule, "/spec/clsDetail") {
            return Ok(());
        }
        let get = |field: &str| Some(text(&rule["spec"]["clsDetail"], field)).filter(|text| !text.is_empty());
        let wanted = Wanted {
            set: get("/logsetId"),
            topic: get("/topicId"),
            set_name: get("/logsetName"),
            topic_name: get("/topicName"),
        };
        let usage = format!("TKE-{cluster_id}-{}", name_of(rule));
        let to = self.0.realm.tke.logs.topic(wanted, &usage, self.0.quotas.tke.topics)?;
        rule["spec"]["clsDetail"]["logsetId"] = json!(to.set);
        rule["spec"]["clsDetail"]["topicId"] = json!(to.topic);
        Ok(())
    }

    /// Writes a rule with its status.
    fn tell_log_config(&mut self, cluster_id: &str, mut rule: Value, status: Value) {
        let path = format!("{LIST}/{}", segment(name_of(&rule)));
        let Ok(stored) = self.0.running_cluster(cluster_id) else { return };
        let generation = number(&rule, "/metadata/generation").unwrap_or(1);
        let changed =
            stored.log_configs().any(|there| name_of(there) == name_of(&rule) && there["spec"] != rule["spec"]);
        rule["status"] = status;
        // A changed specification makes a new generation, of which this is the status.
        rule["status"]["observedGeneration"] = json!(generation + 1);
        if !changed {
            rule["status"]["observedGeneration"] = json!(generation);
        }
        if let Some(metadata) = rule["metadata"].as_object_mut() {
            metadata.remove("resourceVersion");
            metadata.remove("managedFields");
        }
        // The rule may be gone by now.
        let _ = self.kube(cluster_id, "PUT", &path, Some(&rule));
    }
}

/// A rule with all that an object has, checked.
fn prepared(rule: Map<String, Value>, set: Option<&str>) -> Outcome<Value> {
    let mut rule = Value::Object(rule);
    if name_of(&rule).is_empty() {
        return Err(invalid("LogConfig has no metadata.name"));
    }
    for (field, due) in [("apiVersion", API_VERSION), ("kind", "LogConfig")] {
        match rule.get(field).and_then(Value::as_str) {
            None | Some("") => rule[field] = json!(due),
            Some(given) if given == due => {}
            Some(given) => return Err(invalid(format!("{field} of LogConfig is {due}, not {given}"))),
        }
    }
    if let Some(set) = set {
        let own = text(&rule, "/spec/clsDetail/logsetId");
        if !own.is_empty() && own != set {
            return Err(invalid("LogsetId is not that of the rule"));
        }
        if !rule.pointer("/spec/clsDetail").is_some_and(Value::is_object) {
            return Err(invalid("LogsetId is for rules with clsDetail"));
        }
        rule["spec"]["clsDetail"]["logsetId"] = json!(set);
    }
    check(&rule)?;
    Ok(rule)
}

/// A refusal of Kubernetes as one of the parameter.
fn as_invalid(why: Violation) -> Violation {
    if why.reason == Reason::NoPart { why } else { Reason::Invalid.because(why.message) }
}
