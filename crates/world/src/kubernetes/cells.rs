//! The columns of tables and their cells, by kind, as kubectl prints them.

use super::columns::{Column, age as age_at, age_of, duration, moment};
use super::names::{items, number, text};
use super::subresources::selector_text;
use crate::kernel::Millis;
use serde_json::{Value, json};

const AGE: Column = ("Age", "string", false);

/// The columns of a kind after its name.
pub(super) fn columns_of(kind: &str) -> &'static [Column] {
    match kind {
        "Pod" => &[
            ("Ready", "string", false),
            ("Status", "string", false),
            ("Restarts", "string", false),
            AGE,
            ("IP", "string", true),
            ("Node", "string", true),
            ("Nominated Node", "string", true),
            ("Readiness Gates", "string", true),
        ],
        "Node" => &[
            ("Status", "string", false),
            ("Roles", "string", false),
            AGE,
            ("Version", "string", false),
            ("Internal-IP", "string", true),
            ("External-IP", "string", true),
            ("OS-Image", "string", true),
            ("Kernel-Version", "string", true),
            ("Container-Runtime", "string", true),
        ],
        "Namespace" => &[("Status", "string", false), AGE],
        "Service" => &[
            ("Type", "string", false),
            ("Cluster-IP", "string", false),
            ("External-IP", "string", false),
            ("Port(s)", "string", false),
            AGE,
            ("Selector", "string", true),
        ],
        "Deployment" => &[
            ("Ready", "string", false),
            ("Up-to-date", "integer", false),
            ("Available", "integer", false),
            AGE,
            ("Containers", "string", true),
            ("Images", "string", true),
            ("Selector", "string", true),
        ],
        "ReplicaSet" | "ReplicationController" => &[
            ("Desired", "integer", false),
            ("Current", "integer", false),
            ("Ready", "integer", false),
            AGE,
            ("Containers", "string", true),
            ("Images", "string", true),
            ("Selector", "string", true),
        ],
        "StatefulSet" => &[("Ready", "string", false), AGE, ("Containers", "string", true), ("Images", "string", true)],
        "DaemonSet" => &[
            ("Desired", "integer", false),
            ("Current", "integer", false),
            ("Ready", "integer", false),
            ("Up-to-date", "integer", false),
            ("Available", "integer", false),
            ("Node Selector", "string", false),
            AGE,
            ("Containers", "string", true),
            ("Images", "string", true),
            ("Selector", "string", true),
        ],
        "Job" => &[
            ("Status", "string", false),
            ("Completions", "string", false),
            ("Duration", "string", false),
            AGE,
            ("Containers", "string", true),
            ("Images", "string", true),
            ("Selector", "string", true),
        ],
        "CronJob" => &[
            ("Schedule", "string", false),
            ("Timezone", "string", false),
            ("Suspend", "boolean", false),
            ("Active", "integer", false),
            ("Last Schedule", "string", false),
            AGE,
            ("Containers", "string", true),
            ("Images", "string", true),
        ],
        "ConfigMap" => &[("Data", "integer", false), AGE],
        "Secret" => &[("Type", "string", false), ("Data", "integer", false), AGE],
        "ServiceAccount" => &[("Secrets", "integer", false), AGE],
        "Endpoints" => &[("Endpoints", "string", false), AGE],
        "EndpointSlice" => {
            &[("AddressType", "string", false), ("Ports", "string", false), ("Endpoints", "string", false), AGE]
        }
        "Event" => &[
            ("Last Seen", "string", false),
            ("Type", "string", false),
            ("Reason", "string", false),
            ("Object", "string", false),
            ("Message", "string", false),
        ],
        "PersistentVolumeClaim" => &[
            ("Status", "string", false),
            ("Volume", "string", false),
            ("Capacity", "string", false),
            ("Access Modes", "string", false),
            ("StorageClass", "string", false),
            AGE,
            ("VolumeMode", "string", true),
        ],
        "PersistentVolume" => &[
            ("Capacity", "string", false),
            ("Access Modes", "string", false),
            ("Reclaim Policy", "string", false),
            ("Status", "string", false),
            ("Claim", "string", false),
            ("StorageClass", "string", false),
            ("Reason", "string", false),
            AGE,
            ("VolumeMode", "string", true),
        ],
        "StorageClass" => &[
            ("Provisioner", "string", false),
            ("ReclaimPolicy", "string", false),
            ("VolumeBindingMode", "string", false),
            ("AllowVolumeExpansion", "boolean", false),
            AGE,
        ],
        "Ingress" => &[
            ("Class", "string", false),
            ("Hosts", "string", false),
            ("Address", "string", false),
            ("Ports", "string", false),
            AGE,
        ],
        "PodDisruptionBudget" => &[
            ("Min Available", "string", false),
            ("Max Unavailable", "string", false),
            ("Allowed Disruptions", "integer", false),
            AGE,
        ],
        "HorizontalPodAutoscaler" => &[
            ("Reference", "string", false),
            ("Targets", "string", false),
            ("MinPods", "string", false),
            ("MaxPods", "integer", false),
            ("Replicas", "integer", false),
            AGE,
        ],
        "Role" | "ClusterRole" | "CustomResourceDefinition" => &[("Created At", "date", false)],
        "RoleBinding" | "ClusterRoleBinding" => {
            &[("Role", "string", false), AGE, ("Users", "string", true), ("Groups", "string", true)]
        }
        "NetworkPolicy" => &[("Pod-Selector", "string", false), AGE],
        "Lease" => &[("Holder", "string", false), AGE],
        _ => &[AGE],
    }
}

