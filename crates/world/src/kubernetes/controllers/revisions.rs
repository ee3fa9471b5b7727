//! ControllerRevisions: the templates that a StatefulSet or DaemonSet has had.

use super::template_hash;
use crate::kubernetes::ControlPlane;
use crate::kubernetes::names::{number, text};
use crate::kubernetes::store::Key;
use serde_json::{Value, json};

const KIND: &str = "controllerrevisions.apps";

impl ControlPlane<'_, '_> {
    /// The hash of the present template of an object; its revision is kept, as the newest one.
    pub(super) fn present_revision(&mut self, cluster_id: &str, key: &Key, object: &Value) -> String {
        let template = object.pointer("/spec/template").cloned().unwrap_or_default();
        let hash = template_hash(&template, 0);
        let all = self.children(cluster_id, KIND, text(object, "/metadata/uid"));
        let newest = all.iter().filter_map(|(_, revision)| number(revision, "/revision")).max().unwrap_or(0);
        let revision_key = Key::new(KIND, &key.namespace, &format!("{}-{hash}", key.name));
        match all.iter().find(|(there, _)| *there == revision_key) {
            Some((_, there)) if number(there, "/revision") == Some(newest) => {}
            Some((_, there)) => {
                let mut there = there.clone();
                there["revision"] = json!(newest + 1);
                self.change(cluster_id, &revision_key, there);
            }
            None => {
                let mut template = template;
                template["$patch"] = json!("replace");
                let labels = object.pointer("/spec/template/metadata/labels").cloned().unwrap_or_else(|| json!({}));
                let revision = json!({"kind": "ControllerRevision", "apiVersion": "apps/v1",
                    "metadata": {"labels": labels}, "revision": newest + 1, "data": {"spec": {"template": template}}});
                self.create_child(cluster_id, &revision_key, revision, Some(object));
            }
        }
        self.drop_old_revisions(cluster_id, key, object);
        hash
    }

    fn drop_old_revisions(&mut self, cluster_id: &str, key: &Key, object: &Value) {
        let kept =
            number(object, "/spec/revisionHistoryLimit").and_then(|kept| usize::try_from(kept).ok()).unwrap_or(10);
        let mut all = self.children(cluster_id, KIND, text(object, "/metadata/uid"));
        all.sort_by_key(|(_, revision)| number(revision, "/revision"));
        let pods = self.pods_of_owner(cluster_id, text(object, "/metadata/uid"));
        let used = |name: &str| {
            let hash = name.strip_prefix(&format!("{}-", key.name)).unwrap_or_default();
            pods.iter().any(|pod| pod.labels.get("controller-revision-hash").is_some_and(|there| there.ends_with(hash)))
        };
        for (key, _) in all.iter().take(all.len().saturating_sub(kept + 1)).filter(|(key, _)| !used(&key.name)) {
            self.remove_object(cluster_id, key);
        }
    }
}
