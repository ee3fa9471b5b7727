//! Which object a path of the Kubernetes API names.

use percent_encoding::percent_decode_str;

/// The kinds of objects there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    Namespaces,
    Nodes,
    Pods,
    Services,
    Events,
}

impl Resource {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Events, Self::Namespaces, Self::Nodes, Self::Pods, Self::Services];

    /// Name in paths.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Nodes => "nodes",
            Self::Pods => "pods",
            Self::Services => "services",
            Self::Events => "events",
        }
    }

    /// Name of the kind.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Namespaces => "Namespace",
            Self::Nodes => "Node",
            Self::Pods => "Pod",
            Self::Services => "Service",
            Self::Events => "Event",
        }
    }

    /// Whether objects of the kind live in namespaces.
    pub fn is_namespaced(self) -> bool {
        !matches!(self, Self::Namespaces | Self::Nodes)
    }

    fn of(plural: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.plural() == plural)
    }
}

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Version,
    Health,
    CoreVersions,
    Groups,
    Resources,
    Objects { resource: Resource, namespace: Option<String>, name: Option<String> },
    Unknown,
}

/// What a query asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub labels: Vec<(String, String, bool)>,
    pub fields: Vec<(String, String, bool)>,
    pub limit: usize,
    pub from: usize,
}

/// Reads path and query.
pub fn read(path: &str) -> (Target, Query) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    (target(path), read_query(query))
}

fn target(path: &str) -> Target {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let parts: Vec<&str> = decoded.trim_matches('/').split('/').collect();
    let objects = |resource: &str, namespace: Option<&str>, name: Option<&str>| match Resource::of(resource) {
        Some(resource) if namespace.is_none() || resource.is_namespaced() => {
            Target::Objects { resource, namespace: namespace.map(str::to_owned), name: name.map(str::to_owned) }
        }
        _ => Target::Unknown,
    };
    match parts.as_slice() {
        ["version"] => Target::Version,
        ["healthz" | "livez" | "readyz"] => Target::Health,
        ["api"] => Target::CoreVersions,
        ["apis"] => Target::Groups,
        ["api", "v1"] => Target::Resources,
        ["api", "v1", resource] => objects(resource, None, None),
        ["api", "v1", resource @ ("namespaces" | "nodes"), name] => objects(resource, None, Some(name)),
        ["api", "v1", "namespaces", namespace, resource] => objects(resource, Some(namespace), None),
        ["api", "v1", "namespaces", namespace, resource, name] => objects(resource, Some(namespace), Some(name)),
        _ => Target::Unknown,
    }
}

fn read_query(query: &str) -> Query {
    let mut read = Query::default();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = value.replace('+', " ");
        let value = percent_decode_str(&value).decode_utf8_lossy();
        match name {
            "labelSelector" => read.labels = conditions(&value),
            "fieldSelector" => read.fields = conditions(&value),
            "limit" => read.limit = value.parse().unwrap_or(0),
            "continue" => read.from = value.parse().unwrap_or(0),
            _ => {}
        }
    }
    read
}

/// Name, value, and whether they must be equal. A name alone must be there: its value is `*`.
fn conditions(text: &str) -> Vec<(String, String, bool)> {
    let terms = text.split(',').map(str::trim).filter(|term| !term.is_empty());
    let read = terms.map(|term| {
        let (name, value, equal) = match term.split_once("!=") {
            Some((name, value)) => (name, value, false),
            None => match term.split_once("==").or_else(|| term.split_once('=')) {
                Some((name, value)) => (name, value, true),
                None => (term.trim_start_matches('!'), "*", !term.starts_with('!')),
            },
        };
        (name.trim().to_owned(), value.trim().to_owned(), equal)
    });
    read.collect()
}

#[cfg(test)]
mod tests;
