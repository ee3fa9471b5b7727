//! Whether the objects of a store and their history fit together.

use super::{ChangeKind, Store, uid};
use crate::kernel::check::Report;
use std::collections::BTreeSet;

impl Store {
    /// Checks the objects and their history. `last` is the version of the cluster.
    pub(crate) fn check(&self, report: &mut Report, last: u64) {
        let mut uids = BTreeSet::new();
        for (kind, objects) in &self.objects {
            for ((namespace, name), object) in objects {
                let text = |path: &str| object.pointer(path).and_then(|value| value.as_str()).unwrap_or_default();
                let fits = text("/metadata/name") == name && text("/metadata/namespace") == namespace;
                let place = || format!("`{kind}` `{namespace}/{name}`");
                report.expect(fits, "objects", || format!("the object of {} has another name", place()));
                if let Some(uid) = uid(object) {
                    report.expect(uids.insert(uid), "objects", || format!("the uid of {} is there twice", place()));
                    report.expect(self.has_uid(uid), "objects", || format!("the uid of {} is not known", place()));
                }
                let version = text("/metadata/resourceVersion").parse::<u64>();
                let known = version.is_ok_and(|version| version <= last);
                report.expect(known, "objects", || format!("the version of {} is none of the cluster's", place()));
            }
        }
        report.expect(uids.len() == self.uids.len(), "objects", || "a uid is known and no object has it".to_owned());
        let mut before = self.forgotten;
        report.each("history", &self.history, |report, change| {
            let in_order = before < change.version && change.version <= last;
            report.expect(in_order, "version", || format!("{} is not between {before} and {last}", change.version));
            before = change.version;
            let has_before = change.before.is_some();
            let fits = has_before != (change.kind == ChangeKind::Added);
            report.expect(fits, "before", || "does not fit the kind of the change".to_owned());
        });
    }
}
