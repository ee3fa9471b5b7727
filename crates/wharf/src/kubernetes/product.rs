//! An API server as a product of core, so that requests have its retries, deadlines and traces.

use super::call::{Facts, facts};
use crate::kubeconfig::User;
use crate::{Error, ErrorKind, Secret};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderValue};
use std::fmt;
use std::time::SystemTime;
use wharf_core::error::CodeMeta;
use wharf_core::model::Model;
use wharf_core::operation::{Authorization, OperationMeta};
use wharf_core::product::{Answer, EncodeInput, Product, Signing, Unsigned};
use wharf_core::protocol::{rest, rest_answer, secret_header};

/// Header that names a request in the server's audit log.
const REQUEST_ID_HEADERS: &[&str] = &["audit-id"];

wharf_core::model! {
    /// The part of a request that is a field: the body.
    pub(super) struct ToServer = "Kubernetes" {
        /// Body, sent unchanged.
        body: Option<Secret> = "body" .payload().sensitive(),
    }
}

/// Facts of requests to an API server. The product adds the caller.
pub(super) static FACTS: Facts =
    facts(OperationMeta::new("kubernetes", "Kubernetes").with_authorization(Authorization::Anonymous));

/// An API server. The caller is a bearer token, a password, or the client certificate of the transport.
pub(super) struct ApiServer {
    authorization: Option<HeaderValue>,
}

impl ApiServer {
    /// Returns the server for a user.
    pub(super) fn of(user: Option<&User>) -> Result<Self, Error> {
        let text = match user {
            Some(User::Token(token)) => Some(format!("Bearer {}", token.expose().trim())),
            Some(User::Password { name, password }) => {
                Some(format!("Basic {}", STANDARD.encode(format!("{name}:{}", password.expose()))))
            }
            Some(User::Certificate { .. }) | None => None,
            Some(_) => {
                let message = "the user of the kubeconfig has a program or files, which this client does not read: build \
                               the client of kube-rs from the kubeconfig";
                return Err(Error::new(ErrorKind::Unsupported, message).with_field("users"));
            }
        };
        let authorization = text.map(|text| secret_header("authorization", &text)).transpose()?;
        Ok(Self { authorization })
    }

    /// Adds the caller to the headers of a request.
    pub(super) fn identify(&self, headers: &mut HeaderMap) {
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
    }
}

impl fmt::Debug for ApiServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiServer")
    }
}

impl Product for ApiServer {
    fn name(&self) -> &'static str {
        "kubernetes"
    }

    fn host(&self, _: &OperationMeta, _: Option<&str>) -> Result<String, Error> {
        Err(Error::configuration("endpoint", "is not set"))
    }

    fn check_region(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }

    fn encode(&self, call: &EncodeInput<'_>) -> Result<Unsigned, Error> {
        rest::encode(call, &rest::Rules::default())
    }

    fn without_signature(&self, unsigned: &Unsigned, _: SystemTime) -> Result<http::Request<Bytes>, Error> {
        let mut request = unsigned.without_signature()?;
        self.identify(request.headers_mut());
        Ok(request)
    }

    fn sign(&self, unsigned: &Unsigned, signing: &Signing<'_>) -> Result<http::Request<Bytes>, Error> {
        self.without_signature(unsigned, signing.time)
    }

    fn has_paths(&self) -> bool {
        true
    }

    fn decode(&self, response: &http::Response<Bytes>, output: &mut dyn Model) -> Result<Answer, Error> {
        let reading = rest_answer::Reading {
            request_id_headers: REQUEST_ID_HEADERS,
            retry_after_header: None,
            output_headers: &[],
            meaning: &|_| None,
        };
        rest_answer::decode(response, output, &reading)
    }

    fn is_clock_skew(&self, _: &Error) -> bool {
        false
    }

    fn code(&self, _: &str) -> Option<&'static CodeMeta> {
        None
    }
}
