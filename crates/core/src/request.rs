//! A request on its way from its setters to `send`.

use crate::connection::{CallOptions, Connection};
use crate::error::Error;
use crate::operation::{Operation, Paginated};
use crate::paginate::{Items, Pages};
use crate::product::Answer;

/// An operation's input, the connection it goes over, and what is special about this one call.
///
/// Service crates wrap it in a `Request` of their own (see [`request_type!`](crate::request_type)),
/// so that they can add the setters.
#[derive(Debug, Clone)]
pub struct Call<Op> {
    /// Where it goes.
    pub connection: Connection,
    /// What it says.
    pub input: Op,
    /// What is special about this call.
    pub options: CallOptions,
}

impl<Op: Operation> Call<Op> {
    /// A call of an operation.
    pub fn new(connection: Connection, input: Op) -> Self {
        Self { connection, input, options: CallOptions::default() }
    }

    /// Sends it and waits for the answer.
    pub async fn send(self) -> Result<Op::Output, Error> {
        self.send_with_answer().await.map(|(output, _)| output)
    }

    /// Sends it and waits for the answer, and for what is to be said of that.
    pub async fn send_with_answer(self) -> Result<(Op::Output, Answer), Error> {
        let mut output = Op::Output::default();
        let answer = self.connection.execute(Op::META, &self.input, &self.options, &mut output).await?;
        Ok((output, answer))
    }
}

impl<Op: Paginated> Call<Op> {
    /// The pages, one call each.
    pub fn pages(self) -> Pages<Op> {
        Pages::new(self)
    }

    /// The items of all pages.
    pub fn items(self) -> Items<Op> {
        Items::new(self)
    }
}

/// Defines a service crate's `Request<Op>`.
///
/// Setters are inherent methods, and those can only be added to a type of the same crate.
#[macro_export]
macro_rules! request_type {
    () => {
        /// A request being built: set its fields, then [`send`](Self::send) it.
        ///
        /// For an operation that answers in pages there are also [`pages`](Self::pages) and
        /// [`items`](Self::items), which fetch as many as are asked for.
        #[derive(Debug, Clone)]
        #[must_use = "a request does nothing until it is sent"]
        pub struct Request<Op>(pub(crate) $crate::request::Call<Op>);

        impl<Op: $crate::Operation> Request<Op> {
            /// A request with a ready input.
            pub fn new(connection: &$crate::Connection, input: Op) -> Self {
                Self($crate::request::Call::new(connection.clone(), input))
            }

            /// What has been set so far.
            pub fn input(&self) -> &Op {
                &self.0.input
            }

            /// Sends the request and waits for the answer, retrying as the connection is set to.
            ///
            /// # Errors
            /// [`InvalidInput`]($crate::ErrorKind::InvalidInput) before anything is sent when a required
            /// field is missing or a documented bound is broken; otherwise what the service answers or
            /// why it could not be reached.
            pub async fn send(self) -> Result<Op::Output, $crate::Error> {
                self.0.send().await
            }

            /// Sends the request as [`send`](Self::send) does. Additionally returns the request's id and what could
            /// not be read of the answer ([`Answer::problems`]($crate::product::Answer::problems)).
            ///
            /// # Errors
            /// As [`send`](Self::send).
            pub async fn send_with_answer(self) -> Result<(Op::Output, $crate::product::Answer), $crate::Error> {
                self.0.send_with_answer().await
            }

            /// Bounds this call, retries included.
            pub fn call_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.options.call_timeout = Some(timeout);
                self
            }

            /// Bounds each attempt of this call.
            pub fn attempt_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.options.attempt_timeout = Some(timeout);
                self
            }

            /// Sets how this call is retried.
            pub fn retry_policy(mut self, policy: $crate::retry::RetryPolicy) -> Self {
                self.0.options.retry = Some(policy);
                self
            }

            /// Sends this call to another region than the connection's.
            pub fn in_region(mut self, region: impl Into<String>) -> Self {
                self.0.options.region = Some(region.into());
                self
            }
        }

        impl<Op: $crate::Paginated> Request<Op> {
            /// The pages, as a stream; each is fetched when it is asked for.
            pub fn pages(self) -> $crate::paginate::Pages<Op> {
                self.0.pages()
            }

            /// The items of all pages, as a stream.
            pub fn items(self) -> $crate::paginate::Items<Op> {
                self.0.items()
            }
        }
    };
}
