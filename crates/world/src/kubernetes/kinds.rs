//! The kinds that are built into every API server.
//!
//! Stable versions are served by clusters of every release, so that today's clients work. A version that Kubernetes has
//! removed is served up to the release that still had it.

use super::resource::Resource;

/// The verbs of most kinds.
const ALL: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
/// The verb of kinds that are questions.
const ASK: &[&str] = &["create"];
const NONE: &[&str] = &[];

/// A kind that is built in.
#[derive(Debug)]
pub struct Kind {
    pub kind: &'static str,
    pub plural: &'static str,
    pub singular: &'static str,
    pub short: &'static [&'static str],
    pub categories: &'static [&'static str],
    pub namespaced: bool,
    pub verbs: &'static [&'static str],
    pub subresources: &'static [&'static str],
    /// The first one is the version that objects are kept in.
    pub served: &'static [Served],
}

/// A version of a group that serves a kind.
#[derive(Debug)]
pub struct Served {
    pub group: &'static str,
    pub version: &'static str,
    /// The minor release that no longer has it; 0 if all have it.
    pub until: u32,
}

const fn v(group: &'static str, version: &'static str) -> Served {
    Served { group, version, until: 0 }
}

const fn old(group: &'static str, version: &'static str, until: u32) -> Served {
    Served { group, version, until }
}

macro_rules! kinds {
    ($($kind:literal $plural:literal $singular:literal [$($short:literal)*] [$($category:literal)*] $namespaced:literal
        $verbs:ident [$($sub:literal)*] [$($served:expr),*];)*) => {
        /// All of them.
        pub static KINDS: &[Kind] = &[$(Kind {
            kind: $kind, plural: $plural, singular: $singular, short: &[$($short),*], categories: &[$($category),*],
            namespaced: $namespaced, verbs: $verbs, subresources: &[$($sub),*], served: &[$($served),*],
        }),*];
    };
}

const APPS: &str = "apps";
const BATCH: &str = "batch";
const EXTENSIONS: &str = "extensions";
const NETWORKING: &str = "networking.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";
const STORAGE: &str = "storage.k8s.io";
const AUTHORIZATION: &str = "authorization.k8s.io";
const AUTHENTICATION: &str = "authentication.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

