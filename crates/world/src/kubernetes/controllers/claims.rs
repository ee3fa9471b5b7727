//! PersistentVolumeClaims: bound to a volume that is there, or to one that their class makes.

use super::moment;
use crate::kernel::{Millis, SECOND};
use crate::kubernetes::ControlPlane;
use crate::kubernetes::names::{items, text};
use crate::kubernetes::quantity::thousandths;
use crate::kubernetes::store::Key;
use serde_json::{Value, json};

/// How long it takes until a claim has its volume.
const BINDING: Millis = 5 * SECOND;
const VOLUMES: &str = "persistentvolumes";
/// What makes a class the one of claims that name none; the second name is an old one.
const DEFAULT_CLASS: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
const BOUND: &str = "pv.kubernetes.io/bind-completed";

fn size(object: &Value, path: &str) -> u64 {
    object.pointer(path).and_then(thousandths).unwrap_or(0)
}

impl ControlPlane<'_, '_> {
    /// Binds a claim to its volume when there is one.
    pub(super) fn bind_claim(&mut self, cluster_id: &str, key: &Key, claim: &Value) {
        if text(claim, "/status/phase") == "Bound" {
            return;
        }
        let mut claim = claim.clone();
        if claim.pointer("/status/phase").is_none() {
            claim["status"]["phase"] = json!("Pending");
            self.change(cluster_id, key, claim.clone());
        }
        if claim.pointer("/spec/storageClassName").is_none()
            && text(&claim, "/spec/volumeName").is_empty()
            && let Some(class) = self.default_class(cluster_id)
        {
            claim["spec"]["storageClassName"] = json!(class);
            self.change(cluster_id, key, claim.clone());
        }
        let due = moment(text(&claim, "/metadata/creationTimestamp")).unwrap_or(0) + BINDING;
        if self.0.now < due {
            self.wake_at(cluster_id, due);
            return;
        }
        let Some(volume) = self.fitting_volume(cluster_id, &claim).or_else(|| self.provision(cluster_id, key, &claim))
        else {
            return;
        };
        let Some(mut bound) = self.object(cluster_id, &volume) else { return };
        bound["spec"]["claimRef"] = json!({"kind": "PersistentVolumeClaim", "apiVersion": "v1", "name": key.name,
            "namespace": key.namespace, "uid": claim["metadata"]["uid"]});
        bound["status"] = json!({"phase": "Bound"});
        let (capacity, modes) = (bound["spec"]["capacity"].clone(), bound["spec"]["accessModes"].clone());
        self.change(cluster_id, &volume, bound);
        claim["spec"]["volumeName"] = json!(volume.name);
        claim["metadata"]["annotations"][BOUND] = json!("yes");
        claim["status"] = json!({"phase": "Bound", "accessModes": modes, "capacity": capacity});
        self.change(cluster_id, key, claim);
    }

    fn default_class(&self, cluster_id: &str) -> Option<String> {
        let store = &self.cluster(cluster_id).ok()?.kubernetes.store;
        let mut classes = store.list("storageclasses.storage.k8s.io", None);
        let is_default = |class: &Value| {
            let notes = class.pointer("/metadata/annotations");
            DEFAULT_CLASS.iter().any(|name| notes.and_then(|all| all.get(name)) == Some(&json!("true")))
        };
        classes.find(|class| is_default(class)).map(|class| text(class, "/metadata/name").to_owned())
    }

    /// The smallest free volume that fits a claim, or the one that it names.
    fn fitting_volume(&self, cluster_id: &str, claim: &Value) -> Option<Key> {
        let store = &self.cluster(cluster_id).ok()?.kubernetes.store;
        let named = text(claim, "/spec/volumeName");
        let uid = text(claim, "/metadata/uid");
        let mut fitting: Vec<(u64, &str)> = Vec::new();
        for volume in store.list(VOLUMES, None) {
            let name = text(volume, "/metadata/name");
            let reserved = volume.pointer("/spec/claimRef").is_some();
            let own = text(volume, "/spec/claimRef/uid") == uid
                || (text(volume, "/spec/claimRef/uid").is_empty()
                    && text(volume, "/spec/claimRef/name") == text(claim, "/metadata/name")
                    && text(volume, "/spec/claimRef/namespace") == text(claim, "/metadata/namespace"));
            if (reserved && !own) || (!named.is_empty() && named != name) || text(volume, "/status/phase") == "Released"
            {
                continue;
            }
            let modes = items(volume, "/spec/accessModes");
            let fits = items(claim, "/spec/accessModes").iter().all(|mode| modes.contains(mode))
                && text(volume, "/spec/storageClassName") == text(claim, "/spec/storageClassName")
                && size(volume, "/spec/capacity/storage") >= size(claim, "/spec/resources/requests/storage");
            if fits {
                fitting.push((size(volume, "/spec/capacity/storage"), name));
            }
        }
        fitting.sort();
        fitting.first().map(|(_, name)| Key::new(VOLUMES, "", name))
    }

