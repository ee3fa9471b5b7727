//! HorizontalPodAutoscalers: they bring a workload to the size at which its pods are used as wanted.
//!
//! The only metric is CPU. All pods of a workload share its load, which is set from outside ([`ControlPlane::set_load`]);
//! a workload that has none is idle. The rules are those of Kubernetes: a tolerance of a tenth, at most four more pods or
//! twice as many at once, and less only after the stabilization window. Policies of `behavior` are not looked at, but for
//! `selectPolicy: Disabled` and the windows.

use super::{About, moment, owner_key, set_condition};
use crate::kernel::time::iso;
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::ControlPlane;
use crate::kubernetes::names::{items, number, text};
use crate::kubernetes::quantity::{request_of, thousandths};
use crate::kubernetes::selectors::LabelSelector;
use crate::kubernetes::store::Key;
use serde_json::{Map, Value, json};

/// The kind.
pub(super) const AUTOSCALERS: &str = "horizontalpodautoscalers.autoscaling";
/// How often the size is looked at.
const PERIOD: Millis = 15 * SECOND;
/// How long a larger size counts after it was wanted, in seconds.
const DOWN_WINDOW: i64 = 300;

/// The load of a workload: namespace, kind and name, and thousandths of a core.
pub(crate) type Loads = std::collections::BTreeMap<(String, String, String), u64>;
/// Which sizes were wanted, and from when on, oldest first.
pub(crate) type Wanted = std::collections::BTreeMap<Key, Vec<(Millis, i64)>>;

/// The pods of a workload, as far as metrics go.
struct Pods {
    count: i64,
    ready: i64,
    /// Thousandths of a core that the ready ones ask for; nothing if one of them asks for none.
    requested: Option<u64>,
}

/// What a metric comes to.
struct Measured {
    /// Use of the ready pods by target.
    ratio: f64,
    current: Value,
}

impl ControlPlane<'_, '_> {
    /// Sets what the pods of a workload use together, in thousandths of a core. The kind is `Deployment`, for example.
    pub fn set_load(&mut self, cluster_id: &str, namespace: &str, kind: &str, name: &str, cpu: u64) {
        let Ok(kubernetes) = self.kube(cluster_id) else { return };
        kubernetes.loads.insert((namespace.to_owned(), kind.to_owned(), name.to_owned()), cpu);
        self.wake(cluster_id);
        self.sync(cluster_id);
    }

    /// The autoscalers of a workload.
    pub(super) fn autoscalers_of(&self, cluster_id: &str, target: &Key) -> Vec<Key> {
        let Ok(cluster) = self.cluster(cluster_id) else { return Vec::new() };
        let all = cluster.kubernetes.store.list(AUTOSCALERS, Some(&target.namespace));
        let own = all.filter(|scaler| target_key(scaler).as_ref() == Some(target));
        own.map(|scaler| Key::new(AUTOSCALERS, &target.namespace, text(scaler, "/metadata/name"))).collect()
    }

