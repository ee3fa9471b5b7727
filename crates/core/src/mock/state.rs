//! The rules of a mock, and the calls that it has recorded.

use super::failure::Failure;
use super::{MockCall, same};
use crate::model::Model;
use crate::operation::OperationMeta;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Condition of a rule on the input.
pub(super) type Matches = Arc<dyn Fn(&dyn Model) -> bool + Send + Sync>;
/// Function that computes a result from the input.
pub(super) type Compute = Arc<dyn Fn(&dyn Model) -> Given + Send + Sync>;
/// Result that a rule gives for an input.
pub(super) type Given = Result<Arc<dyn Model>, Failure>;

#[derive(Default)]
pub(super) struct State {
    rules: Mutex<Vec<Entry>>,
    calls: Mutex<Vec<MockCall>>,
}

/// A rule.
struct Entry {
    operation: &'static OperationMeta,
    matches: Vec<Matches>,
    /// Answers that are left, with the number of times that each can be given, if it is limited.
    answers: VecDeque<(Answer, Option<usize>)>,
    given: usize,
    /// Calls that it has answered, as positions in the list of calls.
    answered: Vec<usize>,
}

/// An answer of a rule.
#[derive(Clone)]
pub(super) enum Answer {
    Output(Arc<dyn Model>),
    Failure(Failure),
    Computed(Compute),
}

impl Answer {
    /// Returns the result for an input.
    pub(super) fn give(self, input: &dyn Model) -> Given {
        match self {
            Self::Output(output) => Ok(output),
            Self::Failure(failure) => Err(failure),
            Self::Computed(compute) => compute(input),
        }
    }
}

impl Entry {
    /// Takes the next answer. The last one stays, unless it is limited.
    fn next(&mut self) -> Option<Answer> {
        while self.answers.front().is_some_and(|(_, left)| *left == Some(0)) {
            self.answers.pop_front();
        }
        let is_last = self.answers.len() == 1;
        let answer = match self.answers.front_mut()? {
            (answer, Some(left)) => {
                *left -= 1;
                answer.clone()
            }
            (answer, None) if is_last => answer.clone(),
            (_, None) => self.answers.pop_front()?.0,
        };
        self.given += 1;
        Some(answer)
    }

    /// Returns the number of answers that are left. An answer without a limit counts until the first one is given.
    fn left(&self) -> usize {
        let unlimited_was_given = self.answers.len() == 1 && self.given > 0;
        let left = |limit: &Option<usize>| limit.unwrap_or(usize::from(!unlimited_was_given));
        self.answers.iter().map(|(_, limit)| left(limit)).sum()
    }
}

impl State {
    /// Adds a rule without answers, and returns its number.
    pub(super) fn add(&self, operation: &'static OperationMeta) -> usize {
        let mut rules = lock(&self.rules);
        let (matches, answers, answered) = (Vec::new(), VecDeque::new(), Vec::new());
        rules.push(Entry { operation, matches, answers, given: 0, answered });
        rules.len() - 1
    }

    pub(super) fn add_match(&self, rule: usize, matches: Matches) {
        if let Some(rule) = lock(&self.rules).get_mut(rule) {
            rule.matches.push(matches);
        }
    }

    pub(super) fn add_answer(&self, rule: usize, answer: Answer) {
        if let Some(rule) = lock(&self.rules).get_mut(rule) {
            rule.answers.push_back((answer, None));
        }
    }

    /// Sets how often the last answer of a rule can be given.
    pub(super) fn limit(&self, rule: usize, times: usize) {
        if let Some((_, limit)) = lock(&self.rules).get_mut(rule).and_then(|rule| rule.answers.back_mut()) {
            *limit = Some(times);
        }
    }

    /// Records a call, and returns its number, from 1.
    pub(super) fn record(&self, call: MockCall) -> usize {
        let mut calls = lock(&self.calls);
        calls.push(call);
        calls.len()
    }

    pub(super) fn calls(&self) -> Vec<MockCall> {
        lock(&self.calls).clone()
    }

    /// Returns the calls that a rule has answered.
    pub(super) fn answered(&self, rule: usize) -> Vec<MockCall> {
        let answered = lock(&self.rules).get(rule).map(|rule| rule.answered.clone()).unwrap_or_default();
        let calls = lock(&self.calls);
        answered.into_iter().filter_map(|at| calls.get(at).cloned()).collect()
    }

    /// Takes the answer for a call, or returns the reason if it has no answer.
    ///
    /// Conditions run without a lock, because they are the caller's code and may use the mock.
    pub(super) fn take(&self, number: usize, operation: &OperationMeta, input: &dyn Model) -> Result<Answer, String> {
        let candidates: Vec<(usize, Vec<Matches>)> = {
            let rules = lock(&self.rules);
            let of_operation = rules.iter().enumerate().filter(|(_, rule)| same(rule.operation, operation));
            of_operation.map(|(at, rule)| (at, rule.matches.clone())).collect()
        };
        let mut accepting = 0;
        for (at, matches) in &candidates {
            if !matches.iter().all(|matches| matches(input)) {
                continue;
            }
            accepting += 1;
            let mut rules = lock(&self.rules);
            let Some(rule) = rules.get_mut(*at) else { continue };
            if let Some(answer) = rule.next() {
                rule.answered.push(number.saturating_sub(1));
                return Ok(answer);
            }
        }
        Err(self.reason(operation, candidates.len(), accepting))
    }

    /// Returns the reason why a call has no answer.
    fn reason(&self, operation: &OperationMeta, of_operation: usize, accepting: usize) -> String {
        let rules = lock(&self.rules);
        if of_operation == 0 {
            let mut names: Vec<String> =
                rules.iter().map(|rule| format!("{} of {}", rule.operation.name, rule.operation.product)).collect();
            names.dedup();
            return match names.is_empty() {
                true => "it has no rules".to_owned(),
                false => format!("it has rules for {}", names.join(", ")),
            };
        }
        if accepting == 0 {
            return match of_operation {
                1 => "its rule does not match the input".to_owned(),
                several => format!("none of its {several} rules matches the input"),
            };
        }
        match rules.iter().filter(|rule| same(rule.operation, operation)).map(|rule| rule.given).sum() {
            0 => "its rule has no answer: add one with `then`".to_owned(),
            1 => "its only answer has been given".to_owned(),
            given => format!("all of its {given} answers have been given"),
        }
    }

    pub(super) fn unused(&self) -> Vec<String> {
        let rules = lock(&self.rules);
        let unused = rules.iter().filter(|rule| rule.left() > 0);
        unused
            .map(|rule| {
                let (name, given) = (rule.operation.name, rule.given);
                format!("{name}: {given} of {} answers given", given + rule.left())
            })
            .collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