    /// Makes a volume by the class of a claim.
    fn provision(&mut self, cluster_id: &str, key: &Key, claim: &Value) -> Option<Key> {
        let name = text(claim, "/spec/storageClassName");
        if name.is_empty() || !text(claim, "/spec/volumeName").is_empty() {
            return None;
        }
        let class = self.object(cluster_id, &Key::new("storageclasses.storage.k8s.io", "", name))?;
        let provisioner = text(&class, "/provisioner");
        if provisioner == "kubernetes.io/no-provisioner" {
            return None;
        }
        if text(&class, "/volumeBindingMode") == "WaitForFirstConsumer" && !self.is_used(cluster_id, key) {
            return None;
        }
        let uid = text(claim, "/metadata/uid");
        let volume = Key::new(VOLUMES, "", &format!("pvc-{uid}"));
        let object = json!({
            "kind": "PersistentVolume", "apiVersion": "v1",
            "metadata": {"annotations": {"pv.kubernetes.io/provisioned-by": provisioner}},
            "spec": {
                "capacity": {"storage": claim.pointer("/spec/resources/requests/storage")},
                "accessModes": claim["spec"]["accessModes"], "storageClassName": name,
                "persistentVolumeReclaimPolicy": class.get("reclaimPolicy").cloned().unwrap_or_else(|| json!("Delete")),
                "volumeMode": claim["spec"].get("volumeMode").cloned().unwrap_or_else(|| json!("Filesystem")),
                "csi": {"driver": provisioner, "volumeHandle": format!("disk-{}", uid.get(..8).unwrap_or(uid))},
            },
            "status": {"phase": "Available"},
        });
        self.create_child(cluster_id, &volume, object, None);
        Some(volume)
    }

    fn is_used(&self, cluster_id: &str, claim: &Key) -> bool {
        self.cluster(cluster_id).is_ok_and(|cluster| {
            cluster.kubernetes.pods.iter().filter(|pod| pod.namespace == claim.namespace).any(|pod| {
                let volumes = pod.spec.get("volumes").and_then(Value::as_array);
                volumes.into_iter().flatten().any(|one| text(one, "/persistentVolumeClaim/claimName") == claim.name)
            })
        })
    }

    /// A volume whose claim is gone is deleted or kept, as its policy says.
    pub(super) fn release_volume(&mut self, cluster_id: &str, key: &Key, volume: &Value) {
        let mut volume = volume.clone();
        if volume.pointer("/status/phase").is_none() {
            volume["status"] = json!({"phase": "Available"});
            self.change(cluster_id, key, volume.clone());
        }
        // A reservation without the identifier of a claim is for one that is still to come.
        if text(&volume, "/status/phase") == "Released" || text(&volume, "/spec/claimRef/uid").is_empty() {
            return;
        }
        let (namespace, name) = (text(&volume, "/spec/claimRef/namespace"), text(&volume, "/spec/claimRef/name"));
        let claim = self.object(cluster_id, &Key::new("persistentvolumeclaims", namespace, name));
        if claim.is_some_and(|claim| text(&claim, "/metadata/uid") == text(&volume, "/spec/claimRef/uid")) {
            return;
        }
        if text(&volume, "/spec/persistentVolumeReclaimPolicy") == "Delete" {
            self.delete_in_background(cluster_id, key);
        } else {
            volume["status"]["phase"] = json!("Released");
            self.change(cluster_id, key, volume);
        }
    }
}