    /// Brings the target of an autoscaler to its size.
    pub(super) fn autoscale(&mut self, cluster_id: &str, key: &Key, scaler: &Value) {
        let now = self.0.now;
        let Some(target) = target_key(scaler) else {
            let message = "the kind of the target has no size".to_owned();
            return self.cannot(cluster_id, key, scaler, ("AbleToScale", "FailedGetScale"), message);
        };
        let managed = self.cluster(cluster_id).is_ok_and(|cluster| cluster.kubernetes.mirror.shows_workload(&target));
        let object = self.object(cluster_id, &target).filter(|_| !managed);
        let Some(workload) = object else {
            let kind = target.kind.split_once('.').map_or(target.kind.as_str(), |(kind, _)| kind);
            let why = if managed { "belongs to a service of the cloud" } else { "not found" };
            let message = format!(
                "the HPA controller was unable to get the target's current scale: {kind} \"{}\" {why}",
                target.name
            );
            return self.cannot(cluster_id, key, scaler, ("AbleToScale", "FailedGetScale"), message);
        };
        let current = number(&workload, "/spec/replicas").unwrap_or(1);
        if current == 0 {
            let message = "scaling is disabled since the replica count of the target is zero".to_owned();
            return self.cannot(cluster_id, key, scaler, ("ScalingActive", "ScalingDisabled"), message);
        }
        let pods = self.measured_pods(cluster_id, &target, &workload);
        let load = self.load_of(cluster_id, scaler);
        let mut proposal = None::<i64>;
        let mut metrics = Vec::new();
        for metric in items(scaler, "/spec/metrics") {
            match measure(metric, &pods, load) {
                Ok(measured) => {
                    let size = size(measured.ratio, &pods).unwrap_or(current);
                    proposal = Some(proposal.map_or(size, |there| there.max(size)));
                    metrics.push(json!({"type": "Resource", "resource": measured.current}));
                }
                Err(why) => {
                    if pods.ready < current {
                        self.wake_at(cluster_id, now + PERIOD);
                    }
                    return self.cannot(cluster_id, key, scaler, ("ScalingActive", "FailedGetResourceMetric"), why);
                }
            }
        }
        let (least, most) =
            (number(scaler, "/spec/minReplicas").unwrap_or(1), number(scaler, "/spec/maxReplicas").unwrap_or(1));
        let raw = proposal.unwrap_or(current);
        let settled = self.stabilized(cluster_id, key, scaler, current, raw.clamp(least, most));
        let desired = limited(scaler, current, settled).clamp(least, most);
        self.show(cluster_id, key, scaler, Outcome { current, desired, raw, metrics });
        if desired != current {
            let rescaled = self.last_scale(cluster_id, key).is_none_or(|at| now >= at + PERIOD || at > now);
            if !rescaled {
                self.wake_at(cluster_id, now + PERIOD);
                return;
            }
            self.resize(cluster_id, key, scaler, &target, (workload, desired, raw > current));
        }
        if desired != current || desired != raw.clamp(least, most) || pods.ready < pods.count || pods.count != current {
            self.wake_at(cluster_id, now + PERIOD);
        }
    }

    fn last_scale(&self, cluster_id: &str, key: &Key) -> Option<Millis> {
        moment(text(&self.object(cluster_id, key)?, "/status/lastScaleTime"))
    }

    fn load_of(&self, cluster_id: &str, scaler: &Value) -> u64 {
        let part = |path: &str| text(scaler, path).to_owned();
        let key = (part("/metadata/namespace"), part("/spec/scaleTargetRef/kind"), part("/spec/scaleTargetRef/name"));
        self.cluster(cluster_id).ok().and_then(|cluster| cluster.kubernetes.loads.get(&key).copied()).unwrap_or(0)
    }

    fn measured_pods(&self, cluster_id: &str, target: &Key, workload: &Value) -> Pods {
        let mut pods = Pods { count: 0, ready: 0, requested: Some(0) };
        let selector = match target.kind.as_str() {
            "replicationcontrollers" => Some(LabelSelector::of_labels(workload.pointer("/spec/selector"))),
            _ => LabelSelector::of_object(workload.pointer("/spec/selector")),
        };
        let (Ok(cluster), Some(selector)) = (self.cluster(cluster_id), selector) else { return pods };
        for pod in cluster.kubernetes.pods.iter().filter(|pod| pod.namespace == target.namespace && pod.is_active()) {
            if !selector.selects(&json!({"metadata": {"labels": pod.labels}})) {
                continue;
            }
            pods.count += 1;
            pods.ready += i64::from(pod.is_ready());
            let cpu = request_of(&pod.spec).cpu;
            let own = if pod.is_ready() { cpu } else { 0 };
            pods.requested = pods.requested.filter(|_| cpu > 0).map(|sum| sum + own);
        }
        pods
    }