/// The cells of an object after its name.
pub(super) fn cells(kind: &str, object: &Value, now: Millis) -> Vec<Value> {
    let age = json!(age_of(object, now));
    let at = |path: &str| object.pointer(path).cloned().unwrap_or_default();
    let count = |path: &str| json!(number(object, path).unwrap_or(0));
    let or_none = |path: &str| json!(Some(text(object, path)).filter(|text| !text.is_empty()).unwrap_or("<none>"));
    let containers = |path: &str| {
        let all = items(object, path);
        let list = |field: &str| json!(all.iter().map(|one| text(one, field)).collect::<Vec<_>>().join(","));
        [list("/name"), list("/image")]
    };
    let selector = || json!(object.pointer("/spec/selector").map_or(String::new(), selector_text));
    let template = "/spec/template/spec/containers";
    let size = |path: &str| object.pointer(path).and_then(Value::as_object).map_or(0, serde_json::Map::len);
    let mut cells = match kind {
        "Pod" => {
            let all = items(object, "/status/containerStatuses");
            let ready = all.iter().filter(|one| one.get("ready") == Some(&Value::Bool(true))).count();
            let restarts: i64 = all.iter().filter_map(|one| number(one, "/restartCount")).sum();
            let total = items(object, "/spec/containers").len();
            vec![
                json!(format!("{ready}/{total}")),
                json!(pod_state(object)),
                json!(restarts.to_string()),
                age,
                or_none("/status/podIP"),
                or_none("/spec/nodeName"),
                json!("<none>"),
                json!("<none>"),
            ]
        }
        "Node" => {
            let conditions = items(object, "/status/conditions");
            let ready = conditions.iter().any(|one| text(one, "/type") == "Ready" && text(one, "/status") == "True");
            let mut state = if ready { "Ready" } else { "NotReady" }.to_owned();
            if at("/spec/unschedulable") == Value::Bool(true) {
                state.push_str(",SchedulingDisabled");
            }
            let labels = object.pointer("/metadata/labels").and_then(Value::as_object).into_iter().flatten();
            let roles: Vec<&str> = labels.filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/")).collect();
            let roles = if roles.is_empty() { "<none>".to_owned() } else { roles.join(",") };
            let address = items(object, "/status/addresses").iter().find(|one| text(one, "/type") == "InternalIP");
            vec![
                json!(state),
                json!(roles),
                age,
                at("/status/nodeInfo/kubeletVersion"),
                json!(address.map_or("<none>", |one| text(one, "/address"))),
                json!("<none>"),
                at("/status/nodeInfo/osImage"),
                at("/status/nodeInfo/kernelVersion"),
                at("/status/nodeInfo/containerRuntimeVersion"),
            ]
        }
        "Namespace" => vec![at("/status/phase"), age],
        "Service" => {
            let ingress = items(object, "/status/loadBalancer/ingress");
            let outside: Vec<&str> = ingress.iter().map(|one| text(one, "/ip")).collect();
            let outside = match (outside.is_empty(), text(object, "/spec/type")) {
                (false, _) => outside.join(","),
                (true, "LoadBalancer") => "<pending>".to_owned(),
                (true, _) => "<none>".to_owned(),
            };
            let ports: Vec<String> = items(object, "/spec/ports")
                .iter()
                .map(|port| {
                    let (own, protocol) = (number(port, "/port").unwrap_or(0), text(port, "/protocol"));
                    match number(port, "/nodePort") {
                        Some(node) => format!("{own}:{node}/{protocol}"),
                        None => format!("{own}/{protocol}"),
                    }
                })
                .collect();
            let labels = object.pointer("/spec/selector").map_or(String::new(), selector_text);
            let labels = if labels.is_empty() { "<none>".to_owned() } else { labels };
            vec![
                at("/spec/type"),
                or_none("/spec/clusterIP"),
                json!(outside),
                json!(ports.join(",")),
                age,
                json!(labels),
            ]
        }
        "Deployment" => {
            let (ready, wanted) = (count("/status/readyReplicas"), count("/spec/replicas"));
            vec![
                json!(format!("{ready}/{wanted}")),
                count("/status/updatedReplicas"),
                count("/status/availableReplicas"),
                age,
            ]
        }
        "ReplicaSet" | "ReplicationController" => {
            vec![count("/spec/replicas"), count("/status/replicas"), count("/status/readyReplicas"), age]
        }
        "StatefulSet" => {
            vec![json!(format!("{}/{}", count("/status/readyReplicas"), count("/spec/replicas"))), age]
        }
        "DaemonSet" => {
            let chosen = object.pointer("/spec/template/spec/nodeSelector").map_or(String::new(), selector_text);
            vec![
                count("/status/desiredNumberScheduled"),
                count("/status/currentNumberScheduled"),
                count("/status/numberReady"),
                count("/status/updatedNumberScheduled"),
                count("/status/numberAvailable"),
                json!(if chosen.is_empty() { "<none>".to_owned() } else { chosen }),
                age,
            ]
        }
        "Job" => job_cells(object, age, now),
        "CronJob" => {
            let last = text(object, "/status/lastScheduleTime");
            let last = if last.is_empty() { "<none>".to_owned() } else { age_at(last, now) };
            vec![
                at("/spec/schedule"),
                or_none("/spec/timeZone"),
                at("/spec/suspend"),
                json!(items(object, "/status/active").len()),
                json!(last),
                age,
            ]
        }
        "ConfigMap" => vec![json!(size("/data") + size("/binaryData")), age],
        "Secret" => vec![at("/type"), json!(size("/data")), age],
        "ServiceAccount" => vec![json!(items(object, "/secrets").len()), age],
        "Endpoints" => vec![json!(endpoints(object)), age],
        "EndpointSlice" => {
            let ports: Vec<String> =
                items(object, "/ports").iter().filter_map(|port| Some(number(port, "/port")?.to_string())).collect();
            let all: Vec<&str> = items(object, "/endpoints").iter().map(|one| text(one, "/addresses/0")).collect();
            let shown = |list: String| if list.is_empty() { "<unset>".to_owned() } else { list };
            vec![at("/addressType"), json!(shown(ports.join(","))), json!(shown(all.join(","))), age]
        }
        "Event" => vec![
            json!(age_at(text(object, "/lastTimestamp"), now)),
            at("/type"),
            at("/reason"),
            json!(format!(
                "{}/{}",
                text(object, "/involvedObject/kind").to_lowercase(),
                text(object, "/involvedObject/name")
            )),
            at("/message"),
        ],
        "PersistentVolumeClaim" => vec![
            at("/status/phase"),
            json!(text(object, "/spec/volumeName")),
            json!(text(object, "/status/capacity/storage")),
            json!(modes(items(object, "/status/accessModes"))),
            json!(text(object, "/spec/storageClassName")),
            age,
            at("/spec/volumeMode"),
        ],
        "PersistentVolume" => vec![
            at("/spec/capacity/storage"),
            json!(modes(items(object, "/spec/accessModes"))),
            at("/spec/persistentVolumeReclaimPolicy"),
            at("/status/phase"),
            json!(match text(object, "/spec/claimRef/name") {
                "" => String::new(),
                name => format!("{}/{name}", text(object, "/spec/claimRef/namespace")),
            }),
            json!(text(object, "/spec/storageClassName")),
            json!(text(object, "/status/reason")),
            age,
            at("/spec/volumeMode"),
        ],
        "StorageClass" => vec![
            at("/provisioner"),
            at("/reclaimPolicy"),
            at("/volumeBindingMode"),
            json!(at("/allowVolumeExpansion") == Value::Bool(true)),
            age,
        ],
        "Ingress" => {
            let hosts: Vec<&str> =
                items(object, "/spec/rules").iter().map(|rule| text(rule, "/host")).filter(|h| !h.is_empty()).collect();
            let ports = if items(object, "/spec/tls").is_empty() { "80" } else { "80, 443" };
            vec![
                or_none("/spec/ingressClassName"),
                json!(if hosts.is_empty() { "*".to_owned() } else { hosts.join(",") }),
                json!(text(object, "/status/loadBalancer/ingress/0/ip")),
                json!(ports),
                age,
            ]
        }
        "PodDisruptionBudget" => {
            let shown = |path: &str| match object.pointer(path) {
                None => json!("N/A"),
                Some(Value::String(text)) => json!(text),
                Some(value) => json!(value.to_string()),
            };
            vec![shown("/spec/minAvailable"), shown("/spec/maxUnavailable"), count("/status/disruptionsAllowed"), age]
        }
        "HorizontalPodAutoscaler" => vec![
            json!(format!(
                "{}/{}",
                text(object, "/spec/scaleTargetRef/kind"),
                text(object, "/spec/scaleTargetRef/name")
            )),
            json!(targets(object)),
            json!(number(object, "/spec/minReplicas").unwrap_or(1).to_string()),
            count("/spec/maxReplicas"),
            count("/status/currentReplicas"),
            age,
        ],
        "Role" | "ClusterRole" | "CustomResourceDefinition" => vec![at("/metadata/creationTimestamp")],
        "RoleBinding" | "ClusterRoleBinding" => {
            let of = |kind: &str| {
                let all = items(object, "/subjects").iter().filter(|one| text(one, "/kind") == kind);
                json!(all.map(|one| text(one, "/name")).collect::<Vec<_>>().join(", "))
            };
            let role = format!("{}/{}", text(object, "/roleRef/kind"), text(object, "/roleRef/name"));
            vec![json!(role), age, of("User"), of("Group")]
        }
        "NetworkPolicy" => {
            let chosen = object.pointer("/spec/podSelector").map_or(String::new(), selector_text);
            vec![json!(if chosen.is_empty() { "<none>".to_owned() } else { chosen }), age]
        }
        "Lease" => vec![at("/spec/holderIdentity"), age],
        _ => vec![age],
    };
    match kind {
        "Deployment" | "ReplicaSet" | "ReplicationController" | "DaemonSet" | "Job" => {
            cells.extend(containers(template));
            cells.push(selector());
        }
        "StatefulSet" => cells.extend(containers(template)),
        "CronJob" => cells.extend(containers("/spec/jobTemplate/spec/template/spec/containers")),
        _ => {}
    }
    cells
}

