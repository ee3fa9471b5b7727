//! Signed requests that are not sent.

use super::{CALL_TIMEOUT, CallOptions, Connection, extra};
use crate::error::{Error, ErrorKind};
use crate::model::{self, Model};
use crate::operation::OperationMeta;
use crate::product::{Signing, Unsigned};
use bytes::Bytes;

impl Connection {
    /// Encodes and signs a request without sending it. Returns method, URL, headers and body, as an attempt of a call
    /// would send them, without the headers of interceptors. The signature is valid as long as the service accepts its time, usually a few minutes.
    ///
    /// The request contains the secrets of the input and the credentials: do not log it.
    ///
    /// # Errors
    /// The errors of a call that are found before anything is sent.
    pub async fn sign(
        &self,
        meta: &'static OperationMeta,
        input: &dyn Model,
        options: &CallOptions,
    ) -> Result<http::Request<Bytes>, Error> {
        let signed = match self.written(meta, input, options) {
            Ok(unsigned) => self.signed(&unsigned, options).await.and_then(|mut request| {
                extra::add(request.headers_mut(), &self.inner.headers, self.product())?;
                Ok(request)
            }),
            Err(error) => Err(error),
        };
        signed.map_err(|error| error.bounded().with_operation(meta))
    }

    /// Signs a request as a URL, for a GET without any headers. It is valid as long as the request of
    /// [`sign`](Self::sign), and contains the same secrets.
    ///
    /// # Errors
    /// As [`sign`](Self::sign), and [`Unsupported`](ErrorKind::Unsupported) if the signature is sent in headers.
    pub async fn presign(
        &self,
        meta: &'static OperationMeta,
        input: &dyn Model,
        options: &CallOptions,
    ) -> Result<String, Error> {
        let product = self.product();
        let signed = match self.written(meta, input, options).and_then(|unsigned| product.presignable(unsigned)) {
            Ok(unsigned) => self.signed(&unsigned, options).await,
            Err(error) => Err(error),
        };
        let request = signed.map_err(|error| error.bounded().with_operation(meta))?;
        Ok(request.uri().to_string())
    }

    fn written(
        &self,
        meta: &'static OperationMeta,
        input: &dyn Model,
        options: &CallOptions,
    ) -> Result<Unsigned, Error> {
        model::check(input)?;
        self.encode(meta, input, options)
    }

    async fn signed(&self, unsigned: &Unsigned, options: &CallOptions) -> Result<http::Request<Bytes>, Error> {
        let inner = &*self.inner;
        let finding = tokio::time::timeout(
            options.timeout.or(inner.call_timeout).unwrap_or(CALL_TIMEOUT),
            inner.credentials.get(),
        );
        let late = |_| Error::new(ErrorKind::TimedOut, "the time was over while credentials were looked for");
        let credentials = finding.await.map_err(late)??;
        let signing = Signing { credentials: &credentials, time: self.signing_time(), nonce: inner.clock.random() };
        inner.product.sign(unsigned, &signing)
    }
}
