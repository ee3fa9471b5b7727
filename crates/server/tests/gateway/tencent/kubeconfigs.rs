//! The kubeconfigs of sub-accounts, used at the API server of their cluster.

use crate::client::{Answer, Call};
use base64::Engine as _;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use wharf_core::credentials::Credentials;
use wharf_server::{Fault, Server, SignatureMethod, SubAccount, Vendor, Verdict};

const SUB: &str = "100000000021";
const PODS: &str = "/api/v1/namespaces/default/pods";

fn key() -> Credentials {
    Credentials::new("AKIDdeveloper", "secret-of-the-developer")
}

async fn call(server: &Server, credentials: Option<Credentials>, action: &str, body: Value) -> Value {
    let call = Call::tke(action, body).with(|call| call.credentials = credentials);
    let answer = call.send(server).await.json();
    assert!(answer.get("Error").is_none(), "{action}: {answer}");
    answer
}

/// A server with a sub-account and a running cluster.
async fn start() -> (Server, String) {
    let policy = r#"{"version": "2.0", "statement": [{"effect": "allow", "action": "tke:*", "resource": "*"}]}"#;
    let sub = SubAccount::new("developer", key()).uin(SUB).policy(Vendor::Tencent, policy);
    let server = Server::builder().rate_limits(false).sub_account(sub).start().await.unwrap();
    let order = json!({
        "ClusterType": "MANAGED_CLUSTER", "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
        "ClusterBasicSettings": {"VpcId": "vpc-default0"},
    });
    let id = call(&server, None, "CreateCluster", order).await["ClusterId"].as_str().unwrap().to_owned();
    server.advance(Duration::from_secs(60));
    (server, id)
}

/// What a kubeconfig has.
struct Config(String);

impl Config {
    async fn of(server: &Server, credentials: Option<Credentials>, id: &str) -> Self {
        let answer = call(server, credentials, "DescribeClusterKubeconfig", json!({"ClusterId": id})).await;
        Self(answer["Kubeconfig"].as_str().unwrap().to_owned())
    }

    fn get(&self, name: &str) -> &str {
        self.0.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": ")).unwrap()
    }

    fn decoded(&self, name: &str) -> Vec<u8> {
        base64::engine::general_purpose::STANDARD.decode(self.get(name)).unwrap()
    }

    /// The status and the body of the API server's answer. Without `token` the certificate alone says who asks.
    async fn ask(&self, method: &str, path: &str, with_certificate: bool, headers: &str) -> (u16, Value) {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&self.decoded("certificate-authority-data")).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = if with_certificate {
            let chain = vec![CertificateDer::from_pem_slice(&self.decoded("client-certificate-data")).unwrap()];
            let key = PrivateKeyDer::from_pem_slice(&self.decoded("client-key-data")).unwrap();
            config.with_client_auth_cert(chain, key).unwrap()
        } else {
            config.with_no_client_auth()
        };
        let address = self.get("server").strip_prefix("https://").unwrap();
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let answer = Answer::read(&bytes);
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    async fn by_certificate(&self, path: &str) -> u16 {
        self.ask("GET", path, true, "").await.0
    }

    async fn by_token(&self, path: &str) -> u16 {
        self.ask("GET", path, false, &format!("authorization: Bearer {}\r\n", self.get("token"))).await.0
    }
}

#[tokio::test]
async fn a_kubeconfig_allows_what_its_user_was_granted() {
    let (server, id) = start().await;
    let config = Config::of(&server, Some(key()), &id).await;
    assert_eq!((config.by_certificate(PODS).await, config.by_token(PODS).await), (403, 403));
    let permission =
        json!({"ClusterId": id, "RoleName": "tke:ro", "RoleType": "cluster", "IsCustom": false, "Namespace": ""});
    let request = json!({"TargetUin": SUB, "Permissions": [permission]});
    call(&server, None, "GrantUserPermissions", request).await;
    assert_eq!((config.by_certificate(PODS).await, config.by_token(PODS).await), (200, 200));
    let secrets = "/api/v1/namespaces/default/secrets";
    assert_eq!((config.by_certificate(secrets).await, config.by_token(secrets).await), (403, 403));
    let own = Config::of(&server, None, &id).await;
    assert_eq!((own.by_certificate(secrets).await, own.by_token(secrets).await), (200, 200));
}

