//! TKE, signed by a header and by the query.

use super::run::{PASSWORD, SECRET_KEY, TOKEN};
use super::{Caller, Setup, Way};
use crate::support::quick;
use futures_util::future::BoxFuture;
use serde_json::json;
use wharf::tke::Connection;
use wharf::tke::{HttpMethod, SignatureMethod};
use wharf::{Credentials, Error};

pub(super) fn ways() -> Vec<Way> {
    let way = |name, connect| Way {
        name,
        connect,
        read: (r#"{"Response":{"TotalCount":1,"Clusters":[{"ClusterId":"cls-good"}],"RequestId":"r"}}"#, "cls-good"),
        change: (r#"{"Response":{"InstanceIdSet":["ins-good"],"RequestId":"r"}}"#, "ins-good"),
        refusal: r#"{"Response":{"Error":{"Code":"UnauthorizedOperation","Message":"m"},"RequestId":"r"}}"#,
        report: (200, r#"{"Response":{"Error":{"Code":"InvalidParameter","Message":"{}"},"RequestId":"r"}}"#),
        logs_in: false,
        sends_password: true,
    };
    vec![
        way("tke TC3", |setup| connect(setup, SignatureMethod::Tc3HmacSha256, HttpMethod::Post)),
        way("tke GET HmacSHA1", |setup| connect(setup, SignatureMethod::HmacSha1, HttpMethod::Get)),
    ]
}

fn connect(setup: &Setup, signature: SignatureMethod, method: HttpMethod) -> Box<dyn Caller> {
    let connection = Connection::builder()
        .region("ap-guangzhou")
        .credentials(Credentials::new("AKIDexample", SECRET_KEY).with_token(TOKEN))
        .signature_method(signature)
        .http_method(method)
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
            let answer = self.clusters().describe_clusters().send().await?;
            Ok(answer.clusters.into_iter().map(|cluster| cluster.cluster_id).collect())
        })
    }

    fn change(&self) -> BoxFuture<'_, Result<String, Error>> {
        Box::pin(async {
            let machine = json!({ "LoginSettings": { "Password": PASSWORD } });
            let request = self.nodes().create_cluster_instances("cls-1").run_instance_para(machine);
            Ok(request.send().await?.instance_id_set.concat())
        })
    }
}
