//! What tests of credentials share: files, and services on this machine that stand for those of a cloud.

#![allow(clippy::unwrap_used)]

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response, Uri};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wharf_core::connection::Settings;
use wharf_core::credentials::{Credentials, ProvideCredentials};
use wharf_core::error::{Error, ErrorKind};
use wharf_core::transport::{HttpTransport, Limits, Proxy, Transport, TransportError};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Stands in every secret.
pub(crate) const PLANTED: &str = "planted";

/// A folder that is there as long as the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        let path = std::env::temp_dir().join(format!("wharf-credentials-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Takes every request to one server, which sees in `x-wanted` the URL that was wanted.
#[derive(Debug)]
pub(crate) struct Detour {
    server: String,
    inner: HttpTransport,
}

impl Detour {
    pub(crate) fn to(server: &MockServer) -> Arc<dyn Transport> {
        Arc::new(Self { server: server.uri(), inner: HttpTransport::builder().proxy(Proxy::None).build().unwrap() })
    }

    pub(crate) fn settings(server: &MockServer) -> Settings {
        let mut settings = Settings::default();
        settings.transport = Some(Self::to(server));
        settings.retry_policy = wharf_core::retry::RetryPolicy::none();
        settings
    }
}

#[async_trait]
impl Transport for Detour {
    async fn send(&self, mut request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, TransportError> {
        let wanted = request.uri().to_string();
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let uri: Uri = format!("{}{path}", self.server).parse().unwrap();
        let wanted = wanted.split('?').next().unwrap().parse().unwrap();
        request.headers_mut().insert("x-wanted", wanted);
        *request.uri_mut() = uri;
        self.inner.send(request, limits).await
    }
}

/// A server with one response for everything.
pub(crate) async fn answering(status: u16, body: impl Into<String>) -> MockServer {
    let server = MockServer::start().await;
    let response = ResponseTemplate::new(status).set_body_raw(body.into(), "application/json");
    Mock::given(wiremock::matchers::any()).respond_with(response).mount(&server).await;
    server
}

/// What a server was asked: method, wanted URL (or path), and body.
pub(crate) async fn asked(server: &MockServer) -> Vec<(String, String)> {
    let requests = server.received_requests().await.unwrap();
    let shown = |request: &wiremock::Request| {
        let wanted = request.headers.get("x-wanted").map_or(request.url.path(), |wanted| wanted.to_str().unwrap());
        (format!("{} {wanted}", request.method), String::from_utf8(request.body.clone()).unwrap())
    };
    requests.iter().map(shown).collect()
}

/// Variables of a test.
pub(crate) fn variables(set: &[(&'static str, &str)]) -> impl Fn(&str) -> Option<String> + Clone + Send + Sync + use<> {
    let set: Vec<_> = set.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    move |asked| set.iter().find(|(name, _)| *name == asked).map(|(_, value)| value.clone())
}

/// The parts of credentials.
pub(crate) fn parts(found: &Credentials) -> (&str, &str, Option<&str>) {
    (found.id(), found.secret().expose(), found.token().map(|token| token.expose()))
}

/// Why there are no credentials. No secret is in the error or in the provider.
pub(crate) async fn refusal(provider: &dyn ProvideCredentials) -> Error {
    let error = provider.credentials().await.unwrap_err();
    let shown = format!("{error} {error:?} {provider:?}");
    assert!(!shown.contains(PLANTED), "{shown}");
    error
}

/// As [`refusal`], of a source that is meant, so that a chain ends with it.
pub(crate) async fn meant(provider: &dyn ProvideCredentials) -> (Option<String>, String) {
    let error = refusal(provider).await;
    let passed_over = error.kind() == ErrorKind::Credentials && error.field().is_none() && error.code().is_none();
    assert!(!passed_over, "{error}");
    (error.field().map(str::to_owned), error.message().to_owned())
}
