//! Nothing that is printed shows a password, a token, a key or a kubeconfig.

use super::{BOTH, Cloud, SignatureMethod};
use crate::secrets::{PLANTED, assert_clean, logged};
use crate::support::{ack_builder, server};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::{Arc, Mutex};
use wharf::Credentials;
use wharf::ack::Role;
use wharf::ack::types::KubernetesConfig;
use wharf::transport::{Limits, Transport, TransportError};

#[tokio::test]
async fn settings_and_requests() {
    let server = server().await;
    let role = Role::new(server.role_arn()).external_id("team");
    let builder = ack_builder(&server)
        .credentials(Credentials::new("LTAIexample", PLANTED).with_token(PLANTED))
        .proxy(format!("http://user:{PLANTED}@127.0.0.1:1"))
        .assume_role(role);
    assert_clean("the builder", &format!("{builder:?} {builder:#?}"));
    let ack = builder.build().unwrap();
    let (clusters, nodes, pools) = (ack.clusters(), ack.nodes(), ack.scaling());
    assert_clean("the connection", &format!("{ack:?} {clusters:?} {:?}", clusters.upgrade("c")));
    let order = clusters.create_cluster().login_password(PLANTED).user_data(PLANTED).user_ca(PLANTED);
    let attach = nodes.attach_instances("c").password(PLANTED).user_data(PLANTED);
    let config = KubernetesConfig::default().user_data(PLANTED);
    let pool = pools.create_cluster_node_pool("c").scaling_group(|group| group.login_password(PLANTED));
    let change = pools.modify_cluster_node_pool("c", "np").scaling_group(|group| group.login_password(PLANTED));
    let pool = pool.set_kubernetes_config(config);
    assert_clean("the requests", &format!("{order:?} {attach:?} {pool:?} {change:?}"));
    for error in [
        order.send().await.unwrap_err(),
        attach.send().await.unwrap_err(),
        pool.send().await.unwrap_err(),
        change.send().await.unwrap_err(),
    ] {
        assert_clean("the error", &format!("{error} {error:?} {error:#?}"));
    }
}

/// Keeps the answers.
#[derive(Debug)]
struct Overheard {
    inner: Arc<dyn Transport>,
    answers: Mutex<Vec<serde_json::Value>>,
}

#[async_trait]
impl Transport for Overheard {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let answer = self.inner.send(request, limits).await?;
        self.answers.lock().unwrap().extend(serde_json::from_slice::<serde_json::Value>(answer.body()));
        Ok(answer)
    }
}

#[tokio::test]
async fn a_session_is_in_no_log_and_no_journal() {
    for by in BOTH {
        let server = server().await;
        let overheard = Arc::new(Overheard { inner: server.transport(), answers: Mutex::default() });
        let builder = ack_builder(&server).signature_method(by).transport(overheard.clone());
        let ack = builder.assume_role(Role::new(server.role_arn())).build().unwrap();
        let log = logged(async {
            ack.clusters().describe_clusters_v1().send().await.unwrap();
            server.expire_tokens();
            ack.clusters().describe_user_quota().send().await.unwrap();
            ack.clusters().describe_cluster_detail("none").send().await.unwrap_err();
        });
        let log = log.await;
        assert!(
            ["AssumeRole", "DescribeUserQuota", "attempt"].iter().all(|word| log.contains(word)),
            "no spans: {log}"
        );
        let shown = format!("{log} {ack:?} {:?}", server.journal().calls());
        let answers = overheard.answers.lock().unwrap();
        let given: Vec<_> = answers.iter().filter_map(|answer| answer.get("Credentials")).collect();
        assert_eq!(given.len(), 2);
        for credentials in given {
            for secret in ["AccessKeySecret", "SecurityToken"] {
                let secret = credentials[secret].as_str().unwrap();
                assert!(secret.len() > 20 && !shown.contains(secret), "{shown}");
            }
        }
        let own = server.credentials();
        assert!(!shown.contains(own.secret().expose()));
    }
}

#[tokio::test]
async fn what_lets_into_a_cluster_is_not_printed() {
    let cloud = Cloud::new(SignatureMethod::RoaHmacSha1).await;
    let id = cloud.running("closed").await;
    let config = cloud.clusters.describe_cluster_user_kubeconfig(&id).send().await.unwrap();
    let agent = cloud.clusters.describe_external_agent(&id).send().await.unwrap();
    let script = cloud.nodes.describe_cluster_attach_scripts(&id).send().await.unwrap();
    let by_name =
        cloud.ack.call("ack", "DescribeClusterUserKubeconfig", serde_json::json!({"ClusterId": id})).await.unwrap();
    assert_eq!(by_name["config"], config.config.expose(), "who asks by name gets it");
    let shown = format!("{config:?} {config:#?} {agent:?} {script:?} {:?}", cloud.server.journal().calls());
    let script = script.script.unwrap();
    for secret in [config.config.expose(), agent.config.expose(), script.expose()] {
        // Not even a line of it that nothing else has.
        for line in secret.lines().map(str::trim).filter(|line| line.len() > 30) {
            assert!(!shown.contains(line), "{line}\n{shown}");
        }
    }
}