fn job_cells(object: &Value, age: Value, now: Millis) -> Vec<Value> {
    let done = number(object, "/status/succeeded").unwrap_or(0);
    let wanted = number(object, "/spec/completions");
    let conditions = items(object, "/status/conditions");
    let is = |kind: &str| conditions.iter().any(|one| text(one, "/type") == kind && text(one, "/status") == "True");
    let state = match () {
        () if is("Complete") => "Complete",
        () if is("Failed") => "Failed",
        () if is("Suspended") => "Suspended",
        () => "Running",
    };
    let (start, end) = (text(object, "/status/startTime"), text(object, "/status/completionTime"));
    let end = moment(end).unwrap_or(now);
    let duration = moment(start).map_or_else(String::new, |start| duration(end.saturating_sub(start)));
    let parallel = number(object, "/spec/parallelism").unwrap_or(1);
    let wanted = wanted.map_or_else(|| format!("1 of {parallel}"), |wanted| wanted.to_string());
    vec![json!(state), json!(format!("{done}/{wanted}")), json!(duration), age]
}

/// The state of a pod in one word.
fn pod_state(pod: &Value) -> String {
    if pod.pointer("/metadata/deletionTimestamp").is_some() {
        return "Terminating".to_owned();
    }
    for status in items(pod, "/status/containerStatuses") {
        for state in ["waiting", "terminated"] {
            let reason = text(status, &format!("/state/{state}/reason"));
            if !reason.is_empty() {
                return reason.to_owned();
            }
        }
    }
    text(pod, "/status/phase").to_owned()
}

