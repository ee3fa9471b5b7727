//! TCR.

use super::run::{PASSWORD, SECRET_KEY, TOKEN};
use super::{Caller, Setup, Way};
use crate::support::quick;
use futures_util::future::BoxFuture;
use wharf::tcr::Connection;
use wharf::{Credentials, Error};

pub(super) fn ways() -> Vec<Way> {
    vec![Way {
        name: "tcr",
        connect,
        read: (
            r#"{"Response":{"RegistryStatusSet":[{"RegistryId":"tcr-good","Status":"Running","Conditions":[]}],"RequestId":"r"}}"#,
            "tcr-good",
        ),
        change: (r#"{"Response":{"RequestId":"good"}}"#, "good"),
        refusal: r#"{"Response":{"Error":{"Code":"UnauthorizedOperation","Message":"m"},"RequestId":"r"}}"#,
        report: (200, r#"{"Response":{"Error":{"Code":"InvalidParameter","Message":"{}"},"RequestId":"r"}}"#),
        logs_in: false,
        sends_password: true,
    }]
}

fn connect(setup: &Setup) -> Box<dyn Caller> {
    let connection = Connection::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new("AKIDexample", SECRET_KEY).with_token(TOKEN))
        .endpoint(&setup.endpoint)
        .transport(setup.transport.clone())
        .retry_policy(quick())
        .attempt_timeout(setup.attempt_timeout)
        .call_timeout(setup.call_timeout)
        .max_response_bytes(setup.max_response)
        .build();
    Box::new(connection.unwrap())
}

impl Caller for Connection {
    fn read(&self) -> BoxFuture<'_, Result<String, Error>> {
        Box::pin(async {
            let answer = self.registries().describe_instance_status().registry_ids(["tcr-good"]).send().await?;
            Ok(answer.registry_status_set.into_iter().map(|registry| registry.registry_id).collect())
        })
    }

    fn change(&self) -> BoxFuture<'_, Result<String, Error>> {
        Box::pin(async { Ok(self.registries().create_user_personal().password(PASSWORD).send().await?.request_id) })
    }
}
