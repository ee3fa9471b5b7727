//! The examples on the pages of operations: each is compiled here as it is on its page, and called against the server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod answers;
mod by_hand;
// Its lines are as short as those of the pages.
#[rustfmt::skip]
mod generated;
mod pages;

use std::future::Future;
use std::pin::Pin;

/// The result of an example, later.
type Outcome<'c> = Pin<Box<dyn Future<Output = Result<(), wharf::Error>> + Send + 'c>>;

/// The example of an operation.
struct Example<C: 'static> {
    product: &'static str,
    version: &'static str,
    operation: &'static str,
    /// The file whose docs have the example.
    page: &'static str,
    run: for<'c> fn(&'c C) -> Outcome<'c>,
}
