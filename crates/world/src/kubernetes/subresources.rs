//! Subresources: status, scale, eviction, binding, and smaller ones.

use super::ControlPlane;
use super::api::{Call, Reply};
use super::names::{self, items, number, text};
use super::patch::{self, PatchKind};
use super::refusal::{Answer, FieldFault, Refusal};
use super::request::{body, yaml};
use super::store::Key;
use super::write::Part;
use crate::cluster::Event;
use crate::kernel::SECOND;
use crate::kernel::time::iso;
use serde_json::{Value, json};

impl ControlPlane<'_, '_> {
    /// Answers a request to a subresource.
    pub(super) fn subresource(&mut self, call: &Call<'_>, method: &str, subresource: &str) -> Answer<Reply> {
        let object = |(status, object): (u16, Value)| Reply::Object(status, object);
        match (subresource, method) {
            ("status" | "approval" | "ephemeralcontainers", "GET") => {
                self.get_object(call).map(|there| Reply::Object(200, there))
            }
            ("status" | "approval", "PUT") => {
                let old = self.get_object(call)?;
                let new = self.accept(call, body(call.request.content_type, call.request.body)?)?;
                self.replace(call, &old, new, Part::Status, false).map(|there| Reply::Object(200, there))
            }
            ("status" | "approval", "PATCH") => self.patch_part(call, Part::Status).map(object),
            ("scale", "GET") => self.get_object(call).and_then(|there| Ok(Reply::Plain(200, scale(call, &there)?))),
            ("scale", "PUT" | "PATCH") => self.change_scale(call, method == "PATCH"),
            ("log", "GET") => self.read_log(call).map(Reply::Text),
            ("eviction", "POST") => self.evict_one(call),
            ("binding", "POST") => {
                let target = body(call.request.content_type, call.request.body)?;
                self.bind(call, call.name(), &target)
            }
            ("finalize", "PUT") => {
                let old = self.get_object(call)?;
                let new = self.accept(call, body(call.request.content_type, call.request.body)?)?;
                self.replace(call, &old, new, Part::Whole, false).map(|there| Reply::Object(200, there))
            }
            ("token", "POST") => self.give_token(call),
            ("rollback", "POST") => self.roll_back(call),
            ("ephemeralcontainers", "PUT" | "PATCH") => Err(Refusal::forbidden(
                &call.resource,
                call.name(),
                "the containers of this cluster run no processes, so that none can be debugged",
            )),
            _ => Err(Refusal::method_not_allowed()),
        }
    }

    fn change_scale(&mut self, call: &Call<'_>, is_patch: bool) -> Answer<Reply> {
        let old = self.get_object(call)?;
        let before = scale(call, &old)?;
        let mut after = before.clone();
        if is_patch {
            match PatchKind::read(call.request.content_type, &call.resource)? {
                PatchKind::Apply => json_patch::merge(&mut after, &yaml(call.request.body)?),
                kind => patch::change(kind, &call.resource, &mut after, call.request.body)?,
            }
        } else {
            after = body(call.request.content_type, call.request.body)?;
        }
        let asked = text(&after, "/metadata/resourceVersion");
        if !asked.is_empty() && asked != text(&old, "/metadata/resourceVersion") {
            return Err(Refusal::stale(&call.resource, call.name()));
        }
        let replicas = match after.pointer("/spec/replicas") {
            None | Some(Value::Null) => 0,
            Some(value) => value.as_i64().ok_or_else(|| {
                Refusal::bad_request(
                    "Scale in version \"v1\" cannot be handled as a Scale: spec.replicas: expected a whole number",
                )
            })?,
        };
        if replicas < 0 {
            let why = "must be greater than or equal to 0";
            let fault = FieldFault::invalid("spec.replicas", replicas, why);
            return Err(Refusal::invalid(&call.resource, call.name(), &[fault]));
        }
        let mut new = old.clone();
        let place = scale_path(call, "specReplicasPath", "/spec/replicas");
        set_at(&mut new, &place, json!(replicas));
        let new = self.replace(call, &old, new, Part::Whole, false)?;
        Ok(Reply::Plain(200, scale(call, &new)?))
    }

