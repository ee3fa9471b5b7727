//! Mocks: prepared outputs and errors for single operations, without a server.

mod failure;
mod respond;
mod rule;
mod state;
#[cfg(test)]
mod tests;

pub use failure::Failure;
pub(crate) use respond::plain;
pub use respond::{Content, Reply, respond};
pub use rule::{NamedRule, Rule};

use crate::error::Error;
use crate::model::json::{Mode, read_value};
use crate::model::{Model, Names, to_value};
use crate::operation::{Entry, Operation, OperationMeta};
use crate::transport::{Called, Limits, Reached, Transport, TransportError, TransportErrorKind};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::Value;
use state::State;
use std::fmt;
use std::sync::Arc;

/// Transport that answers calls with prepared outputs and errors. Clones share their answers and recorded calls.
///
/// Calls are checked, encoded and signed as usual. An output is written as the service would send it, and then read like
/// any response, so the program gets the same values and the same errors as from the service.
#[derive(Clone, Default)]
pub struct Mock {
    state: Arc<State>,
}

/// Call that reached a [`Mock`]. A call with retries is recorded once per attempt.
///
/// `Debug` does not show the input, because it may contain secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct MockCall {
    /// Facts of the operation: its name, product and version.
    pub operation: &'static OperationMeta,
    /// Region that the call went to.
    pub region: Option<String>,
    /// Input as a JSON object with the API's own names. Fields that are not set are left out.
    pub input: Value,
}

impl Mock {
    /// Returns a mock without answers: every call fails until [`on`](Self::on) adds some.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule for calls of an operation, and returns it.
    ///
    /// A call is answered by the first rule of its operation that accepts the input and has an answer left.
    pub fn on<Op: Operation>(&self) -> Rule<Op> {
        Rule::new(Arc::clone(&self.state), self.state.add(Op::META))
    }

    /// Adds a rule for calls of an operation from a table of operations, with inputs and outputs as JSON.
    pub fn on_entry(&self, entry: &'static Entry) -> NamedRule {
        NamedRule::new(Arc::clone(&self.state), self.state.add(entry.meta), entry)
    }

    /// Returns the calls so far, in the order in which they were sent.
    pub fn calls(&self) -> Vec<MockCall> {
        self.state.calls()
    }

    /// Returns the inputs of the calls of an operation so far, in the order in which they were sent.
    pub fn inputs<Op: Operation>(&self) -> Vec<Op> {
        self.calls()
            .into_iter()
            .filter(|call| same(call.operation, Op::META))
            .map(|call| read_back(&call.input))
            .collect()
    }

    /// Returns a description of each rule that has not given all of its answers, such as `DescribeClusters: 1 of 2 answers
    /// given`. An answer without a limit counts if it was never given.
    pub fn unused(&self) -> Vec<String> {
        self.state.unused()
    }

    /// Answers a call, and records it.
    fn respond(
        &self,
        call: &Called<'_>,
        request: &http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let number = self.state.record(MockCall {
            operation: call.operation,
            region: call.region.map(str::to_owned),
            input: to_value(call.input, Names::Wire),
        });
        let answer = self.state.take(number, call.operation, call.input).map_err(|reason| {
            let OperationMeta { product, name, .. } = call.operation;
            unanswered(format!("the mock has no answer for {name} of {product}: {reason}"))
        })?;
        let id = format!("mock-{number}");
        match answer.give(call.input) {
            Ok(output) => Ok(call.product.respond(&Reply::new(Content::Output(&*output), &id))),
            Err(failure) => failure.respond(call.product, &id, request, limits),
        }
    }
}

#[async_trait]
impl Transport for Mock {
    async fn send(&self, _: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        Err(unanswered(
            "the transport around the mock does not pass calls on: it needs Transport::send_call".to_owned(),
        ))
    }

    fn send_call<'a>(
        &'a self,
        call: Called<'a>,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> BoxFuture<'a, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(async move { self.respond(&call, &request, limits) })
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("calls", &self.calls()).field("unused", &self.unused()).finish()
    }
}

impl fmt::Debug for MockCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockCall")
            .field("product", &self.operation.product)
            .field("operation", &self.operation.name)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// Returns whether two descriptions are of one operation. Each crate may have its own copy of them.
fn same(one: &OperationMeta, other: &OperationMeta) -> bool {
    let key = |meta: &OperationMeta| (meta.product, meta.version, meta.name);
    key(one) == key(other)
}

/// Returns the typed input of a call. The values were written by the type itself, so they fit.
fn read_back<Op: Operation>(input: &Value) -> Op {
    let mut op = Op::default();
    let _ = read_value(input, &mut op, Mode::Lenient);
    op
}

/// Returns the typed copy of an input.
fn copied<Op: Operation>(input: &dyn Model) -> Op {
    read_back(&to_value(input, Names::Wire))
}

/// Returns the output of an operation from JSON with the API's own names.
fn output_of(entry: &Entry, value: &Value) -> Result<Box<dyn Model>, Error> {
    let mut output = entry.output();
    if !value.is_null() {
        read_value(value, &mut *output, Mode::Strict)
            .map_err(|problem| Error::from(problem).with_operation(entry.meta))?;
    }
    Ok(output)
}

/// Returns the error of a call without an answer. It is not repeated.
fn unanswered(message: String) -> TransportError {
    TransportError::new(TransportErrorKind::Unanswered, Reached::No, message)
}
