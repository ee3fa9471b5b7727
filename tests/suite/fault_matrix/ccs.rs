//! CCS.

use super::run::{PASSWORD, SECRET_KEY, TOKEN};
use super::{Caller, Setup, Way};
use crate::support::quick;
use futures_util::future::BoxFuture;
use wharf::ccs::Connection;
use wharf::{Credentials, Error};

pub(super) fn ways() -> Vec<Way> {
    vec![Way {
        name: "ccs",
        connect,
        read: (
            r#"{"code":0,"message":"","codeDesc":"Success","data":{"totalCount":1,"clusters":[{"clusterId":"cls-good"}]}}"#,
            "cls-good",
        ),
        change: (
            r#"{"code":0,"message":"","codeDesc":"Success","data":{"requestId":7,"instanceIds":["ins-good"]}}"#,
            "ins-good",
        ),
        refusal: r#"{"code":4102,"message":"m","codeDesc":"CamAuthFailed"}"#,
        report: (200, r#"{"code":4000,"message":"{}","codeDesc":"InvalidParameter"}"#),
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
            let answer = self.clusters().describe_cluster().send().await?;
            Ok(answer.clusters.into_iter().map(|cluster| cluster.cluster_id).collect())
        })
    }

    fn change(&self) -> BoxFuture<'_, Result<String, Error>> {
        Box::pin(async {
            let request = self.nodes().add_cluster_instances("cls-1", "100003", "subnet-1").cpu(2).mem(4).goods_num(1);
            let request = request.bandwidth_type("PayByHour").bandwidth(0).is_vpc_gateway(0).storage_size(0);
            Ok(request.root_size(50).password(PASSWORD).send().await?.instance_ids.concat())
        })
    }
}
