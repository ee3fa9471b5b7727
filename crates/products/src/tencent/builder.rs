//! How a connection to one of Tencent's products is made.

use super::credentials::{default_chain, region_or_environment};
use super::{HttpMethod, SignatureMethod, Tencent, TencentSettings};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use wharf_core::connection::Settings;
use wharf_core::error::CodeMeta;
use wharf_core::{Connection, Error};

/// Collects the settings of a connection to a product of Tencent's public or private cloud.
///
/// Without [`credentials`](Self::credentials) it uses [`default_chain`]; without [`region`](Self::region)
/// the environment variable `TENCENTCLOUD_REGION`.
///
/// `C` is what [`build`](Self::build) gives.
#[must_use = "a builder does nothing until it is built"]
pub struct Builder<C = Connection> {
    product: &'static str,
    codes: &'static [CodeMeta],
    settings: Settings,
    tencent: TencentSettings,
    makes: PhantomData<fn() -> C>,
}

impl<C> Builder<C> {
    /// The default settings for a product by its name in host names (`tke`), with the table of its error
    /// codes, sorted by code.
    pub fn new(product: &'static str, codes: &'static [CodeMeta]) -> Self {
        let (settings, tencent) = (Settings::default(), TencentSettings::default());
        Self { product, codes, settings, tencent, makes: PhantomData }
    }

    wharf_core::connection_settings!();

    /// Sets the domain of a private cloud (`cloud.example.com`); its products are found below it.
    ///
    /// For a host name that does not follow the rule there is [`endpoint`](Self::endpoint).
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.tencent.domain = Some(domain.into());
        self
    }

    /// Sets how requests are signed. TC3-HMAC-SHA256 by default.
    pub fn signature_method(mut self, method: SignatureMethod) -> Self {
        self.tencent.signature_method = method;
        self
    }

    /// Sets how requests are sent. POST by default.
    pub fn http_method(mut self, method: HttpMethod) -> Self {
        self.tencent.http_method = method;
        self
    }

    /// Sets the language of the service's messages (`en-US`, `zh-CN`).
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.tencent.language = Some(language.into());
        self
    }

    /// Tells the service which program calls, as Tencent's own clients do besides the `User-Agent`.
    pub fn request_client(mut self, client: impl Into<String>) -> Self {
        self.tencent.request_client = Some(client.into());
        self
    }
}

impl<C: From<Connection>> Builder<C> {
    /// Makes the connection. Nothing is sent.
    ///
    /// # Errors
    /// [`Configuration`](wharf_core::ErrorKind::Configuration) naming the setting that is missing or wrong.
    pub fn build(self) -> Result<C, Error> {
        let product = Tencent::new(self.product, self.codes, self.tencent)?;
        let mut settings = self.settings;
        settings.region = region_or_environment(settings.region)?;
        settings.credentials.get_or_insert_with(|| Arc::new(default_chain()));
        settings.connect(Arc::new(product)).map(C::from)
    }
}

impl<C> Clone for Builder<C> {
    fn clone(&self) -> Self {
        Self {
            product: self.product,
            codes: self.codes,
            settings: self.settings.clone(),
            tencent: self.tencent.clone(),
            makes: PhantomData,
        }
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("product", &self.product)
            .field("settings", &self.settings)
            .field("tencent", &self.tencent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};
    use wharf_core::clock::ManualClock;
    use wharf_core::credentials::Credentials;
    use wharf_core::operation::{Entry, OperationMeta};
    use wharf_core::transport::Replay;
    use wharf_core::{ErrorKind, Operation};

    struct Facade(Connection);

    impl From<Connection> for Facade {
        fn from(connection: Connection) -> Self {
            Self(connection)
        }
    }

    fn builder<C>() -> Builder<C> {
        Builder::new("tke", &[]).credentials(Credentials::new("id", "planted-secret")).region("ap-guangzhou")
    }

    #[test]
    fn it_makes_what_is_asked_for() {
        let facade: Facade = builder().domain("cloud.example.com").build().unwrap();
        assert_eq!((facade.0.product().name(), facade.0.region()), ("tke", Some("ap-guangzhou")));
        assert!(!format!("{:?} {:?}", builder::<Facade>(), facade.0).contains("planted-secret"));
    }

    #[test]
    fn a_wrong_setting_is_named() {
        type Change = fn(Builder) -> Builder;
        let cases: [(&str, Change); 4] = [
            ("region", |b| b.region("ap guangzhou")),
            ("domain", |b| b.domain("https://cloud.example.com")),
            ("endpoint", |b| b.endpoint("cloud")),
            ("root_certificate", |b| b.root_certificate("")),
        ];
        for (setting, change) in cases {
            let error = change(builder()).build().unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(setting)));
        }
    }

    #[derive(Clone, Default, PartialEq)]
    struct Ask {
        name: Option<String>,
    }
    wharf_core::model! { Ask = "Ask" { name = "Name"; } }

    impl Operation for Ask {
        type Output = Ask;
        const META: &'static OperationMeta = &OperationMeta::new("tke", "Ask")
            .with_version("2018-05-25")
            .with_service("cluster")
            .with_region(true)
            .with_rate_limit(20);
    }

    #[tokio::test]
    async fn calls_by_name_travel_through_the_whole_connection() {
        let refused =
            r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"late"},"RequestId":"1"}}"#;
        let refused = http::Response::builder().header("date", "Fri, 15 Jan 2027 08:00:00 GMT").body(refused.into());
        let answer = r#"{"Response":{"Name":"a","New":[{"Deep":null}],"RequestId":"2"}}"#;
        let replay = Replay::new().answer(refused.unwrap()).answer(http::Response::new(answer.into()));
        let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        let connection: Connection =
            builder().transport(Arc::new(replay.clone())).clock(Arc::new(clock)).build().unwrap();
        let answer = connection.call(&Entry::of::<Ask>(), serde_json::json!({"Name": "a"})).await.unwrap();
        assert_eq!(answer, serde_json::json!({"Name": "a", "New": [{"Deep": null}], "RequestId": "2"}));

        let requests = replay.requests();
        assert_eq!(requests[0].0.uri(), "https://tke.tencentcloudapi.com/");
        assert_eq!(requests[0].0.headers()["x-tc-timestamp"], "1700000000");
        assert_eq!(requests[1].0.headers()["x-tc-timestamp"], "1800000000");
        assert_ne!(requests[0].0.headers()["authorization"], requests[1].0.headers()["authorization"]);
    }
}
