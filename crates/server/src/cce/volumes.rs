//! Cloud storage as Kubernetes objects: claims and volumes.

use super::Answer;
use super::input::{Input, check_label_forms, invalid};
use crate::handler::Context;
use serde_json::{Map, Value, json};
use wharf_world::cce::offers::minor_and_patch;
use wharf_world::cce::volumes::{Claim, NewClaim, NewVolume, flex_volume};
use wharf_world::kernel::violation::{Outcome, Reason};
use wharf_world::{Realm, World};

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
    Ok(claim_json(claim))
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
    Ok(claim_json(claim))
}

/// The claim as CCE shows it: with the storage of the cloud, and with the size of the volume as text, as the vendor's
/// clients read it. The document has an object.
fn claim_json(claim: Claim) -> Value {
    let mut object = with_link(claim.object);
    if let Some((id, kind)) = claim.storage {
        (object["spec"]["volumeID"], object["spec"]["storageType"]) = (json!(id), json!(kind));
    }
    let modes = object["spec"]["accessModes"].clone();
    let status = &mut object["status"];
    if let Some(size) = status.pointer("/capacity/storage").cloned() {
        status["capacity"] = size;
    }
    if status.get("accessModes").is_none() {
        status["accessModes"] = modes;
    }
    object
}

/// The object with its path, which the documents have and newer API servers do not.
fn with_link(mut object: Value) -> Value {
    let member = |name: &str| object["metadata"][name].as_str().unwrap_or_default();
    let name = member("name");
    let link = match (object["kind"].as_str(), member("namespace")) {
        (Some("PersistentVolume"), _) => format!("/api/v1/persistentvolumes/{name}"),
        (_, namespace) => format!("/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}"),
    };
    object["metadata"]["selfLink"] = json!(link);
    for (part, shown) in SHOWN {
        if let Some(fields) = object[part].as_object_mut() {
            fields.retain(|name, _| shown.contains(&name.as_str()));
        }
    }
    object
}

/// What CCE shows of objects: Kubernetes has more.
const SHOWN: [(&str, &[&str]); 3] = [
    ("metadata", &["name", "namespace", "labels", "selfLink", "uid", "resourceVersion", "creationTimestamp"]),
    (
        "spec",
        &[
            "accessModes",
            "capacity",
            "flexVolume",
            "persistentVolumeReclaimPolicy",
            "resources",
            "storageType",
            "volumeID",
            "volumeName",
        ],
    ),
    ("status", &["accessModes", "capacity", "phase"]),
];

pub(super) fn create_cloud_pv(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let (metadata, spec) = (input.within("metadata")?, input.within("spec")?);
    let name = metadata.required("name")?;
    check_object_name(name)?;
    let options = spec.within("flexVolume")?.within("options")?;
    let kind = options.one_of("storageType", &STORAGE)?.unwrap_or("bs");
    spec.one_of("persistentVolumeReclaimPolicy", &["Retain", "Recycle", "Delete"])?;
    let storage = (options.required("volumeID")?.to_owned(), kind.to_owned());
    let mut order = spec.0.clone();
    order.insert("accessModes".to_owned(), json!(access_modes(spec)?));
    order.insert("flexVolume".to_owned(), filled(spec.within("flexVolume")?.0, &flex_volume(&storage)));
    let new = NewVolume { name: name.to_owned(), labels: metadata.map("labels")?, spec: order };
    let volume = world.cce(&context.account, &context.region).make_volume(input.required("cluster_id")?, new)?;
    Ok(volume_json(volume))
}

/// What was given, and what is usual for the rest.
fn filled(given: &Map<String, Value>, usual: &Value) -> Value {
    let mut whole = usual.clone();
    for (name, value) in given {
        match (value.as_object(), whole.get(name).filter(|usual| usual.is_object()).cloned()) {
            (Some(inner), Some(usual)) => whole[name] = filled(inner, &usual),
            _ if value.is_null() => {}
            _ => whole[name] = value.clone(),
        }
    }
    whole
}

pub(super) fn delete_cloud_pv(world: &mut World, context: &Context, input: Input<'_>) -> Answer {
    let storage = deletion(input)?;
    let mut realm = world.cce(&context.account, &context.region);
    let (cluster, name) = (input.required("cluster_id")?, input.required("name")?);
    let volume = realm.drop_volume(cluster, name, storage.as_deref())?;
    Ok(volume_json(volume))
}

fn volume_json(volume: Value) -> Value {
    let mut object = with_link(volume);
    object["status"]["accessModes"] = object["spec"]["accessModes"].clone();
    object
}