    /// The size that is wanted when it is not only wanted for a moment.
    fn stabilized(&mut self, cluster_id: &str, key: &Key, scaler: &Value, current: i64, wanted: i64) -> i64 {
        let now = self.0.now;
        let window = |way: &str, usual: i64| {
            let seconds = number(scaler, &format!("/spec/behavior/{way}/stabilizationWindowSeconds")).unwrap_or(usual);
            now.saturating_sub(u64::try_from(seconds).unwrap_or(0) * SECOND)
        };
        let (down, up) = (window("scaleDown", DOWN_WINDOW), window("scaleUp", 0));
        let Ok(kubernetes) = self.kube(cluster_id) else { return current };
        let history = kubernetes.wanted.entry(key.clone()).or_insert_with(|| vec![(now, current)]);
        if history.last().is_none_or(|(_, last)| *last != wanted) {
            history.push((now, wanted));
        }
        // Each size was wanted until the next one was.
        let ends: Vec<Millis> = history.iter().skip(1).map(|(from, _)| *from).chain([Millis::MAX]).collect();
        let within =
            |start: Millis| history.iter().zip(&ends).filter(move |(_, end)| **end > start).map(|((_, size), _)| *size);
        let (most, least) = (within(down).max().unwrap_or(wanted), within(up).min().unwrap_or(wanted));
        let settled = if current < least {
            least
        } else if current > most {
            most
        } else {
            current
        };
        let oldest = down.min(up);
        let keep: Vec<bool> = ends.iter().map(|end| *end > oldest).collect();
        let mut keep = keep.into_iter();
        history.retain(|_| keep.next().unwrap_or(true));
        settled
    }

    fn resize(
        &mut self,
        cluster_id: &str,
        key: &Key,
        scaler: &Value,
        target: &Key,
        (mut workload, size, up): (Value, i64, bool),
    ) {
        workload["spec"]["replicas"] = json!(size);
        self.change(cluster_id, target, workload);
        let why = if up {
            "cpu resource utilization (percentage of request) above target"
        } else {
            "All metrics below target"
        };
        self.tell(cluster_id, scaler, "SuccessfulRescale", format!("New size: {size}; reason: {why}"), false);
        if let Some(mut shown) = self.object(cluster_id, key) {
            shown["status"]["lastScaleTime"] = json!(iso(self.0.now));
            self.change(cluster_id, key, shown);
        }
    }

    fn show(&mut self, cluster_id: &str, key: &Key, scaler: &Value, outcome: Outcome) {
        let now = self.0.now;
        let mut conditions = items(scaler, "/status/conditions").to_vec();
        let ready = "recommended size matches current size";
        set_condition(&mut conditions, "AbleToScale", true, "ReadyForNewScale", ready, now);
        let message = "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)";
        set_condition(&mut conditions, "ScalingActive", true, "ValidMetricFound", message, now);
        let (least, most) =
            (number(scaler, "/spec/minReplicas").unwrap_or(1), number(scaler, "/spec/maxReplicas").unwrap_or(1));
        let (is, reason, message) = if outcome.raw > most {
            (true, "TooManyReplicas", "the desired replica count is more than the maximum replica count")
        } else if outcome.raw < least {
            (true, "TooFewReplicas", "the desired replica count is less than the minimum replica count")
        } else {
            (false, "DesiredWithinRange", "the desired count is within the acceptable range")
        };
        set_condition(&mut conditions, "ScalingLimited", is, reason, message, now);
        let status = &scaler["status"];
        let mut next = json!({"currentReplicas": outcome.current, "desiredReplicas": outcome.desired,
            "currentMetrics": outcome.metrics, "conditions": conditions});
        if let Some(at) = status.get("lastScaleTime") {
            next["lastScaleTime"] = at.clone();
        }
        self.set_status(cluster_id, key, next);
    }

