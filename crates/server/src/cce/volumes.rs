//! Cloud storage as Kubernetes objects: claims and volumes.

use super::Answer;
use super::input::{Input, check_label_forms, invalid};
use crate::handler::Context;
use serde_json::{Map, Value, json};
use wharf_world::cce::offers::minor_and_patch;
use wharf_world::cce::volumes::{Claim, NewClaim, Volume};
use wharf_world::kernel::time::iso;
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::{Millis, Realm, World};

const STORAGE: [&str; 4] = ["bs", "nfs", "obs", "efs"];
/// The access mode that not every cluster has.
const ONE_NODE: &str = "ReadWriteOnce";
const ACCESS: [&str; 3] = [ONE_NODE, "ReadOnlyMany", "ReadWriteMany"];
/// Release of Kubernetes (1.13.10) from which on that mode is there.
const ONE_NODE_SINCE: (u32, u32) = (13, 10);
/// The version of `storage-driver` from which on that mode is there.
const ONE_NODE_DRIVER: &str = "1.0.19";

pub(super) fn create_cloud_pvc(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (metadata, spec) = (input.within("metadata")?, input.within("spec")?);
    let name = metadata.required("name")?;
    check_object_name(name)?;
    let storage = match (spec.owned("volumeID")?, spec.one_of("storageType", &STORAGE)?) {
        (Some(id), Some(kind)) => Some((id, kind.to_owned())),
        (None, None) => None,
        _ => return Err(invalid("volumeID and storageType are given together")),
    };
    let namespace = input.required("namespace")?;
    check_namespace(namespace)?;
    let labels = metadata.map("labels")?;
    check_label_forms(&labels)?;
    let new = NewClaim {
        name: name.to_owned(),
        namespace: namespace.to_owned(),
        labels,
        // A storage that is named makes the name of a volume void.
        volume: spec.owned("volumeName")?.filter(|_| storage.is_none()),
        storage,
        access_modes: access_modes(spec)?,
        requests: spec.within("resources")?.members("requests")?,
    };
    let mut realm = world.cce(&context.account, &context.region);
    let cluster = input.required("cluster_id")?;
    if new.access_modes.iter().any(|mode| mode == ONE_NODE) {
        check_one_node(realm.realm, cluster)?;
    }
    let claim = realm.make_claim(cluster, new)?;
    Ok(claim_json(&claim, realm.now))
}

fn access_modes(spec: Input<'_>) -> Outcome<Vec<String>> {
    let modes = spec.texts("accessModes")?;
    if modes.is_empty() {
        return Err(Reason::Missing.because("accessModes must name at least one mode"));
    }
    match modes.iter().find(|mode| !ACCESS.contains(&mode.as_str())) {
        Some(wrong) => Err(invalid(format!("accessModes has {}, not {wrong}", ACCESS.join(", ")))),
        None => Ok(modes),
    }
}

/// Whether claims of the cluster can be mounted by a single node to write: by its version, and by the add-on that
/// mounts them. `everest` does what `storage-driver` did before it.
fn check_one_node(realm: &Realm, cluster: &str) -> Outcome<()> {
    let release = &realm.hosted(cluster)?.1.release;
    let mut addons = realm.cce.addons.iter().filter(|addon| addon.cluster == cluster);
    let mounts = addons.any(|addon| match addon.template.name {
        "storage-driver" => addon
            .template
            .versions
            .iter()
            .skip_while(|version| **version != ONE_NODE_DRIVER)
            .any(|version| *version == addon.version),
        name => name == "everest",
    });
    if minor_and_patch(release) >= ONE_NODE_SINCE && mounts {
        return Ok(());
    }
    Err(invalid(format!(
        "accessModes has {ONE_NODE} in clusters from v1.13.10 on, with the add-on storage-driver from 1.0.19 on; this is {release}"
    )))
}

fn check_namespace(namespace: &str) -> Outcome<()> {
    let end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if namespace.starts_with(end) && namespace.ends_with(end) && namespace.chars().all(|c| end(c) || c == '-') {
        return Ok(());
    }
    Err(invalid("namespace is of lower-case letters, digits and hyphens, without a hyphen at its ends"))
}

fn check_object_name(name: &str) -> Outcome<()> {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if name.len() <= 253 && name.chars().all(inner) && name.starts_with(end) && name.ends_with(end) {
        return Ok(());
    }
    Err(invalid(
        "metadata.name has at most 253 lower-case letters, digits, hyphens and dots, none of these at its ends",
    ))
}

/// The kind of the storage to delete, if it is to be deleted.
fn deletion(input: Input<'_>) -> Outcome<Option<String>> {
    match (input.truth("deleteVolume")?, input.one_of("storageType", &STORAGE)?) {
        (Some(_), None) => Err(Reason::Missing.because("deleteVolume needs storageType")),
        (None, Some(_)) => Err(Reason::Missing.because("storageType needs deleteVolume")),
        (Some(true), Some(kind)) => Ok(Some(kind.to_owned())),
        _ => Ok(None),
    }
}