    /// Evicts a pod unless a PodDisruptionBudget keeps it.
    fn evict_one(&mut self, call: &Call<'_>) -> Answer<Reply> {
        let pod = self.get_object(call)?;
        let order = body(call.request.content_type, call.request.body)?;
        let named = text(&order, "/metadata/name");
        if !named.is_empty() && named != call.name() {
            return Err(Refusal::bad_request(format!("name in URL does not match name in Eviction object: {named}")));
        }
        let success = || {
            Reply::Plain(
                201,
                json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}),
            )
        };
        if let Some(fault) = self.eviction_fault(call.cluster, &pod) {
            return Err(fault);
        }
        let dry = call.dry || order.pointer("/deleteOptions/dryRun/0") == Some(&json!("All"));
        if !dry && let Some(uid) = self.cluster(call.cluster)?.kubernetes.pod_named(call.namespace(), call.name()) {
            self.evict_pod(call.cluster, &uid);
            self.settle(call.cluster);
        }
        Ok(success())
    }

    /// Gives a pod the node that it is to run on.
    pub(super) fn bind(&mut self, call: &Call<'_>, pod: &str, binding: &Value) -> Answer<Reply> {
        let node = text(binding, "/target/name").to_owned();
        let cluster_id = call.cluster;
        let cluster = self.cluster(cluster_id)?;
        let known = cluster.kubernetes.store.get(&Key::new("nodes", "", &node)).is_some();
        let pods = super::api::resource_of(cluster, "pods").ok_or_else(Refusal::unavailable)?;
        let uid = cluster.kubernetes.pod_named(call.namespace(), pod).ok_or_else(|| Refusal::not_found(&pods, pod))?;
        if !known {
            let fault = FieldFault::invalid("target.name", node.as_str(), "there is no such node");
            return Err(Refusal::invalid(&call.resource, pod, &[fault]));
        }
        let bound = cluster.kubernetes.pods.get(&uid).and_then(|pod| pod.node.clone());
        if let Some(bound) = bound {
            let why = format!("pod {pod} is already assigned to node \"{bound}\"");
            return Err(Refusal::conflict(&pods, pod, &why));
        }
        if !call.dry {
            let kubernetes = self.kube(cluster_id)?;
            let version = kubernetes.next_version();
            if let Some(pod) = kubernetes.pods.get_mut(&uid) {
                (pod.node, pod.version) = (Some(node), version);
            }
            self.start_bound_pod(cluster_id, &uid);
        }
        let done = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
        Ok(Reply::Plain(201, done))
    }

    /// Gives a token of a service account.
    fn give_token(&mut self, call: &Call<'_>) -> Answer<Reply> {
        let account = self.get_object(call)?;
        let order =
            if call.request.body.is_empty() { json!({}) } else { body(call.request.content_type, call.request.body)? };
        let seconds = number(&order, "/spec/expirationSeconds").unwrap_or(3_600);
        let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds >= 600).ok_or_else(|| {
            let fault = FieldFault::invalid(
                "spec.expirationSeconds",
                seconds,
                "may not specify a duration less than 10 minutes",
            );
            Refusal::invalid(&call.resource, call.name(), &[fault])
        })?;
        let until = self.0.now + seconds * SECOND;
        let token = super::reviews::token(call.cluster, &account, until);
        let spec = json!({"audiences": items(&order, "/spec/audiences"), "expirationSeconds": seconds});
        let answer = json!({"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
            "metadata": {"name": call.name(), "namespace": call.namespace(), "creationTimestamp": iso(self.0.now)},
            "spec": spec, "status": {"token": token, "expirationTimestamp": iso(until)}});
        Ok(Reply::Plain(201, answer))
    }

    /// Gives a deployment the template of an earlier revision, as old API servers do.
    fn roll_back(&mut self, call: &Call<'_>) -> Answer<Reply> {
        let old = self.get_object(call)?;
        let order = body(call.request.content_type, call.request.body)?;
        let wanted = number(&order, "/rollbackTo/revision").unwrap_or(0);
        let id = text(&old, "/metadata/uid").to_owned();
        let store = &self.cluster(call.cluster)?.kubernetes.store;
        let revision =
            |set: &Value| text(set, "/metadata/annotations/deployment.kubernetes.io~1revision").parse().unwrap_or(0);
        let keys = store.dependents(&id).into_iter().filter(|key| key.kind == "replicasets.apps");
        let mut sets: Vec<(i64, Value)> =
            keys.filter_map(|key| store.get(&key).map(|set| (revision(set), Value::clone(set)))).collect();
        sets.sort_by_key(|(revision, _)| std::cmp::Reverse(*revision));
        let chosen = match wanted {
            0 => sets.get(1),
            wanted => sets.iter().find(|(revision, _)| *revision == wanted),
        };
        // A revision that there is not is ignored, with an event in place of a refusal.
        if let Some((_, set)) = chosen {
            let mut new = old.clone();
            let mut template = set.pointer("/spec/template").cloned().unwrap_or_default();
            if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
                labels.remove("pod-template-hash");
            }
            new["spec"]["template"] = template;
            self.replace(call, &old, new, Part::Whole, false)?;
        }
        let done = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201,
            "message": format!("rollback request for deployment \"{}\" succeeded", call.name())});
        Ok(Reply::Plain(201, done))
    }

    /// Starts a pod that has its node.
    pub(super) fn start_bound_pod(&mut self, cluster_id: &str, uid: &str) {
        self.give_address(cluster_id, uid);
        self.after(3 * SECOND, Event::PodUp { cluster: cluster_id.to_owned(), uid: uid.to_owned() });
    }
}

