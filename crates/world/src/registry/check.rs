//! Whether registries are consistent.

use super::Registries;
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
                for (key, tag) in &repository.tags {
                    report.expect(tag.name == *key, "tags", || format!("the tag `{key}` has the name `{}`", tag.name));
                }
                let tags: Vec<u64> = repository.tags.values().map(|tag| tag.number).collect();
                self.check_numbers(report, &tags);
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
