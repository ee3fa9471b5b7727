//! Cloud storage of clusters: CCE's own interface to the claims and volumes of their Kubernetes.
//!
//! The objects are those that the API server of the cluster shows. The options of a volume name the storage of the cloud
//! behind its claim.

use crate::cce::Cce;
use crate::kernel::violation::{Outcome, Reason};
use crate::kubernetes::names::text;
use crate::kubernetes::request::ApiRequest;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Capacity of a volume where none is given.
const CAPACITY: &str = "10Gi";
const VOLUMES: &str = "/api/v1/persistentvolumes";

/// A claim, and the storage of the cloud behind it.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The object as the API server shows it.
    pub object: Value,
    /// Identifier and kind of the storage.
    pub storage: Option<(String, String)>,
}

/// A claim to create.
#[derive(Debug, Clone, Default)]
pub struct NewClaim {
    pub name: String,
    pub namespace: String,
    pub labels: BTreeMap<String, String>,
    /// Identifier and kind of the storage of the cloud that it is to hold.
    pub storage: Option<(String, String)>,
    pub access_modes: Vec<String>,
    pub volume: Option<String>,
    pub requests: Map<String, Value>,
}

/// A volume to create.
#[derive(Debug, Clone, Default)]
pub struct NewVolume {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    /// What it was ordered with, `flexVolume` among it.
    pub spec: Map<String, Value>,
}

/// The volume source of a storage of the cloud.
pub fn flex_volume((id, kind): &(String, String)) -> Value {
    let file_system = if kind == "bs" { "ext4" } else { kind };
    json!({
        "driver": format!("huawei.com/fuxi{}", if kind == "bs" { "vol" } else { kind }),
        "fsType": file_system,
        "options": {"fsType": file_system, "region": "", "volumeID": id, "storageType": kind},
    })
}

fn object_path(collection: &str, name: &str) -> String {
    format!("{collection}/{}", utf8_percent_encode(name, NON_ALPHANUMERIC))
}

fn claims(namespace: &str) -> String {
    format!("/api/v1/namespaces/{}/persistentvolumeclaims", utf8_percent_encode(namespace, NON_ALPHANUMERIC))
}

/// The storage of the cloud behind a volume.
fn storage_of(volume: &Value) -> Option<(String, String)> {
    let option = |name: &str| text(volume, &format!("/spec/flexVolume/options/{name}"));
    let (id, kind) = (option("volumeID"), option("storageType"));
    (!id.is_empty()).then(|| (id.to_owned(), if kind.is_empty() { "bs" } else { kind }.to_owned()))
}

fn check_kind(there: Option<&(String, String)>, wanted: Option<&str>) -> Outcome<()> {
    match (there, wanted) {
        (Some((_, kind)), Some(wanted)) if kind != wanted => {
            Err(Reason::Invalid.because(format!("the storage is of the type {kind}, not {wanted}")))
        }
        _ => Ok(()),
    }
}