#[tokio::test]
async fn a_renewed_kubeconfig_ends_the_old_one() {
    let (server, id) = start().await;
    call(&server, Some(key()), "AcquireClusterAdminRole", json!({"ClusterId": id})).await;
    let old = Config::of(&server, Some(key()), &id).await;
    let again = Config::of(&server, Some(key()), &id).await;
    assert_eq!(old.0, again.0, "the certificate is issued once");
    assert_eq!((old.by_certificate(PODS).await, old.by_token(PODS).await), (200, 200));
    call(&server, Some(key()), "UpdateClusterKubeconfig", json!({"ClusterId": id})).await;
    assert_eq!((old.by_certificate(PODS).await, old.by_token(PODS).await), (401, 401));
    let new = Config::of(&server, Some(key()), &id).await;
    assert_eq!((new.by_certificate(PODS).await, new.by_token(PODS).await), (200, 200));
}

#[tokio::test]
async fn users_act_as_others_if_a_role_says_so() {
    let (server, id) = start().await;
    let as_jane = "impersonate-user: jane\r\nimpersonate-group: team\r\n";
    let config = Config::of(&server, Some(key()), &id).await;
    let (status, refused) = config.ask("GET", PODS, true, as_jane).await;
    assert_eq!(status, 403);
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("cannot impersonate resource \"users\" in API group \"\""), "{message}");
    call(&server, Some(key()), "AcquireClusterAdminRole", json!({"ClusterId": id})).await;
    let (status, refused) = config.ask("GET", PODS, true, as_jane).await;
    assert_eq!(status, 403);
    assert!(refused["message"].as_str().unwrap().contains("User \"jane\" cannot list"), "{refused}");
}

#[tokio::test]
async fn calls_to_the_port_are_in_the_journal_and_faults_strike_them() {
    let (server, id) = start().await;
    let config = Config::of(&server, Some(key()), &id).await;
    server.journal().clear();
    let path = format!("{PODS}?labelSelector=a%3Db&command=planted");
    assert_eq!(config.ask("GET", &path, false, "").await.0, 401);
    let entry = server.journal().last().unwrap();
    assert_eq!((entry.verdict, entry.signature_method), (Verdict::Missing, SignatureMethod::None));
    assert_eq!((entry.status, entry.code.as_deref(), entry.acted), (Some(401), Some("Unauthorized"), false));

    let (status, answer) = config.ask("GET", &path, true, "").await;
    let entry = server.journal().last().unwrap();
    assert_eq!((entry.product, entry.operation.as_str()), (Some("tke"), "list pods"));
    assert_eq!((entry.verdict, entry.signature_method), (Verdict::Good, SignatureMethod::Certificate));
    assert_eq!(entry.status, Some(status));
    assert_eq!(entry.target, format!("{PODS}?labelSelector=a%3Db&command=[hidden]"));
    assert!(entry.caller.as_ref().is_some_and(|caller| caller.contains(SUB)), "{entry:?}");
    assert_eq!(entry.code.as_deref(), answer["reason"].as_str());

    let throttle = Fault::from_json(&json!({
        "product": "tke", "operation": "list pods", "times": 1, "effect": { "kind": "throttle" },
    }));
    server.faults().add(throttle.unwrap());
    let (status, answer) = config.ask("GET", PODS, true, "").await;
    assert_eq!((status, &answer["reason"]), (429, &json!("TooManyRequests")));
    let entry = server.journal().last().unwrap();
    assert_eq!((entry.fault, entry.code.as_deref(), entry.acted), (Some("throttle"), Some("TooManyRequests"), false));
    server.faults().add(Fault::refuse("Conflict", "no").operation("list pods").times(1));
    assert_eq!(config.ask("GET", PODS, true, "").await.0, 409);
    assert_eq!((server.journal().len(), server.faults().waiting_count()), (4, 0));
    let none = json!({ "product": "tcr", "operation": "list pods", "effect": { "kind": "throttle" } });
    assert!(Fault::from_json(&none).is_err(), "a registry has no pods");
}