/// A path of the definition of a custom kind, or the usual one.
fn scale_path(call: &Call<'_>, name: &str, usual: &str) -> String {
    let custom = call.resource.custom.as_ref().and_then(|custom| custom.scale.as_ref());
    match custom.and_then(|scale| scale.get(name)).and_then(Value::as_str) {
        Some(path) => path.replace('.', "/"),
        None => usual.to_owned(),
    }
}

fn set_at(object: &mut Value, path: &str, value: Value) {
    let mut place = object;
    for step in path.split('/').filter(|step| !step.is_empty()) {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[step];
    }
    *place = value;
}

/// The object of the kind `Scale` of an object.
fn scale(call: &Call<'_>, object: &Value) -> Answer<Value> {
    let selector = match object.pointer(&scale_path(call, "labelSelectorPath", "/spec/selector")) {
        Some(Value::String(text)) => text.clone(),
        Some(selector) => selector_text(selector),
        None => String::new(),
    };
    let metadata = object.get("metadata").ok_or_else(Refusal::unavailable)?;
    let field = |name: &str| metadata.get(name).cloned().unwrap_or_default();
    let desired = number(object, &scale_path(call, "specReplicasPath", "/spec/replicas")).unwrap_or(0);
    let current = number(object, &scale_path(call, "statusReplicasPath", "/status/replicas")).unwrap_or(0);
    Ok(json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {"name": field("name"), "namespace": field("namespace"), "uid": field("uid"),
            "resourceVersion": field("resourceVersion"), "creationTimestamp": field("creationTimestamp")},
        "spec": {"replicas": desired},
        "status": {"replicas": current, "selector": selector},
    }))
}

/// A selector in one line.
pub(super) fn selector_text(selector: &Value) -> String {
    let labels = selector.get("matchLabels").or(Some(selector).filter(|s| s.get("matchExpressions").is_none()));
    let equal = labels.and_then(Value::as_object).into_iter().flatten();
    let mut terms: Vec<String> =
        equal.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    for expression in names::items(selector, "/matchExpressions") {
        let key = text(expression, "/key");
        let values: Vec<&str> = items(expression, "/values").iter().filter_map(Value::as_str).collect();
        terms.push(match text(expression, "/operator") {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        });
    }
    terms.join(",")
}
