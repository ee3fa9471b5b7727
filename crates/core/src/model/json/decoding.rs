//! How an answer is read, and what was found on the way.

use crate::clock::Clock;
use crate::model::{Problem, Shape};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// Memory that any answer may take.
const LEAST_MEMORY: usize = 16 << 20;
/// Memory that larger ones may take, as a multiple of their bytes.
const MEMORY_PER_BYTE: usize = 8;
/// Problems of an answer that are kept.
const MOST_PROBLEMS: usize = 100;

/// How an answer is read: until when, how much memory it may take, and whether members that its structures do
/// not know are kept. Holds what could not be read.
///
/// An output that carries one along gives it to the reader ([`Model::decoding`](crate::model::Model::decoding)).
#[derive(Default)]
pub struct Decoding {
    deadline: Option<(Arc<dyn Clock>, Instant)>,
    overdue: bool,
    keep: bool,
    unknown: Vec<Unknown>,
    missing: Vec<Missing>,
    /// Members of the output itself that have a value, wherever they stood.
    outermost: BTreeSet<&'static str>,
    problems: Vec<Problem>,
    unlisted: usize,
    memory: usize,
    bytes: usize,
}

/// A member that no structure of the answer has.
#[derive(Clone, PartialEq)]
pub struct Unknown {
    /// The way to it, from the output on.
    pub way: Vec<Step>,
    /// Its value.
    pub value: Value,
}

/// Members that a structure of the answer has no value for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The way to the structure, from the output on.
    pub way: Vec<Step>,
    /// Their names on the wire.
    pub names: Vec<&'static str>,
}

/// A step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To a member, by its name on the wire.
    Name(String),
    /// To an item of a list.
    Item(usize),
}

impl Decoding {
    /// Ends reading when that time has come.
    pub fn until(mut self, clock: Arc<dyn Clock>, deadline: Instant) -> Self {
        self.deadline = Some((clock, deadline));
        self
    }

    /// Keeps members that the structures do not know.
    pub fn keeping_unknown(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }

    /// Whether members that the structures do not know are kept.
    pub fn keeps_unknown(&self) -> bool {
        self.keep
    }

    /// Whether reading ended because its time was over.
    pub fn is_overdue(&self) -> bool {
        self.overdue
    }

    /// What could not be read and was left out, or was read with a loss.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Number of problems that were not kept.
    pub fn unlisted(&self) -> usize {
        self.unlisted
    }

    /// Takes the members that the structures do not know.
    pub fn take_unknown(&mut self) -> Vec<Unknown> {
        std::mem::take(&mut self.unknown)
    }

    /// Takes the members of structures inside of the output that the answer has no value for.
    pub fn take_missing(&mut self) -> Vec<Missing> {
        std::mem::take(&mut self.missing)
    }

    /// Whether the answer has a value for that member of the output itself.
    pub fn has(&self, wire: &str) -> bool {
        self.outermost.contains(wire)
    }

    /// Takes note of the members of a structure that have been read.
    pub(super) fn read_members(&mut self, way: Vec<Step>, shape: &'static Shape, read: &[&'static str]) {
        if way.is_empty() {
            // The output may be read from several objects.
            self.outermost.extend(read);
            return;
        }
        let names = shape.members.iter().map(|member| member.wire).filter(|wire| !read.contains(wire)).collect();
        self.missing.push(Missing { way, names });
    }

    /// A text of so many bytes is read from here on. What a text before it has left is forgotten.
    pub(super) fn begin(&mut self, bytes: usize) {
        self.memory = bytes.saturating_mul(MEMORY_PER_BYTE).max(LEAST_MEMORY);
        self.bytes = bytes;
        self.overdue = false;
        self.unlisted = 0;
        self.unknown.clear();
        self.missing.clear();
        self.outermost.clear();
        self.problems.clear();
    }

    /// Counts memory that is used. Returns the reason when the bound is reached.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), String> {
        match self.memory.checked_sub(bytes) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => {
                let most = self.bytes.saturating_mul(MEMORY_PER_BYTE).max(LEAST_MEMORY) >> 20;
                Err(format!(
                    "has so many items that the answer of {} bytes would take more than {most} MiB of memory",
                    self.bytes
                ))
            }
        }
    }

    pub(super) fn check_time(&mut self) -> Result<(), String> {
        let over = self.deadline.as_ref().is_some_and(|(clock, deadline)| clock.monotonic() >= *deadline);
        if over {
            self.overdue = true;
            return Err("was not read to its end: the call's time was over".to_owned());
        }
        Ok(())
    }

    pub(super) fn report(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.unlisted += 1;
        }
    }

    pub(super) fn found(&mut self, unknown: Unknown) {
        self.unknown.push(unknown);
    }
}

impl fmt::Debug for Decoding {
    /// Without the values, which nobody knows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoding").field("problems", &self.problems).finish_non_exhaustive()
    }
}

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unknown").field("way", &self.way).finish_non_exhaustive()
    }
}