    /// Notes why nothing is scaled; the first time, with an event.
    fn cannot(&mut self, cluster_id: &str, key: &Key, scaler: &Value, what: (&str, &'static str), message: String) {
        let now = self.0.now;
        let mut conditions = items(scaler, "/status/conditions").to_vec();
        let told =
            conditions.iter().any(|there| text(there, "/reason") == what.1 && text(there, "/message") == message);
        if what.0 != "AbleToScale" {
            let message = "the HPA controller was able to get the target's current scale";
            set_condition(&mut conditions, "AbleToScale", true, "SucceededGetScale", message, now);
        }
        set_condition(&mut conditions, what.0, false, what.1, &message, now);
        if !told && what.1 != "ScalingDisabled" {
            self.tell(cluster_id, scaler, what.1, message, true);
        }
        let mut status = scaler.get("status").cloned().unwrap_or_else(|| json!({}));
        status["conditions"] = json!(conditions);
        status["currentMetrics"] = Value::Null;
        for field in ["currentReplicas", "desiredReplicas"] {
            if status.get(field).is_none() {
                status[field] = json!(0);
            }
        }
        self.set_status(cluster_id, key, status);
    }

    fn tell(&mut self, cluster_id: &str, scaler: &Value, reason: &'static str, message: String, warning: bool) {
        let component = "horizontal-pod-autoscaler";
        let about = About { kind: "HorizontalPodAutoscaler", component, reason, message, warning };
        self.object_event(cluster_id, scaler, about);
    }
}

/// What an autoscaler has come to.
struct Outcome {
    current: i64,
    desired: i64,
    /// What the metrics alone want.
    raw: i64,
    metrics: Vec<Value>,
}

/// The workload of an autoscaler.
fn target_key(scaler: &Value) -> Option<Key> {
    let target = scaler.pointer("/spec/scaleTargetRef")?;
    let sized = ["Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"];
    sized.contains(&text(target, "/kind")).then(|| owner_key(text(scaler, "/metadata/namespace"), target))?
}

/// How far a size may go from another at once.
fn limited(scaler: &Value, current: i64, wanted: i64) -> i64 {
    let disabled = |way: &str| text(scaler, &format!("/spec/behavior/{way}/selectPolicy")) == "Disabled";
    if (wanted > current && disabled("scaleUp")) || (wanted < current && disabled("scaleDown")) {
        return current;
    }
    wanted.min((current * 2).max(current + 4))
}

/// How many pods make a use the wanted one; nothing if it is close to it. Pods that are not ready yet count as idle when
/// there are to be more.
fn size(ratio: f64, pods: &Pods) -> Option<i64> {
    let close = |ratio: f64| (ratio - 1.0).abs() <= 0.1;
    if close(ratio) {
        return None;
    }
    let (ready, all) = (pods.ready as f64, pods.count as f64);
    let with_idle = ratio * ready / all;
    if ratio > 1.0 && (close(with_idle) || with_idle < 1.0) {
        return None;
    }
    Some((ratio * ready).ceil() as i64)
}

fn measure(metric: &Value, pods: &Pods, load: u64) -> Result<Measured, String> {
    let name = text(metric, "/resource/name");
    if text(metric, "/type") != "Resource" || name != "cpu" {
        let what = if name.is_empty() { text(metric, "/type") } else { name };
        return Err(format!("failed to get {what}: no such metric is simulated, only that of cpu"));
    }
    if pods.ready == 0 {
        return Err("failed to get cpu utilization: did not receive metrics for any ready pods".to_owned());
    }
    let average = load / u64::try_from(pods.ready).unwrap_or(1).max(1);
    let mut current = Map::from_iter([("averageValue".to_owned(), json!(format!("{average}m")))]);
    let target = |field: &str| metric.pointer(&format!("/resource/target/{field}"));
    let ratio = if let Some(value) = target("averageValue").and_then(thousandths).filter(|value| *value > 0) {
        average as f64 / value as f64
    } else {
        let requested = pods.requested.filter(|sum| *sum > 0);
        let requested = requested.ok_or("failed to get cpu utilization: missing request for cpu")?;
        let percent = load * 100 / requested;
        current.insert("averageUtilization".to_owned(), json!(percent));
        let wanted = target("averageUtilization").and_then(Value::as_u64).filter(|wanted| *wanted > 0);
        percent as f64 / wanted.ok_or("failed to get cpu utilization: the target has no value")? as f64
    };
    Ok(Measured { ratio, current: json!({"name": "cpu", "current": current}) })
}
