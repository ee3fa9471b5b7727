//! Rules: which calls of an operation a mock answers, and with what.

use super::failure::Failure;
use super::state::{Answer, State};
use super::{copied, output_of, read_back};
use crate::error::Error;
use crate::model::{Model, Names, to_value};
use crate::operation::{Entry, Operation};
use serde_json::Value;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// Rule of a [`Mock`](super::Mock) for calls of an operation.
///
/// Its answers are given in the order in which they are added. The last one repeats, unless [`times`](Self::times) limits
/// it. Every attempt of a call takes an answer, so an error that is retried is followed by the next answer.
pub struct Rule<Op> {
    state: Arc<State>,
    at: usize,
    operation: PhantomData<fn() -> Op>,
}

impl<Op: Operation> Rule<Op> {
    pub(super) fn new(state: Arc<State>, at: usize) -> Self {
        Self { state, at, operation: PhantomData }
    }

    /// Answers only calls whose input fulfils a condition, in addition to the conditions added before.
    pub fn matching(self, condition: impl Fn(&Op) -> bool + Send + Sync + 'static) -> Self {
        self.state.add_match(self.at, Arc::new(move |input| condition(&copied(input))));
        self
    }

    /// Adds an output.
    ///
    /// If its field for the request id is empty, the response has the id `mock-1` for the first call of the mock,
    /// `mock-2` for the second, and so on.
    pub fn then(self, output: Op::Output) -> Self {
        self.state.add_answer(self.at, Answer::Output(Arc::new(output)));
        self
    }

    /// Adds an output with the fields that `fill` sets.
    pub fn then_filled(self, fill: impl FnOnce(&mut Op::Output)) -> Self {
        let mut output = Op::Output::default();
        fill(&mut output);
        self.then(output)
    }

    /// Adds a failure: an error of the service, or of the network.
    pub fn then_error(self, failure: Failure) -> Self {
        self.state.add_answer(self.at, Answer::Failure(failure));
        self
    }

    /// Adds an answer that is computed from the input.
    pub fn then_with(self, answer: impl Fn(&Op) -> Result<Op::Output, Failure> + Send + Sync + 'static) -> Self {
        let compute = move |input: &dyn Model| {
            let output = answer(&copied(input))?;
            Ok(Arc::new(output) as Arc<dyn Model>)
        };
        self.state.add_answer(self.at, Answer::Computed(Arc::new(compute)));
        self
    }

    /// Limits the answer added last to a number of calls. When they have been made, the next answer is given. After the
    /// last answer, calls fail with an error that names the operation.
    pub fn times(self, times: usize) -> Self {
        self.state.limit(self.at, times);
        self
    }

    /// Returns the inputs of the calls that this rule has answered so far.
    pub fn inputs(&self) -> Vec<Op> {
        self.state.answered(self.at).iter().map(|call| read_back(&call.input)).collect()
    }
}

/// Rule for an operation whose name is known only at run time, with inputs and outputs as JSON. It works like a [`Rule`].
#[derive(Clone)]
pub struct NamedRule {
    state: Arc<State>,
    at: usize,
    entry: &'static Entry,
}

impl NamedRule {
    pub(super) fn new(state: Arc<State>, at: usize, entry: &'static Entry) -> Self {
        Self { state, at, entry }
    }

    /// Returns the operation.
    pub fn entry(&self) -> &'static Entry {
        self.entry
    }

    /// Answers only calls whose input fulfils a condition. The input is an object with the API's own names.
    pub fn matching(self, condition: impl Fn(&Value) -> bool + Send + Sync + 'static) -> Self {
        self.state.add_match(self.at, Arc::new(move |input| condition(&to_value(input, Names::Wire))));
        self
    }

    /// Adds an output, as an object with the API's own names. `null` is an output without fields.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming a field that the output does not have, or whose value is of
    /// the wrong type.
    pub fn then(self, output: &Value) -> Result<Self, Error> {
        let output = output_of(self.entry, output)?;
        self.state.add_answer(self.at, Answer::Output(Arc::from(output)));
        Ok(self)
    }

    /// Adds a failure, like [`Rule::then_error`].
    pub fn then_error(self, failure: Failure) -> Self {
        self.state.add_answer(self.at, Answer::Failure(failure));
        self
    }

    /// Limits the answer added last, like [`Rule::times`].
    pub fn times(self, times: usize) -> Self {
        self.state.limit(self.at, times);
        self
    }

    /// Returns the inputs of the calls that this rule has answered so far.
    pub fn inputs(&self) -> Vec<Value> {
        self.state.answered(self.at).into_iter().map(|call| call.input).collect()
    }
}

impl<Op: Operation> fmt::Debug for Rule<Op> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("operation", &Op::META.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for NamedRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedRule").field("operation", &self.entry.meta.name).finish_non_exhaustive()
    }
}
