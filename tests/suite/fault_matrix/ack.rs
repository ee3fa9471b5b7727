//! ACK, with both signatures.

use super::run::{PASSWORD, SECRET_KEY, TOKEN};
use super::{Caller, Setup, Way};
use crate::support::quick;
use futures_util::future::BoxFuture;
use wharf::ack::{Connection, SignatureMethod};
use wharf::{Credentials, Error};

pub(super) fn ways() -> Vec<Way> {
    let way = |name, connect| Way {
        name,
        connect,
        read: (
            r#"{"clusters":[{"cluster_id":"c-good","name":"c"}],"page_info":{"page_number":1,"page_size":10,"total_count":1}}"#,
            "c-good",
        ),
        change: (r#"{"cluster_id":"c-good","request_id":"r","task_id":"t"}"#, "c-good"),
        refusal: r#"{"asapiSuccess":false,"asapiErrorCode":"StatusForbidden","asapiErrorMessage":"m","asapiRequestId":"r"}"#,
        report: (400, r#"{"code":"ErrorParameter","message":"{}","requestId":"r"}"#),
        logs_in: false,
        sends_password: true,
    };
    vec![
        way("ack ROA", |setup| connect(setup, SignatureMethod::RoaHmacSha1)),
        way("ack ACS3", |setup| connect(setup, SignatureMethod::Acs3HmacSha256)),
    ]
}

fn connect(setup: &Setup, signature: SignatureMethod) -> Box<dyn Caller> {
    let connection = Connection::builder()
        .region("cn-beijing")
        .credentials(Credentials::new("AKIDexample", SECRET_KEY).with_token(TOKEN))
        .signature_method(signature)
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
            let answer = self.clusters().describe_clusters_v1().send().await?;
            Ok(answer.clusters.into_iter().map(|cluster| cluster.cluster_id).collect())
        })
    }

    fn change(&self) -> BoxFuture<'_, Result<String, Error>> {
        Box::pin(async {
            let request = self.clusters().create_cluster().name("demo").login_password(PASSWORD);
            Ok(request.send().await?.cluster_id)
        })
    }
}