impl Cce<'_> {
    /// Makes a claim. One to a storage of the cloud brings the volume with it.
    pub fn make_claim(&mut self, cluster_id: &str, new: NewClaim) -> Outcome<Claim> {
        self.0.realm.reachable(cluster_id, self.0.now)?;
        let made = new.storage.as_ref().map(|_| format!("cceaddon-{}", self.0.ids.uuid().replace('-', "")));
        let volume = made.clone().or(new.volume);
        let mut requests = new.requests;
        if !requests.contains_key("storage") {
            let named = volume.as_ref().and_then(|name| self.volume(cluster_id, name));
            let size = named.and_then(|volume| volume.pointer("/spec/capacity/storage").cloned());
            requests.insert("storage".to_owned(), size.unwrap_or_else(|| json!(CAPACITY)));
        }
        let mut object = json!({
            "kind": "PersistentVolumeClaim", "apiVersion": "v1",
            "metadata": {"name": new.name, "labels": new.labels},
            "spec": {"accessModes": new.access_modes, "resources": {"requests": requests}},
        });
        if let Some(volume) = &volume {
            object["spec"]["volumeName"] = json!(volume);
            object["spec"]["storageClassName"] = json!(self.class_of(cluster_id, volume));
        }
        let object = self.ask(cluster_id, "POST", &claims(&new.namespace), Some(&object))?;
        if let (Some(name), Some(storage)) = (made, &new.storage) {
            // No other claim gets it.
            let claim = json!({"kind": "PersistentVolumeClaim", "apiVersion": "v1", "name": new.name,
                "namespace": new.namespace, "uid": object["metadata"]["uid"]});
            let volume = json!({
                "kind": "PersistentVolume", "apiVersion": "v1", "metadata": {"name": name},
                "spec": {"accessModes": object["spec"]["accessModes"], "capacity": requests, "claimRef": claim,
                    "flexVolume": flex_volume(storage)},
            });
            self.ask(cluster_id, "POST", VOLUMES, Some(&volume))?;
        }
        // The phase is set after it was made.
        let object = self.ask(cluster_id, "GET", &object_path(&claims(&new.namespace), &new.name), None)?;
        Ok(self.with_storage(cluster_id, object))
    }

    /// Gives up a claim; the storage behind it goes too when that is wanted, which needs its kind.
    pub fn drop_claim(
        &mut self,
        cluster_id: &str,
        namespace: &str,
        name: &str,
        storage: Option<&str>,
    ) -> Outcome<Claim> {
        self.0.realm.reachable(cluster_id, self.0.now)?;
        let path = object_path(&claims(namespace), name);
        let object = self.ask(cluster_id, "GET", &path, None)?;
        let claim = self.with_storage(cluster_id, object);
        check_kind(claim.storage.as_ref(), storage)?;
        self.ask(cluster_id, "DELETE", &path, None)?;
        let volume = text(&claim.object, "/spec/volumeName");
        if storage.is_some() && !volume.is_empty() && self.volume(cluster_id, volume).is_some() {
            self.ask(cluster_id, "DELETE", &object_path(VOLUMES, volume), None)?;
        }
        Ok(claim)
    }

    /// Makes a volume of a storage of the cloud.
    pub fn make_volume(&mut self, cluster_id: &str, new: NewVolume) -> Outcome<Value> {
        self.0.realm.reachable(cluster_id, self.0.now)?;
        let mut spec = new.spec;
        if spec.get("capacity").and_then(Value::as_object).is_none_or(Map::is_empty) {
            spec.insert("capacity".to_owned(), json!({"storage": CAPACITY}));
        }
        let object = json!({"kind": "PersistentVolume", "apiVersion": "v1",
            "metadata": {"name": new.name, "labels": new.labels}, "spec": spec});
        self.ask(cluster_id, "POST", VOLUMES, Some(&object))?;
        // The phase is set after it was made.
        self.ask(cluster_id, "GET", &object_path(VOLUMES, &new.name), None)
    }

    /// Removes a volume that no claim uses.
    pub fn drop_volume(&mut self, cluster_id: &str, name: &str, storage: Option<&str>) -> Outcome<Value> {
        self.0.realm.reachable(cluster_id, self.0.now)?;
        let path = object_path(VOLUMES, name);
        let volume = self.ask(cluster_id, "GET", &path, None)?;
        // One that waits for its claim is held, too.
        if !text(&volume, "/spec/claimRef/uid").is_empty() && text(&volume, "/status/phase") != "Released" {
            let claim = |field: &str| text(&volume, &format!("/spec/claimRef/{field}"));
            let message = format!("the volume {name} is bound to the claim {}/{}", claim("namespace"), claim("name"));
            return Err(Reason::Unavailable.because(message));
        }
        check_kind(storage_of(&volume).as_ref(), storage)?;
        self.ask(cluster_id, "DELETE", &path, None)?;
        Ok(volume)
    }

    fn volume(&mut self, cluster_id: &str, name: &str) -> Option<Value> {
        self.ask(cluster_id, "GET", &object_path(VOLUMES, name), None).ok()
    }

    /// The class of a volume, which a claim to it names too.
    fn class_of(&mut self, cluster_id: &str, volume: &str) -> String {
        self.volume(cluster_id, volume).map_or_else(String::new, |v| text(&v, "/spec/storageClassName").to_owned())
    }

    fn with_storage(&mut self, cluster_id: &str, object: Value) -> Claim {
        let volume = text(&object, "/spec/volumeName");
        let volume = if volume.is_empty() { None } else { self.volume(cluster_id, volume) };
        Claim { storage: volume.as_ref().and_then(storage_of), object }
    }

    /// Sends a request to the API server of the cluster. What it refuses has the reason of CCE.
    fn ask(&mut self, cluster_id: &str, method: &str, path: &str, object: Option<&Value>) -> Outcome<Value> {
        let body = object.map(Value::to_string).unwrap_or_default();
        let request = ApiRequest {
            method,
            path_and_query: path,
            content_type: "application/json",
            user_agent: "cce",
            body: body.as_bytes(),
            ..ApiRequest::default()
        };
        let response = self.0.control_plane().request(cluster_id, request)?;
        let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let why = || text(&answer, "/message").to_owned();
        match response.status {
            200..300 => Ok(answer),
            404 => Err(Reason::NoPart.because(why())),
            409 if text(&answer, "/reason") == "AlreadyExists" => Err(Reason::InUse.because(why())),
            403 | 409 | 500.. => Err(Reason::Unavailable.because(why())),
            _ => Err(Reason::Invalid.because(why())),
        }
    }
}