kinds! {
    "Binding" "bindings" "binding" [] [] true ASK [] [v("", "v1")];
    "ComponentStatus" "componentstatuses" "componentstatus" ["cs"] [] false NONE [] [v("", "v1")];
    "ConfigMap" "configmaps" "configmap" ["cm"] [] true ALL [] [v("", "v1")];
    "Endpoints" "endpoints" "endpoints" ["ep"] [] true ALL [] [v("", "v1")];
    "Event" "events" "event" ["ev"] [] true ALL [] [v("", "v1"), v("events.k8s.io", "v1"), old("events.k8s.io", "v1beta1", 25)];
    "LimitRange" "limitranges" "limitrange" ["limits"] [] true ALL [] [v("", "v1")];
    "Namespace" "namespaces" "namespace" ["ns"] [] false ALL ["status" "finalize"] [v("", "v1")];
    "Node" "nodes" "node" ["no"] [] false ALL ["status"] [v("", "v1")];
    "PersistentVolumeClaim" "persistentvolumeclaims" "persistentvolumeclaim" ["pvc"] [] true ALL ["status"] [v("", "v1")];
    "PersistentVolume" "persistentvolumes" "persistentvolume" ["pv"] [] false ALL ["status"] [v("", "v1")];
    "Pod" "pods" "pod" ["po"] ["all"] true ALL ["status" "log" "eviction" "binding" "ephemeralcontainers"] [v("", "v1")];
    "PodTemplate" "podtemplates" "podtemplate" [] [] true ALL [] [v("", "v1")];
    "ReplicationController" "replicationcontrollers" "replicationcontroller" ["rc"] ["all"] true ALL ["status" "scale"] [v("", "v1")];
    "ResourceQuota" "resourcequotas" "resourcequota" ["quota"] [] true ALL ["status"] [v("", "v1")];
    "Secret" "secrets" "secret" [] [] true ALL [] [v("", "v1")];
    "ServiceAccount" "serviceaccounts" "serviceaccount" ["sa"] [] true ALL ["token"] [v("", "v1")];
    "Service" "services" "service" ["svc"] ["all"] true ALL ["status"] [v("", "v1")];
    "ControllerRevision" "controllerrevisions" "controllerrevision" [] [] true ALL [] [v(APPS, "v1"), old(APPS, "v1beta2", 16), old(APPS, "v1beta1", 16)];
    "DaemonSet" "daemonsets" "daemonset" ["ds"] ["all"] true ALL ["status"] [v(APPS, "v1"), old(APPS, "v1beta2", 16), old(EXTENSIONS, "v1beta1", 16)];
    "Deployment" "deployments" "deployment" ["deploy"] ["all"] true ALL ["status" "scale" "rollback"] [v(APPS, "v1"), old(APPS, "v1beta2", 16), old(APPS, "v1beta1", 16), old(EXTENSIONS, "v1beta1", 16)];
    "ReplicaSet" "replicasets" "replicaset" ["rs"] ["all"] true ALL ["status" "scale"] [v(APPS, "v1"), old(APPS, "v1beta2", 16), old(EXTENSIONS, "v1beta1", 16)];
    "StatefulSet" "statefulsets" "statefulset" ["sts"] ["all"] true ALL ["status" "scale"] [v(APPS, "v1"), old(APPS, "v1beta2", 16), old(APPS, "v1beta1", 16)];
    "Job" "jobs" "job" [] ["all"] true ALL ["status"] [v(BATCH, "v1")];
    "CronJob" "cronjobs" "cronjob" ["cj"] ["all"] true ALL ["status"] [v(BATCH, "v1"), old(BATCH, "v1beta1", 25), old(BATCH, "v2alpha1", 21)];
    "HorizontalPodAutoscaler" "horizontalpodautoscalers" "horizontalpodautoscaler" ["hpa"] ["all"] true ALL ["status"] [v("autoscaling", "v2"), v("autoscaling", "v1"), old("autoscaling", "v2beta2", 26), old("autoscaling", "v2beta1", 25)];
    "Ingress" "ingresses" "ingress" ["ing"] [] true ALL ["status"] [v(NETWORKING, "v1"), old(NETWORKING, "v1beta1", 22), old(EXTENSIONS, "v1beta1", 22)];
    "IngressClass" "ingressclasses" "ingressclass" [] [] false ALL [] [v(NETWORKING, "v1"), old(NETWORKING, "v1beta1", 22)];
    "NetworkPolicy" "networkpolicies" "networkpolicy" ["netpol"] [] true ALL [] [v(NETWORKING, "v1"), old(EXTENSIONS, "v1beta1", 16)];
    "ClusterRole" "clusterroles" "clusterrole" [] [] false ALL [] [v(RBAC, "v1"), old(RBAC, "v1beta1", 22)];
    "ClusterRoleBinding" "clusterrolebindings" "clusterrolebinding" [] [] false ALL [] [v(RBAC, "v1"), old(RBAC, "v1beta1", 22)];
    "Role" "roles" "role" [] [] true ALL [] [v(RBAC, "v1"), old(RBAC, "v1beta1", 22)];
    "RoleBinding" "rolebindings" "rolebinding" [] [] true ALL [] [v(RBAC, "v1"), old(RBAC, "v1beta1", 22)];
    "PodDisruptionBudget" "poddisruptionbudgets" "poddisruptionbudget" ["pdb"] [] true ALL ["status"] [v("policy", "v1"), old("policy", "v1beta1", 25)];
    "PodSecurityPolicy" "podsecuritypolicies" "podsecuritypolicy" ["psp"] [] false ALL [] [old("policy", "v1beta1", 25), old(EXTENSIONS, "v1beta1", 16)];
    "StorageClass" "storageclasses" "storageclass" ["sc"] [] false ALL [] [v(STORAGE, "v1"), old(STORAGE, "v1beta1", 22)];
    "VolumeAttachment" "volumeattachments" "volumeattachment" [] [] false ALL ["status"] [v(STORAGE, "v1"), old(STORAGE, "v1beta1", 22)];
    "CSIDriver" "csidrivers" "csidriver" [] [] false ALL [] [v(STORAGE, "v1"), old(STORAGE, "v1beta1", 22)];
    "CSINode" "csinodes" "csinode" [] [] false ALL [] [v(STORAGE, "v1"), old(STORAGE, "v1beta1", 22)];
    "CSIStorageCapacity" "csistoragecapacities" "csistoragecapacity" [] [] true ALL [] [v(STORAGE, "v1"), old(STORAGE, "v1beta1", 27)];
    "Lease" "leases" "lease" [] [] true ALL [] [v("coordination.k8s.io", "v1"), old("coordination.k8s.io", "v1beta1", 22)];
    "EndpointSlice" "endpointslices" "endpointslice" [] [] true ALL [] [v("discovery.k8s.io", "v1"), old("discovery.k8s.io", "v1beta1", 25)];
    "CustomResourceDefinition" "customresourcedefinitions" "customresourcedefinition" ["crd" "crds"] ["api-extensions"] false ALL ["status"] [v("apiextensions.k8s.io", "v1"), old("apiextensions.k8s.io", "v1beta1", 22)];
    "APIService" "apiservices" "apiservice" [] ["api-extensions"] false ALL ["status"] [v("apiregistration.k8s.io", "v1"), old("apiregistration.k8s.io", "v1beta1", 22)];
    "CertificateSigningRequest" "certificatesigningrequests" "certificatesigningrequest" ["csr"] [] false ALL ["status" "approval"] [v("certificates.k8s.io", "v1"), old("certificates.k8s.io", "v1beta1", 22)];
    "PriorityClass" "priorityclasses" "priorityclass" ["pc"] [] false ALL [] [v("scheduling.k8s.io", "v1"), old("scheduling.k8s.io", "v1beta1", 22)];
    "MutatingWebhookConfiguration" "mutatingwebhookconfigurations" "mutatingwebhookconfiguration" [] ["api-extensions"] false ALL [] [v(ADMISSION, "v1"), old(ADMISSION, "v1beta1", 22)];
    "ValidatingWebhookConfiguration" "validatingwebhookconfigurations" "validatingwebhookconfiguration" [] ["api-extensions"] false ALL [] [v(ADMISSION, "v1"), old(ADMISSION, "v1beta1", 22)];
    "LocalSubjectAccessReview" "localsubjectaccessreviews" "localsubjectaccessreview" [] [] true ASK [] [v(AUTHORIZATION, "v1"), old(AUTHORIZATION, "v1beta1", 22)];
    "SelfSubjectAccessReview" "selfsubjectaccessreviews" "selfsubjectaccessreview" [] [] false ASK [] [v(AUTHORIZATION, "v1"), old(AUTHORIZATION, "v1beta1", 22)];
    "SelfSubjectRulesReview" "selfsubjectrulesreviews" "selfsubjectrulesreview" [] [] false ASK [] [v(AUTHORIZATION, "v1"), old(AUTHORIZATION, "v1beta1", 22)];
    "SubjectAccessReview" "subjectaccessreviews" "subjectaccessreview" [] [] false ASK [] [v(AUTHORIZATION, "v1"), old(AUTHORIZATION, "v1beta1", 22)];
    "TokenReview" "tokenreviews" "tokenreview" [] [] false ASK [] [v(AUTHENTICATION, "v1"), old(AUTHENTICATION, "v1beta1", 22)];
    "SelfSubjectReview" "selfsubjectreviews" "selfsubjectreview" [] [] false ASK [] [v(AUTHENTICATION, "v1")];
}

