//! Services that return a key in exchange for a token.

use crate::huawei::Huawei;
use crate::huawei::settings::{Authentication, HuaweiSettings};
use std::sync::Arc;
use std::time::Duration;
use wharf_core::connection::Settings;
use wharf_core::credentials::Credentials;
use wharf_core::model::{Secret, Timestamp};
use wharf_core::operation::{Authorization, OperationMeta};
use wharf_core::{Connection, Error};

/// Minimum timeout of a call to these services, even if the calls that wait for it have a shorter one.
const PATIENCE: Duration = Duration::from_secs(30);

/// Returns a connection to a service that returns a key in exchange for a token.
pub(super) fn connect(
    service: &'static str,
    url: Option<String>,
    named: &str,
    settings: &Settings,
    huawei: &HuaweiSettings,
) -> Result<Connection, Error> {
    let mut settings = settings.clone();
    settings.endpoint = url;
    // The key serves all calls, so requesting it may take longer than one call.
    settings.call_timeout = settings.call_timeout.map(|timeout| timeout.max(PATIENCE));
    settings.attempt_timeout = settings.attempt_timeout.max(PATIENCE);
    // A connection requires credentials; requests of these operations are not signed.
    settings.credentials = Some(Arc::new(Credentials::new("anonymous", "anonymous")));
    let huawei = HuaweiSettings {
        authentication: Authentication::Signature,
        project_id: None,
        iam_endpoint: None,
        ..huawei.clone()
    };
    let product = Arc::new(Huawei::new(service, &[], huawei)?);
    settings.connect(product).map_err(|error| match error.field() {
        Some("endpoint") => {
            let reason = error.message().strip_prefix("endpoint ").unwrap_or("is wrong").to_owned();
            Error::configuration(named, reason)
        }
        _ => error,
    })
}

pub(super) const fn meta(name: &'static str, path: &'static str) -> OperationMeta {
    OperationMeta::new("iam", name)
        .with_version("v3")
        .with_service("iam")
        .with_route("POST", path)
        // The connection's own host is that of this service.
        .with_host("service")
        // A second key has no side effect, and a key that was not received expires.
        .with_idempotent(true)
        .with_authorization(Authorization::Anonymous)
}

#[derive(Clone, Default, PartialEq)]
pub(super) struct Key {
    id: Option<String>,
    secret: Option<Secret>,
    token: Option<Secret>,
    expires: Option<Timestamp>,
}
wharf_core::model! {
    Key = "Key" {
        id = "access" | "access_key_id" | "accessKeyId";
        secret = "secret" | "secret_access_key" | "secretAccessKey" .sensitive();
        token = "securitytoken" | "security_token" | "securityToken" .sensitive();
        expires = "expires_at" | "expiration";
    }
}

impl Key {
    pub(super) fn credentials(
        self,
        connection: &Connection,
        member: &str,
        meta: &'static OperationMeta,
    ) -> Result<Credentials, Error> {
        let missing = || Error::decode(member, "is not whole in the response").with_operation(meta);
        let expiry = self.expires.as_ref().and_then(Timestamp::parse).ok_or_else(missing)?;
        let (Some(id), Some(secret), Some(token)) = (self.id, self.secret, self.token) else { return Err(missing()) };
        Ok(Credentials::new(id, secret).with_token(token).with_expiry(connection.by_own_clock(expiry)))
    }
}
