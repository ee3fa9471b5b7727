//! CCE, with an access key and with the token of a login.

use super::run::{PASSWORD, SECRET_KEY, TOKEN};
use super::{Caller, Setup, Way};
use crate::support::quick;
use futures_util::future::BoxFuture;
use wharf::cce::types::{Login, NodeSpec};
use wharf::cce::{Builder, Connection, PasswordLogin};
use wharf::{Credentials, Error};

pub(super) fn ways() -> Vec<Way> {
    let way = |name, connect| Way {
        name,
        connect,
        read: (
            r#"{"kind":"List","apiVersion":"v3","items":[{"kind":"Node","metadata":{"name":"n","uid":"good"},"spec":{},"status":{"phase":"Active"}}]}"#,
            "good",
        ),
        change: (
            r#"{"kind":"Node","apiVersion":"v3","metadata":{"name":"n","uid":"good"},"spec":{},"status":{"jobID":"j"}}"#,
            "good",
        ),
        refusal: r#"{"error_code":"CCE.01403001","error_msg":"m"}"#,
        report: (400, r#"{"errorCode":"CCE.01400001","errorMessage":"{}","error_msg":"{}","message":"{}"}"#),
        logs_in: false,
        sends_password: false,
    };
    let key = |setup: &Setup| {
        let key = Credentials::new("AKIDexample", SECRET_KEY).with_token(TOKEN);
        connect(setup, Connection::builder().credentials(key))
    };
    let token = |setup: &Setup| {
        let login = PasswordLogin::new("user", PASSWORD, "account");
        connect(setup, Connection::builder().password_login(login).iam_endpoint(setup.login.url()))
    };
    vec![way("cce AK/SK", key), Way { logs_in: true, ..way("cce token", token) }]
}

fn connect(setup: &Setup, builder: Builder) -> Box<dyn Caller> {
    let connection = builder
        .region("cn-north-1")
        .project_id("0123456789abcdef")
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
            let answer = self.nodes().list_nodes("c").send().await?;
            Ok(answer.items.into_iter().map(|node| node.metadata.uid.unwrap_or_default()).collect())
        })
    }

    fn change(&self) -> BoxFuture<'_, Result<String, Error>> {
        Box::pin(async {
            let machine = NodeSpec::server("s6.large.2", "random", Login::key_pair("key-1")).os("EulerOS 2.5");
            let request = self.nodes().create_node("c").metadata(|node| node.name("node")).set_spec(machine);
            Ok(request.send().await?.metadata.uid.unwrap_or_default())
        })
    }
}
