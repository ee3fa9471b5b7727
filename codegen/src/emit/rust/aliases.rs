//! Names by which the documentation's search finds an operation in addition to its own: the name on the wire, names with
//! another verb, and words for tasks from its description.

use std::collections::BTreeSet;
use wharf_spec::Operation;

/// Verbs that start the names of operations, and those that users may search for instead.
const VERBS: &[(&[&str], &[&str])] = &[
    (&["describe", "get", "list", "query", "show"], &["get", "list"]),
    (&["create", "add", "install"], &["create", "add"]),
    (&["delete", "remove", "uninstall"], &["delete", "remove"]),
    (&["modify", "update", "set"], &["modify", "update"]),
];

/// Words for tasks.
const TASKS: &[&str] = &[
    "audit",
    "autoscaling",
    "certificate",
    "cordon",
    "drain",
    "hibernate",
    "kubeconfig",
    "kubectl",
    "login",
    "password",
    "permission",
    "quota",
    "resize",
    "restart",
    "scale",
    "token",
    "upgrade",
];

/// Returns the names, sorted, for an operation whose method has the name `method`.
pub(super) fn of(operation: &Operation, method: &str) -> Vec<String> {
    let mut aliases = BTreeSet::new();
    // The search ignores case and underscores.
    if letters(&operation.name) != letters(method) {
        aliases.insert(operation.name.clone());
    }
    if let Some((verb, object)) = method.split_once('_') {
        let others = VERBS.iter().find(|(verbs, _)| verbs.contains(&verb)).map_or(&[][..], |(_, others)| others);
        // A list has a plural: `describe_clusters` is `list_clusters`, and `describe_cluster` is `get_cluster`.
        let lists = object.ends_with('s') || operation.spec.paginate.is_some();
        let fits = |other: &&&str| **other != verb && (**other != "list" || lists);
        aliases.extend(others.iter().filter(fits).map(|other| format!("{other}_{object}")));
    }
    let doc = operation.spec.doc.to_lowercase();
    let words: BTreeSet<_> = doc.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let is_there = |task: &&&str| {
        let forms = [(**task).to_owned(), format!("{task}s"), format!("{task}d")];
        forms.iter().any(|form| words.contains(form.as_str())) && !method.contains(**task)
    };
    aliases.extend(TASKS.iter().filter(is_there).map(|task| (*task).to_owned()));
    aliases.remove(method);
    aliases.into_iter().collect()
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;
    use wharf_spec::{Catalog, naming};

    #[test]
    fn verbs_and_tasks_are_names_too() {
        let catalog = Catalog::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")).unwrap();
        let of = |product: &str, name: &str| {
            let operation = catalog.product(product).unwrap().operation(name).unwrap();
            super::of(operation, &naming::method(operation.called()))
        };
        assert_eq!(of("tke", "DescribeClusters"), ["get_clusters", "list_clusters"]);
        assert_eq!(of("ccs", "DeleteClusterInstances"), ["remove_cluster_instances"]);
        assert_eq!(of("cce", "GetNode"), Vec::<String>::new());
        // Its description names the kubeconfig and the certificate.
        assert_eq!(of("cce", "GetClusterCert"), ["certificate", "kubeconfig"]);
        // The specs rename it.
        assert_eq!(of("ccs", "RepositoryisExists"), ["RepositoryisExists"]);
    }
}
