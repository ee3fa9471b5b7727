//! Requests of our clients, kept instead of sent, so that their bytes can be changed.

use crate::Place;
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, header};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use wharf::ack::SignatureMethod as Acs;
use wharf::any::Connection;
use wharf::retry::RetryPolicy;
use wharf::tke::{HttpMethod, SignatureMethod};
use wharf::transport::{Limits, Reached, Transport, TransportError, TransportErrorKind};
use wharf::{Credentials, ack, cce, ccs, sts, tcr, tke};
use wharf_benches::process::Result;

/// Keeps the last request, and fails.
#[derive(Debug, Default)]
struct Keeper(Mutex<Option<http::Request<Bytes>>>);

#[async_trait]
impl Transport for Keeper {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: Limits,
    ) -> std::result::Result<http::Response<Bytes>, TransportError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        Err(TransportError::new(TransportErrorKind::Cut, Reached::No, "kept"))
    }
}

/// Connections of all products and signatures, whose requests are kept.
pub(crate) struct Requests {
    keeper: Arc<Keeper>,
    /// The operations, each with a connection to call it by.
    operations: Vec<(Connection, &'static str)>,
    host: String,
    role: String,
}

/// A request, in bytes.
pub(crate) struct Wire {
    pub(crate) head: Vec<u8>,
    pub(crate) body: Bytes,
}

impl Wire {
    pub(crate) fn whole(&self) -> Vec<u8> {
        [self.head.as_slice(), &self.body].concat()
    }
}

macro_rules! of {
    ($product:ident, $place:ident, $key:ident, $keeper:ident $(, $setter:ident($value:expr))*) => {
        Connection::of(
            $product::Connection::builder().client_rate_limit(false)
                .region(&$place.region)
                .credentials($key.clone())
                .endpoint(format!("http://{}", $place.address))
                .transport($keeper.clone())
                .retry_policy(RetryPolicy::none())
                $(.$setter($value))*
                .build()?,
        )?
    };
}

impl Requests {
    pub(crate) fn new(place: &Place, key: &Credentials) -> Result<Self> {
        let keeper = Arc::new(Keeper::default());
        let k: Arc<Keeper> = keeper.clone();
        let connections: Vec<(Connection, &'static [&'static str])> = vec![
            (of!(tke, place, key, k), &["DescribeClusters", "DescribeVersions", "CreateCluster", "DeleteCluster"]),
            (
                of!(tke, place, key, k, signature_method(SignatureMethod::HmacSha256), http_method(HttpMethod::Get)),
                &["DescribeClusters", "DescribeRegions"],
            ),
            (of!(tcr, place, key, k), &["DescribeInstances", "CreateInstance"]),
            (of!(ccs, place, key, k), &["DescribeCluster", "SearchUserRepository"]),
            (of!(cce, place, key, k, project_id(&place.project)), &["ListClusters", "CreateCluster", "GetCluster"]),
            (of!(ack, place, key, k), &["DescribeClustersV1", "CreateTemplate"]),
            (
                of!(ack, place, key, k, signature_method(Acs::Acs3HmacSha256)),
                &["DescribeClustersV1", "DescribeUserQuota"],
            ),
            (of!(sts, place, key, k), &["AssumeRole"]),
        ];
        let each = |(connection, names): (Connection, &'static [&'static str])| {
            names.iter().map(move |name| (connection.clone(), *name)).collect::<Vec<_>>()
        };
        let operations = connections.into_iter().flat_map(each).collect();
        Ok(Self { keeper, operations, host: place.address.clone(), role: place.role.clone() })
    }

    /// How many different requests there are.
    pub(crate) fn count(&self) -> usize {
        self.operations.len()
    }

    /// Returns one of the requests, with these headers in addition.
    pub(crate) async fn get(&self, at: usize, headers: &str) -> Result<Wire> {
        let (connection, name) = self.operations.get(at % self.count()).ok_or("no request")?;
        let refused = connection.call(name, self.input(connection.product(), name)).await;
        let kept = self.keeper.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let request = kept.ok_or_else(|| format!("{name} was not sent: {refused:?}"))?;
        let (parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let mut head = format!("{} {target} HTTP/1.1\r\n{headers}", parts.method).into_bytes();
        if !parts.headers.contains_key(header::HOST) {
            head.extend_from_slice(format!("host: {}\r\n", self.host).as_bytes());
        }
        let line = |(name, value): (&header::HeaderName, &HeaderValue)| {
            [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat()
        };
        head.extend(parts.headers.iter().filter(|(name, _)| *name != header::CONTENT_LENGTH).flat_map(line));
        if !headers.contains("transfer-encoding") {
            head.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
        }
        head.extend_from_slice(b"\r\n");
        Ok(Wire { head, body })
    }

    fn input(&self, product: &str, operation: &str) -> Value {
        match (product, operation) {
            ("tke", "CreateCluster") => json!({
                "ClusterType": "MANAGED_CLUSTER", "ClusterBasicSettings": {"VpcId": "vpc-default0"},
                "ClusterCIDRSettings": {"ClusterCIDR": "172.16.0.0/16"},
            }),
            ("tke", "DeleteCluster") => json!({"ClusterId": "cls-none0000", "InstanceDeleteMode": "terminate"}),
            ("tcr", "CreateInstance") => json!({"RegistryName": "soak", "RegistryType": "basic"}),
            ("ccs", "SearchUserRepository") => json!({"reponame": "soak"}),
            ("cce", "CreateCluster") => json!({
                "metadata": {"name": "soak"},
                "spec": {
                    "type": "VirtualMachine", "flavor": "cce.s1.small",
                    "hostNetwork": {"vpc": "vpc-default0", "subnet": "subnet-default1"},
                    "containerNetwork": {"mode": "overlay_l2"},
                },
            }),
            ("cce", "GetCluster") => json!({"cluster_id": "00000000-0000-0000-0000-000000000000"}),
            ("ack", "CreateTemplate") => json!({"name": "soak", "template": "apiVersion: v1"}),
            ("sts", "AssumeRole") => json!({"RoleArn": self.role, "RoleSessionName": "soak"}),
            _ => json!({}),
        }
    }
}