/// The preferred versions of groups whose preferred version is not the first one that serves a kind.
pub const PREFERRED: &[(&str, &str)] = &[("autoscaling", "v2"), ("policy", "v1")];

impl Served {
    /// Whether a cluster of that minor release has it.
    pub fn is_in(&self, minor: u32) -> bool {
        self.until == 0 || minor < self.until
    }
}

impl Kind {
    /// The kind as that version of a group serves it.
    pub fn resource(&'static self, served: &Served) -> Resource {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        // Subresources that only old versions have, and one that they do not have.
        let subresources = self.subresources.iter().filter(|sub| **sub != "rollback" || served.version != "v1");
        Resource {
            group: served.group.to_owned(),
            version: served.version.to_owned(),
            stored: self.stored_version(),
            kind: self.kind.to_owned(),
            list: format!("{}List", self.kind),
            plural: self.plural.to_owned(),
            singular: self.singular.to_owned(),
            short: texts(self.short),
            categories: texts(self.categories),
            namespaced: self.namespaced,
            verbs: texts(self.verbs),
            subresources: subresources.map(|&sub| sub.to_owned()).collect(),
            key: self.key(),
            custom: None,
        }
    }

    /// What objects of the kind are kept under: `deployments.apps`.
    pub fn key(&self) -> String {
        let group = self.served.first().map_or("", |served| served.group);
        if group.is_empty() { self.plural.to_owned() } else { format!("{}.{group}", self.plural) }
    }

    /// The `apiVersion` that objects of the kind are kept in.
    pub fn stored_version(&self) -> String {
        self.served.first().map_or_else(String::new, |served| api_version(served.group, served.version))
    }
}

/// `apps/v1`, or `v1` of the core.
pub fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

/// The kind of that key.
pub fn of_key(key: &str) -> Option<&'static Kind> {
    let (plural, group) = key.split_once('.').unwrap_or((key, ""));
    KINDS.iter().find(|kind| kind.plural == plural && kind.served.first().is_some_and(|served| served.group == group))
}