pub(super) fn delete_cloud_pvc(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let storage = deletion(input)?;
    let mut realm = world.cce(&context.account, &context.region);
    let (cluster, namespace) = (input.required("cluster_id")?, input.required("namespace")?);
    let claim = realm.drop_claim(cluster, namespace, input.required("name")?, storage.as_deref())?;
    Ok(claim_json(&claim, realm.now))
}

fn claim_json(claim: &Claim, now: Millis) -> Value {
    let bound = claim.is_bound(now);
    let mut spec = Map::new();
    spec.insert("accessModes".to_owned(), json!(claim.access_modes));
    if let Some(volume) = &claim.volume {
        spec.insert("volumeName".to_owned(), json!(volume));
    }
    if let Some((id, kind)) = &claim.storage {
        spec.extend([("volumeID".to_owned(), json!(id)), ("storageType".to_owned(), json!(kind))]);
    }
    spec.insert("resources".to_owned(), json!({"requests": claim.requests}));
    let mut status = json!({"phase": if bound { "Bound" } else { "Pending" }, "accessModes": claim.access_modes});
    if let Some(size) = claim.requests.get("storage").filter(|_| bound) {
        // A text, as the vendor's clients read it; the document has an object.
        status["capacity"] = size.clone();
    }
    let path = format!("/api/v1/namespaces/{}/persistentvolumeclaims/{}", claim.namespace, claim.name);
    let mut metadata = metadata(&claim.name, &claim.uid, &path, claim.created, &json!(claim.labels));
    metadata["namespace"] = json!(claim.namespace);
    json!({
        "kind": "PersistentVolumeClaim", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": status,
    })
}

fn metadata(name: &str, uid: &str, path: &str, created: Millis, labels: &Value) -> Value {
    let version = (created / 1_000).to_string();
    let mut metadata = json!({
        "name": name, "uid": uid, "selfLink": path, "resourceVersion": version, "creationTimestamp": iso(created),
    });
    if labels.as_object().is_some_and(|labels| !labels.is_empty()) {
        metadata["labels"] = labels.clone();
    }
    metadata
}

pub(super) fn create_cloud_pv(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (metadata, spec) = (input.within("metadata")?, input.within("spec")?);
    let name = metadata.required("name")?;
    check_object_name(name)?;
    let options = spec.within("flexVolume")?.within("options")?;
    let kind = options.one_of("storageType", &STORAGE)?.unwrap_or("bs");
    spec.one_of("persistentVolumeReclaimPolicy", &["Retain", "Recycle", "Delete"])?;
    let mut realm = world.cce(&context.account, &context.region);
    let new = Volume {
        name: name.to_owned(),
        uid: String::new(),
        labels: metadata.map("labels")?,
        storage: (options.required("volumeID")?.to_owned(), kind.to_owned()),
        access_modes: access_modes(spec)?,
        capacity: spec.members("capacity")?,
        order: spec.0.clone(),
        created: realm.now,
        claim: None,
        released: false,
    };
    let volume = realm.make_volume(input.required("cluster_id")?, new)?;
    Ok(volume_json(&volume))
}

pub(super) fn delete_cloud_pv(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let storage = deletion(input)?;
    let mut realm = world.cce(&context.account, &context.region);
    let (cluster, name) = (input.required("cluster_id")?, input.required("name")?);
    let volume = realm.drop_volume(cluster, name, storage.as_deref())?;
    Ok(volume_json(&volume))
}

fn volume_json(volume: &Volume) -> Value {
    let mut spec = volume.order.clone();
    spec.insert("accessModes".to_owned(), json!(volume.access_modes));
    spec.insert("capacity".to_owned(), json!(volume.capacity));
    spec.entry("persistentVolumeReclaimPolicy").or_insert(json!("Delete"));
    if !spec.contains_key("flexVolume") {
        let (id, kind) = &volume.storage;
        let file_system = if kind == "bs" { "ext4" } else { kind };
        let options = json!({"fsType": file_system, "region": "", "volumeID": id, "storageType": kind});
        let driver = format!("huawei.com/fuxi{}", if kind == "bs" { "vol" } else { kind });
        spec.insert("flexVolume".to_owned(), json!({"driver": driver, "fsType": file_system, "options": options}));
    }
    let phase = match (&volume.claim, volume.released) {
        (Some(_), _) => "Bound",
        (None, true) => "Released",
        (None, false) => "Available",
    };
    let path = format!("/api/v1/persistentvolumes/{}", volume.name);
    let metadata = metadata(&volume.name, &volume.uid, &path, volume.created, &json!(volume.labels));
    let status = json!({"phase": phase, "accessModes": volume.access_modes});
    json!({"kind": "PersistentVolume", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": status})
}
