//! Decoding options of a response, and the problems found.

use crate::clock::Clock;
use crate::model::{Problem, Shape};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// Memory that any response may use, in bytes.
const LEAST_MEMORY: usize = 16 << 20;
/// Memory that larger responses may use, as a multiple of their size.
const MEMORY_PER_BYTE: usize = 8;
/// Maximum number of problems that are stored.
const MOST_PROBLEMS: usize = 100;

/// Decoding options of a response: its deadline, its memory limit, and whether unknown fields are kept. Also contains
/// the problems found.
///
/// An output that contains one passes it to the reader ([`Model::decoding`](crate::model::Model::decoding)).
#[derive(Default)]
pub struct Decoding {
    deadline: Option<(Arc<dyn Clock>, Instant)>,
    overdue: bool,
    keep: bool,
    unknown: Vec<Unknown>,
    missing: Vec<Missing>,
    /// Fields of the output itself that have a value, wherever they were found.
    outermost: BTreeSet<&'static str>,
    problems: Vec<Problem>,
    unlisted: usize,
    memory: usize,
    bytes: usize,
}

/// Field that no structure of the response has.
#[derive(Clone, PartialEq)]
pub struct Unknown {
    /// Path of the field in the output.
    pub way: Vec<Step>,
    /// Value of the field.
    pub value: Value,
}

/// Fields of a structure that have no value in the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Path of the structure in the output.
    pub way: Vec<Step>,
    /// Names of the fields on the wire.
    pub names: Vec<&'static str>,
}

/// Step of a path to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Field, by its name on the wire.
    Name(String),
    /// Item of a list.
    Item(usize),
}

impl Decoding {
    /// Sets the deadline of reading.
    pub fn until(mut self, clock: Arc<dyn Clock>, deadline: Instant) -> Self {
        self.deadline = Some((clock, deadline));
        self
    }

    /// Sets whether fields that the structures do not have are kept.
    pub fn keeping_unknown(mut self, keep: bool) -> Self {
        self.keep = keep;
        self
    }

    /// Returns whether fields that the structures do not have are kept.
    pub fn keeps_unknown(&self) -> bool {
        self.keep
    }

    /// Returns whether reading ended because of the deadline.
    pub fn is_overdue(&self) -> bool {
        self.overdue
    }

    /// Returns the values that were left out, or read with a loss.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns the number of problems that were not stored.
    pub fn unlisted(&self) -> usize {
        self.unlisted
    }

    /// Takes the fields that the structures do not have.
    pub fn take_unknown(&mut self) -> Vec<Unknown> {
        std::mem::take(&mut self.unknown)
    }

    /// Takes the fields of structures in the output that have no value in the response.
    pub fn take_missing(&mut self) -> Vec<Missing> {
        std::mem::take(&mut self.missing)
    }

    /// Returns whether the response has a value for a field of the output itself.
    pub fn has(&self, wire: &str) -> bool {
        self.outermost.contains(wire)
    }

    /// Records the fields of a structure that have been read.
    pub(super) fn read_members(&mut self, way: Vec<Step>, shape: &'static Shape, read: &[&'static str]) {
        if way.is_empty() {
            // The output may be read from several objects.
            self.outermost.extend(read);
            return;
        }
        let names = shape.members.iter().map(|member| member.wire).filter(|wire| !read.contains(wire)).collect();
        self.missing.push(Missing { way, names });
    }

    /// Starts reading a text of the given size. Results of an earlier text are discarded.
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

    /// Counts memory that is used. Returns false if the limit is reached.
    #[inline]
    pub(super) fn charge(&mut self, bytes: usize) -> bool {
        let left = self.memory.checked_sub(bytes);
        self.memory = left.unwrap_or(self.memory);
        left.is_some()
    }

    /// Returns the reason why reading ends when the memory limit is reached.
    pub(super) fn exhausted(&self) -> String {
        let most = self.bytes.saturating_mul(MEMORY_PER_BYTE).max(LEAST_MEMORY) >> 20;
        format!("has so many items that the answer of {} bytes would take more than {most} MiB of memory", self.bytes)
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
    /// Shows no values, because any of them may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoding").field("problems", &self.problems).finish_non_exhaustive()
    }
}

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unknown").field("way", &self.way).finish_non_exhaustive()
    }
}
