//! The protection of objects of Kubernetes against deletion.

use crate::Realm;
use crate::ack::Ack;
use crate::ack::tenancy::Owner;
use crate::kernel::violation::{Outcome, Reason};
use crate::kubernetes::names::text;
use crate::kubernetes::store::Key;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The kind of an object that can be protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ProtectedKind {
    Namespace,
    Service,
}

/// An object that can be protected: its kind, its namespace if it has one, its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectName {
    pub kind: ProtectedKind,
    pub namespace: String,
    pub name: String,
}

impl ProtectedKind {
    fn key(self) -> &'static str {
        match self {
            Self::Namespace => "namespaces",
            Self::Service => "services",
        }
    }
}

impl Realm {
    /// The objects of a kind with those names, all of a cluster if none are named, and whether they are protected.
    pub fn protections(
        &self,
        owner: &Owner,
        cluster: &str,
        kind: ProtectedKind,
        namespace: &str,
        names: &[String],
    ) -> Outcome<Vec<(ObjectName, bool)>> {
        let (there, dedicated) = self.dedicated(owner, cluster)?;
        let store = &there.kubernetes.store;
        let names: Vec<String> = if names.is_empty() {
            store.list(kind.key(), None).map(|object| text(object, "/metadata/name").to_owned()).collect()
        } else {
            names.to_vec()
        };
        let found = names.into_iter().map(|name| {
            if store.get(&Key::new(kind.key(), namespace, &name)).is_none() {
                return Err(Reason::Invalid.because(format!("the cluster {cluster} has no {name} in {}", kind.key())));
            }
            let name = ObjectName { kind, namespace: namespace.to_owned(), name };
            let protected = dedicated.protected_objects.contains(&name);
            Ok((name, protected))
        });
        found.collect()
    }

    /// Why an object of Kubernetes may not be deleted, if it is protected.
    pub(super) fn protection_of(&self, cluster: &str, object: &Value) -> Option<String> {
        let kind = match text(object, "/kind") {
            "Namespace" => ProtectedKind::Namespace,
            "Service" => ProtectedKind::Service,
            _ => return None,
        };
        let named = |path: &str| text(object, path).to_owned();
        let name = ObjectName { kind, namespace: named("/metadata/namespace"), name: named("/metadata/name") };
        let protected = self.ack.clusters.get(cluster)?.protected_objects.contains(&name);
        protected.then(|| "it is protected against deletion: end its protection first".to_owned())
    }
}

impl Ack<'_> {
    /// Protects objects against deletion, or ends their protection.
    pub fn protect(
        &mut self,
        owner: &Owner,
        cluster: &str,
        kind: ProtectedKind,
        namespace: &str,
        names: &[String],
        protected: bool,
    ) -> Outcome<()> {
        self.0.realm.answering(owner, cluster, self.0.now)?;
        let found = self.0.realm.protections(owner, cluster, kind, namespace, names)?;
        let Some(dedicated) = self.0.realm.ack.clusters.get_mut(cluster) else { return Ok(()) };
        for (name, _) in found {
            if protected {
                dedicated.protected_objects.insert(name);
            } else {
                dedicated.protected_objects.remove(&name);
            }
        }
        Ok(())
    }
}
