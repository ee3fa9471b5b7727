//! What the pods of a workload are made of.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The pods that a workload wants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub containers: Vec<Container>,
    pub volumes: Vec<Volume>,
    /// What the labels of their node must be.
    pub node_affinity: Vec<Condition>,
    /// What the labels of a pod beside them must be.
    pub pod_affinity: Vec<Condition>,
}

/// A container of each pod.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Container {
    pub name: String,
    pub image: String,
    pub variables: Vec<(String, String)>,
    pub mounts: Vec<Mount>,
    pub live_check: Option<Check>,
    pub ready_check: Option<Check>,
    /// Thousandths of a core; 0 for no request.
    pub cpu: u64,
    /// Thousandths of a core; 0 for no limit.
    pub cpu_limit: u64,
    /// MiB; 0 for no request.
    pub memory: u64,
    /// MiB; 0 for no limit.
    pub memory_limit: u64,
    pub command: String,
    pub arguments: Vec<String>,
    pub privileged: bool,
    pub folder: String,
    /// The image is not in the registry that it names.
    pub image_missing: bool,
}

/// A volume in a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    pub volume: String,
    pub path: String,
    pub read_only: bool,
}

/// How it is found out whether a container is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub successes: u64,
    pub failures: u64,
    /// Seconds, like all times of a check.
    pub interval: u64,
    pub timeout: u64,
    pub delay: u64,
    pub method: Method,
}

/// What a check does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Method {
    Connect { port: u64 },
    Http { port: u64, protocol: String, path: String },
    Run { command: String },
}

/// A volume of each pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    pub name: String,
    pub source: Source,
}

/// Where the contents of a volume are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Source {
    /// In a folder of the node; in a temporary one if the path is empty.
    Node { path: String },
    /// On a cloud disk, which one node at a time can have.
    Disk { id: String },
    /// On a file server.
    Nfs { path: String },
    /// In a configuration.
    Configuration { id: String, version: String, keys: Vec<String> },
}

/// What labels must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub key: String,
    pub operator: String,
    pub values: Vec<String>,
}

impl Template {
    /// Whether a pod of it cannot start.
    pub fn image_is_missing(&self) -> bool {
        self.containers.iter().any(|container| container.image_missing)
    }

    /// Whether two pods of it cannot be on different nodes.
    pub fn has_disk(&self) -> bool {
        self.volumes.iter().any(|volume| matches!(volume.source, Source::Disk { .. }))
    }

    /// The specification of a pod, as Kubernetes has it.
    pub fn spec(&self) -> Map<String, Value> {
        let mut spec = Map::new();
        spec.insert("containers".into(), self.containers.iter().map(Container::spec).collect());
        spec.insert("volumes".into(), self.volumes.iter().map(Volume::spec).collect());
        spec.insert("restartPolicy".into(), json!("Always"));
        let mut affinity = Map::new();
        if !self.node_affinity.is_empty() {
            let terms = json!([{"matchExpressions": conditions(&self.node_affinity)}]);
            let required = json!({"nodeSelectorTerms": terms});
            affinity.insert("nodeAffinity".into(), json!({"requiredDuringSchedulingIgnoredDuringExecution": required}));
        }
        if !self.pod_affinity.is_empty() {
            let selector = json!({"matchExpressions": conditions(&self.pod_affinity)});
            let required = json!([{"labelSelector": selector, "topologyKey": "kubernetes.io/hostname"}]);
            affinity.insert("podAffinity".into(), json!({"requiredDuringSchedulingIgnoredDuringExecution": required}));
        }
        if !affinity.is_empty() {
            spec.insert("affinity".into(), Value::Object(affinity));
        }
        spec
    }
}

fn conditions(conditions: &[Condition]) -> Value {
    let one = |c: &Condition| json!({"key": c.key, "operator": c.operator, "values": c.values});
    conditions.iter().map(one).collect()
}

impl Container {
    fn spec(&self) -> Value {
        let amounts = |cpu: u64, memory: u64| {
            let mut amounts = Map::new();
            if cpu > 0 {
                amounts.insert("cpu".into(), json!(format!("{cpu}m")));
            }
            if memory > 0 {
                amounts.insert("memory".into(), json!(format!("{memory}Mi")));
            }
            amounts
        };
        let resources = json!({
            "requests": amounts(self.cpu, self.memory), "limits": amounts(self.cpu_limit, self.memory_limit),
        });
        let variables = self.variables.iter().map(|(name, value)| json!({"name": name, "value": value}));
        let mounts = self
            .mounts
            .iter()
            .map(|mount| json!({"name": mount.volume, "mountPath": mount.path, "readOnly": mount.read_only}));
        let mut spec = json!({
            "name": self.name, "image": self.image, "resources": resources, "env": variables.collect::<Value>(),
            "volumeMounts": mounts.collect::<Value>(), "imagePullPolicy": "Always",
        });
        if !self.command.is_empty() {
            spec["command"] = json!([self.command]);
        }
        if !self.arguments.is_empty() {
            spec["args"] = json!(self.arguments);
        }
        if !self.folder.is_empty() {
            spec["workingDir"] = json!(self.folder);
        }
        if self.privileged {
            spec["securityContext"] = json!({"privileged": true});
        }
        for (name, check) in [("livenessProbe", &self.live_check), ("readinessProbe", &self.ready_check)] {
            if let Some(check) = check {
                spec[name] = check.spec();
            }
        }
        spec
    }
}

impl Check {
    fn spec(&self) -> Value {
        let mut spec = json!({
            "successThreshold": self.successes, "failureThreshold": self.failures, "periodSeconds": self.interval,
            "timeoutSeconds": self.timeout, "initialDelaySeconds": self.delay,
        });
        match &self.method {
            Method::Connect { port } => spec["tcpSocket"] = json!({"port": port}),
            Method::Http { port, protocol, path } => {
                spec["httpGet"] = json!({"port": port, "scheme": protocol, "path": path});
            }
            Method::Run { command } => spec["exec"] = json!({"command": ["/bin/sh", "-c", command]}),
        }
        spec
    }
}

impl Volume {
    fn spec(&self) -> Value {
        let name = &self.name;
        match &self.source {
            Source::Node { path } if path.is_empty() => json!({"name": name, "emptyDir": {}}),
            Source::Node { path } => json!({"name": name, "hostPath": {"path": path}}),
            Source::Disk { id } => json!({"name": name, "qcloudCbs": {"cbsDiskId": id, "fsType": "ext4"}}),
            Source::Nfs { path } => {
                let (server, path) = path.split_once(':').unwrap_or(("", path));
                json!({"name": name, "nfs": {"server": server, "path": path}})
            }
            Source::Configuration { id, keys, .. } => {
                let items = keys.iter().map(|key| json!({"key": key, "path": key}));
                json!({"name": name, "configMap": {"name": id, "items": items.collect::<Value>()}})
            }
        }
    }
}
