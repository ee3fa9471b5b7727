//! What contradicts itself in a world.

use super::Millis;
use super::time::LAST;
use std::collections::BTreeSet;
use std::fmt::Display;

/// A contradiction in a world, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place, as a path of the saved world: `realms[0].value.clusters[2].row.network`.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

/// The problems that were found, and the place that is looked at.
#[derive(Debug, Default)]
pub struct Report {
    path: Vec<String>,
    problems: Vec<Problem>,
}

impl Report {
    /// Looks at a part of the place.
    pub fn at(&mut self, part: impl Into<String>, look: impl FnOnce(&mut Self)) {
        self.path.push(part.into());
        look(self);
        self.path.pop();
    }

    /// Looks at each entry of a list that is a part of the place.
    pub fn each<T>(&mut self, part: &str, list: impl IntoIterator<Item = T>, mut look: impl FnMut(&mut Self, T)) {
        for (index, one) in list.into_iter().enumerate() {
            self.at(format!("{part}[{index}]"), |report| look(report, one));
        }
    }

    /// Looks at each row of a table that is a part of the place.
    pub fn rows<'t, T: 't>(
        &mut self,
        part: &str,
        table: &'t super::table::Table<T>,
        mut look: impl FnMut(&mut Self, &'t str, &'t T),
    ) {
        self.each(part, table.entries(), |report, (id, row)| look(report, id, row));
    }

    /// Reports a problem in a part of the place.
    pub fn wrong(&mut self, part: &str, message: impl Display) {
        let mut path = self.path.join(".");
        if !part.is_empty() {
            path.push_str(if path.is_empty() { "" } else { "." });
            path.push_str(part);
        }
        self.problems.push(Problem { path, message: message.to_string() });
    }

    /// Reports a problem in a part of the place if `holds` is false.
    pub fn expect(&mut self, holds: bool, part: &str, message: impl FnOnce() -> String) {
        if !holds {
            self.wrong(part, message());
        }
    }

    /// Reports a row whose own identifier differs from the one that it is found by.
    pub fn id(&mut self, id: &str, own: &str) {
        self.expect(id == own, "row", || format!("has the identifier `{own}`, `{id}` is expected"));
    }

    /// Reports the name of something that is not there.
    pub fn there(&mut self, is_there: bool, part: &str, name: &str) {
        self.expect(is_there, part, || format!("`{name}` is not there"));
    }

    /// Reports a moment after the last one that has a date.
    pub fn moment(&mut self, part: &str, at: Millis) {
        self.expect(at <= LAST, part, || format!("is later than {LAST}, the last moment of the year 9999"));
    }

    /// Reports names that are there twice.
    pub fn unique<'n>(&mut self, part: &str, names: impl IntoIterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            self.expect(seen.insert(name), part, || format!("`{name}` is there twice"));
        }
    }

    /// The problems.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}