fn endpoints(object: &Value) -> String {
    let mut all = Vec::new();
    for subset in items(object, "/subsets") {
        for address in items(subset, "/addresses") {
            for port in items(subset, "/ports") {
                all.push(format!("{}:{}", text(address, "/ip"), number(port, "/port").unwrap_or(0)));
            }
        }
    }
    match all.len() {
        0 => "<none>".to_owned(),
        1..=3 => all.join(","),
        more => format!("{} + {} more...", all[..3].join(","), more - 3),
    }
}

fn modes(modes: &[Value]) -> String {
    let short = modes.iter().filter_map(Value::as_str).map(|mode| match mode {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        other => other,
    });
    short.collect::<Vec<_>>().join(",")
}

/// What the metrics of an autoscaler are and what they are to be: `40%/50%`.
fn targets(scaler: &Value) -> String {
    let current = items(scaler, "/status/currentMetrics");
    let shown = items(scaler, "/spec/metrics").iter().enumerate().map(|(place, metric)| {
        let now = |field: &str| current.get(place)?.pointer(&format!("/resource/current/{field}"));
        let unknown = || "<unknown>".to_owned();
        match metric.pointer("/resource/target/averageUtilization").and_then(Value::as_i64) {
            Some(target) => {
                let now = now("averageUtilization").and_then(Value::as_i64).map(|percent| format!("{percent}%"));
                format!("{}/{target}%", now.unwrap_or_else(unknown))
            }
            None => {
                let now = now("averageValue").and_then(Value::as_str).map_or_else(unknown, str::to_owned);
                let target = text(metric, "/resource/target/averageValue");
                format!("{now}/{}", if target.is_empty() { "<auto>" } else { target })
            }
        }
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "<none>".to_owned() } else { shown.join(", ") }
}
