//! A request on its way from its setters to `send`.

use crate::connection::{CallOptions, Connection};
use crate::error::Error;
use crate::operation::{Operation, Paginated};
use crate::paginate::{Items, Pages};
use crate::response::Response;
use bytes::Bytes;

/// An operation's input, the connection it goes over, and the options of this call.
///
/// Service crates wrap it in a `Request` of their own (see [`request_type!`](crate::request_type)),
/// so that they can add the setters.
#[derive(Debug, Clone)]
pub struct Call<Op> {
    /// Where it goes.
    pub connection: Connection,
    /// What it says.
    pub input: Op,
    /// Options of this call.
    pub options: CallOptions,
}

/// A signed request that any HTTP client can send.
pub type SignedRequest = http::Request<Bytes>;

impl<Op: Operation> Call<Op> {
    /// A call of an operation.
    pub fn new(connection: Connection, input: Op) -> Self {
        Self { connection, input, options: CallOptions::default() }
    }

    /// Sends it and returns the output.
    ///
    /// # Errors
    /// As [`Connection::execute`].
    pub async fn send(self) -> Result<Op::Output, Error> {
        Ok(self.send_with_response().await?.output)
    }

    /// Sends it and returns the response.
    ///
    /// # Errors
    /// As [`Connection::execute`].
    pub async fn send_with_response(self) -> Result<Response<Op::Output>, Error> {
        let mut output = Op::Output::default();
        let response = self.connection.execute(Op::META, &self.input, &self.options, &mut output).await?;
        Ok(response.map(|()| output))
    }
}

impl<Op: Operation> Call<Op> {
    /// Signs it without sending it.
    ///
    /// # Errors
    /// As [`Connection::sign`].
    pub async fn sign(&self) -> Result<http::Request<Bytes>, Error> {
        self.connection.sign(Op::META, &self.input, &self.options).await
    }

    /// Signs it as a URL.
    ///
    /// # Errors
    /// As [`Connection::presign`].
    pub async fn presign(&self) -> Result<String, Error> {
        self.connection.presign(Op::META, &self.input, &self.options).await
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

            /// Sends the request as [`send`](Self::send) does. Returns the request id, status, headers and attempts
            /// beside the output.
            ///
            /// # Errors
            /// As [`send`](Self::send).
            pub async fn send_with_response(self) -> Result<$crate::Response<Op::Output>, $crate::Error> {
                self.0.send_with_response().await
            }

            /// Signs the request without sending it: method, URL, headers and body, for another HTTP client to send. The
            /// signature is valid for as long as the service accepts its time, a few minutes as a rule. The request
            /// carries the secrets of the input and of the credentials: do not log it.
            ///
            /// # Errors
            /// Those of [`send`](Self::send) that are found before anything is sent.
            pub async fn sign(&self) -> Result<$crate::request::SignedRequest, $crate::Error> {
                self.0.sign().await
            }

            /// Signs the request as a URL, which a GET without any header sends. It is valid like the request of
            /// [`sign`](Self::sign), and carries the same secrets.
            ///
            /// # Errors
            /// As [`sign`](Self::sign), and [`Unsupported`]($crate::ErrorKind::Unsupported) where the signature travels in
            /// headers.
            pub async fn presign(&self) -> Result<String, $crate::Error> {
                self.0.presign().await
            }

            /// Sets the timeout of this call, retries and waits included.
            pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.options.timeout = Some(timeout);
                self
            }

            /// Sets the timeout of each attempt of this call.
            pub fn with_attempt_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.options.attempt_timeout = Some(timeout);
                self
            }

            /// Sets which failed attempts of this call are repeated, and when.
            pub fn with_retry(mut self, policy: $crate::retry::RetryPolicy) -> Self {
                self.0.options.retry = Some(policy);
                self
            }

            /// Sends this call to another region than the connection's.
            pub fn with_region(mut self, region: impl Into<String>) -> Self {
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
