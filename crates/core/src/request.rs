//! A request between its setters and `send`.

use crate::connection::{CallOptions, Connection};
use crate::error::Error;
use crate::operation::{Operation, Paginated};
use crate::paginate::{Items, Pages};
use crate::response::Response;
use bytes::Bytes;

/// Input of an operation, the connection it is sent over, and the options of this call.
///
/// Service crates wrap it in their own `Request` (see [`request_type!`](crate::request_type)), so that they can add the
/// setters.
#[derive(Debug, Clone)]
pub struct Call<Op> {
    /// Connection that the request is sent over.
    pub connection: Connection,
    /// Input of the operation.
    pub input: Op,
    /// Options of this call.
    pub options: CallOptions,
}

/// A signed request that any HTTP client can send.
pub type SignedRequest = http::Request<Bytes>;

impl<Op: Operation> Call<Op> {
    /// Returns a call of an operation with default options.
    pub fn new(connection: Connection, input: Op) -> Self {
        Self { connection, input, options: CallOptions::default() }
    }

    /// Sends the request and returns the output.
    ///
    /// # Errors
    /// As [`Connection::execute`].
    pub async fn send(self) -> Result<Op::Output, Error> {
        Ok(self.send_with_response().await?.output)
    }

    /// Sends the request and returns the response.
    ///
    /// # Errors
    /// As [`Connection::execute`].
    pub async fn send_with_response(mut self) -> Result<Response<Op::Output>, Error> {
        self.connection.set_token(Op::META, &mut self.input);
        let mut output = Op::Output::default();
        let response = self.connection.execute(Op::META, &self.input, &self.options, &mut output).await?;
        Ok(response.map(|()| output))
    }
}

impl<Op: Operation> Call<Op> {
    /// Signs the request without sending it.
    ///
    /// # Errors
    /// As [`Connection::sign`].
    pub async fn sign(&self) -> Result<http::Request<Bytes>, Error> {
        self.connection.sign(Op::META, &self.marked(), &self.options).await
    }

    /// Signs the request as a URL.
    ///
    /// # Errors
    /// As [`Connection::presign`].
    pub async fn presign(&self) -> Result<String, Error> {
        self.connection.presign(Op::META, &self.marked(), &self.options).await
    }

    /// Returns the input with the field by which the service recognizes a repeated call.
    fn marked(&self) -> Op {
        let mut input = self.input.clone();
        self.connection.set_token(Op::META, &mut input);
        input
    }
}

impl<Op: Paginated> Call<Op> {
    /// Returns the pages, one call each.
    pub fn pages(self) -> Pages<Op> {
        Pages::new(self)
    }

    /// Returns the items of all pages.
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
        /// Request builder: set its fields, then [`send`](Self::send) it.
        ///
        /// Requests of paginated operations also have [`pages`](Self::pages) and [`items`](Self::items), which fetch
        /// pages as they are needed.
        #[derive(Debug, Clone)]
        #[must_use = "a request does nothing until it is sent"]
        pub struct Request<Op>(pub(crate) $crate::request::Call<Op>);

        impl<Op: $crate::Operation> Request<Op> {
            /// Returns a request with the given input.
            pub fn new(connection: &$crate::Connection, input: Op) -> Self {
                Self($crate::request::Call::new(connection.clone(), input))
            }

            /// Returns the input that has been set so far.
            pub fn input(&self) -> &Op {
                &self.0.input
            }

            /// Sends the request and waits for the response, with the retries that the connection allows.
            ///
            /// # Errors
            /// [`InvalidInput`]($crate::ErrorKind::InvalidInput) before anything is sent if a required field is missing
            /// or a documented limit is exceeded; otherwise the error that the service reports, or the reason why it
            /// could not be reached.
            pub async fn send(self) -> Result<Op::Output, $crate::Error> {
                self.0.send().await
            }

            /// Sends the request like [`send`](Self::send). Returns the request id, status, headers and attempts in
            /// addition to the output.
            ///
            /// # Errors
            /// As [`send`](Self::send).
            pub async fn send_with_response(self) -> Result<$crate::Response<Op::Output>, $crate::Error> {
                self.0.send_with_response().await
            }

            /// Signs the request without sending it. Returns method, URL, headers and body for another HTTP client. The
            /// signature is valid as long as the service accepts its time, usually a few minutes. The request contains
            /// the secrets of the input and of the credentials: do not log it.
            ///
            /// # Errors
            /// Those of [`send`](Self::send) that are found before anything is sent.
            pub async fn sign(&self) -> Result<$crate::request::SignedRequest, $crate::Error> {
                self.0.sign().await
            }

            /// Signs the request as a URL, for a GET without any headers. It is valid as long as the request of
            /// [`sign`](Self::sign), and contains the same secrets.
            ///
            /// # Errors
            /// As [`sign`](Self::sign), and [`Unsupported`]($crate::ErrorKind::Unsupported) if the signature is sent in
            /// headers.
            pub async fn presign(&self) -> Result<String, $crate::Error> {
                self.0.presign().await
            }

            /// Sets the timeout of this call, including retries and delays.
            pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.options.timeout = Some(timeout);
                self
            }

            /// Sets the timeout of each attempt of this call.
            pub fn with_attempt_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.0.options.attempt_timeout = Some(timeout);
                self
            }

            /// Sets the policy that decides which failed attempts of this call are repeated, and when.
            pub fn with_retry(mut self, policy: $crate::retry::RetryPolicy) -> Self {
                self.0.options.retry = Some(policy);
                self
            }

            /// Sends this call to a region other than the connection's.
            pub fn with_region(mut self, region: impl Into<String>) -> Self {
                self.0.options.region = Some(region.into());
                self
            }
        }

        impl<Op: $crate::Paginated> Request<Op> {
            /// Returns the pages as a stream. Each page is fetched when it is polled.
            pub fn pages(self) -> $crate::paginate::Pages<Op> {
                self.0.pages()
            }

            /// Returns the items of all pages as a stream.
            pub fn items(self) -> $crate::paginate::Items<Op> {
                self.0.items()
            }
        }
    };
}
