//! Whether registries are consistent.

use super::{Content, Registries};
use crate::kernel::check::Report;

/// The most that a number can be.
const MOST: u64 = 1 << 53;

impl Registries {
    /// Checks what the registries contain.
    pub(crate) fn check(&self, report: &mut Report) {
        report.moment("now", self.now);
        report.expect(self.issued <= MOST, "issued", || format!("must be at most {MOST}"));
        for (name, namespace) in &self.namespaces {
            let owner = &namespace.owner;
            report.expect(self.users.contains_key(owner), "namespaces", || {
                format!("the owner `{owner}` of `{name}` is no user")
            });
        }
        let numbers = self.namespaces.values().map(|namespace| namespace.number);
        let numbers: Vec<u64> = numbers.chain(self.repositories.values().map(|repository| repository.number)).collect();
        self.check_numbers(report, &numbers);
        report.each("repositories", &self.repositories, |report, (name, repository)| {
            report.at("value", |report| {
                report.expect(repository.name == *name, "name", || format!("`{name}` is expected"));
                report.there(self.namespaces.contains_key(name.namespace()), "name.namespace", name.namespace());
                report.at("content", |report| self.check_content(report, &repository.content));
            });
        });
        report.each("triggers", &self.triggers, |report, trigger| {
            let repository = &trigger.repository;
            report.there(self.repositories.contains_key(repository), "repository", &repository.to_string());
        });
        let names: Vec<String> =
            self.triggers.iter().map(|trigger| format!("{}/{}", trigger.account, trigger.name)).collect();
        report.unique("triggers", names.iter().map(String::as_str));
        report.each("runs", &self.runs, |report, run| {
            report.there(self.repositories.contains_key(&run.repository), "repository", &run.repository.to_string());
        });
        report.unique("instances", self.instances.iter().map(|instance| instance.id()));
        let names: Vec<String> = self.instances.iter().map(|instance| instance.name().to_lowercase()).collect();
        report.unique("instances", names.iter().map(String::as_str));
        report.each("instances", &self.instances, |report, instance| {
            report.at("enterprise", |report| {
                report.each("repositories", &instance.enterprise.repositories, |report, (path, repository)| {
                    report.at("value", |report| {
                        report.expect(repository.path == *path, "path", || format!("`{path}` is expected"));
                        let namespace = repository.namespace();
                        report.there(instance.enterprise.namespaces.contains_key(namespace), "path", namespace);
                        report.at("content", |report| self.check_content(report, &repository.content));
                    });
                });
            });
        });
    }

    /// Every tag names a manifest that is there, and so does every manifest the blobs that it refers to.
    fn check_content(&self, report: &mut Report, content: &Content) {
        for (key, tag) in &content.tags {
            report.expect(tag.name == *key, "tags", || format!("the tag `{key}` has the name `{}`", tag.name));
            let digest = tag.image.digest();
            report.there(content.manifests.contains_key(&digest), "tags", &digest);
        }
        let numbers: Vec<u64> = content.tags.values().map(|tag| tag.number).collect();
        self.check_numbers(report, &numbers);
        for (key, manifest) in &content.manifests {
            report.expect(manifest.digest == *key, "manifests", || format!("`{key}` is expected"));
            for blob in manifest.blobs() {
                report.there(self.blobs.contains_key(&blob.digest), "manifests", &blob.digest);
            }
        }
    }

    /// Numbers are given once.
    fn check_numbers(&self, report: &mut Report, numbers: &[u64]) {
        let texts: Vec<String> = numbers.iter().map(u64::to_string).collect();
        report.unique("number", texts.iter().map(String::as_str));
        for number in numbers.iter().filter(|number| **number > self.issued) {
            report.wrong("number", format!("{number} was not issued yet, the last one was {}", self.issued));
        }
    }
}
