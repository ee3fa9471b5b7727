//! A kind as one version of a group serves it: built in, or defined by a CustomResourceDefinition.

use super::kinds::{KINDS, api_version};
use crate::cluster::Cluster;
use serde_json::Value;
use std::sync::Arc;

/// What is known of a kind that requests name.
#[derive(Debug, Clone)]
pub struct Resource {
    pub group: String,
    pub version: String,
    /// The `apiVersion` that objects are kept in.
    pub stored: String,
    pub kind: String,
    pub list: String,
    pub plural: String,
    pub singular: String,
    pub short: Vec<String>,
    pub categories: Vec<String>,
    pub namespaced: bool,
    pub verbs: Vec<String>,
    pub subresources: Vec<String>,
    /// What its objects are kept under.
    pub key: String,
    pub custom: Option<Custom>,
}

/// What a CustomResourceDefinition says of one version of its kind.
#[derive(Debug, Clone)]
pub struct Custom {
    /// The OpenAPI schema of the objects.
    pub schema: Arc<Value>,
    /// The subresource `scale`, if there is one: the paths of its fields.
    pub scale: Option<Value>,
    pub columns: Arc<Value>,
}

impl Resource {
    /// `apps/v1`, or `v1` of the core.
    pub fn api_version(&self) -> String {
        api_version(&self.group, &self.version)
    }

    /// The name with the group: `deployments.apps`, `pods`.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// The kind with the group: `Deployment.apps`, `Pod`.
    pub fn qualified_kind(&self) -> String {
        if self.group.is_empty() { self.kind.clone() } else { format!("{}.{}", self.kind, self.group) }
    }

    /// Whether there is that subresource.
    pub fn has(&self, subresource: &str) -> bool {
        self.subresources.iter().any(|there| there == subresource)
    }

    /// Whether there is that verb.
    pub fn can(&self, verb: &str) -> bool {
        self.verbs.iter().any(|there| there == verb)
    }
}

impl Cluster {
    /// The minor release of Kubernetes.
    pub fn minor(&self) -> u32 {
        let number = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
        self.version.trim_start_matches('v').split('.').nth(1).and_then(number).unwrap_or(0)
    }

    /// All kinds that the cluster serves, in every version.
    pub fn resources(&self) -> Vec<Resource> {
        let minor = self.minor();
        let built_in = KINDS.iter().flat_map(|kind| {
            kind.served.iter().filter(move |served| served.is_in(minor)).map(move |served| kind.resource(served))
        });
        built_in.chain(self.kubernetes.custom_resources()).collect()
    }

    /// The kind that a path names.
    pub fn resource(&self, group: &str, version: &str, plural: &str) -> Option<Resource> {
        let minor = self.minor();
        for kind in KINDS.iter().filter(|kind| kind.plural == plural) {
            let matching = |served: &&super::kinds::Served| {
                served.group == group && served.version == version && served.is_in(minor)
            };
            if let Some(served) = kind.served.iter().find(matching) {
                return Some(kind.resource(served));
            }
        }
        self.kubernetes.custom_resource(group, version, plural)
    }

    /// The kind of that name in that `apiVersion`.
    pub fn resource_of_kind(&self, api_version: &str, kind: &str) -> Option<Resource> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let mut built_in = KINDS.iter().filter(|known| known.kind == kind);
        if let Some(known) = built_in.next() {
            return self.resource(group, version, known.plural);
        }
        self.kubernetes
            .custom_resources()
            .find(|there| there.kind == kind && there.group == group && there.version == version)
    }
}
