//! Path through the host of a cluster of CCE, below that of the API gateway. The gateway checks the connection's signature
//! or token, and passes the request to the API server.

use super::call::{Call, Facts, facts};
use super::{Kubernetes, Road};
use crate::Error;
use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};
use std::fmt;
use std::sync::Arc;
use wharf_core::Connection;
use wharf_core::clock::Clock;
use wharf_core::connection::{CallOptions, Forwarded};
use wharf_core::model::{In, Secret};
use wharf_core::operation::OperationMeta;

wharf_core::model! {
    /// The parts of a request that are fields: the cluster in the host, and the body.
    pub(super) struct ToCluster = "Kubernetes" {
        /// Cluster.
        cluster_id: Option<String> = "cluster_id" .place(In::Host).required(),
        /// Body, sent unchanged.
        body: Option<Secret> = "body" .payload().sensitive(),
    }
}

/// Facts of requests to a cluster.
static FACTS: Facts =
    facts(OperationMeta::new("cce", "Kubernetes").with_version("v3").with_service("cluster").with_host("cluster"));

struct ClusterHost {
    connection: Connection,
    cluster: String,
}

impl Kubernetes {
    pub(crate) fn at_cluster_host(connection: Connection, cluster: String) -> Self {
        Self::over(ClusterHost { connection, cluster })
    }
}

impl fmt::Debug for ClusterHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClusterHost({})", self.cluster)
    }
}

#[async_trait]
impl Road for ClusterHost {
    async fn send(&self, call: &Call) -> Result<http::Response<Bytes>, Error> {
        let input = ToCluster { cluster_id: Some(self.cluster.clone()), body: call.body.clone().map(Secret::from) };
        let given = [(ACCEPT, &call.accept), (CONTENT_TYPE, &call.content_type)];
        let headers: HeaderMap = given.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect();
        let forwarded = Forwarded { path: call.path.clone(), query: call.query.clone(), headers };
        self.connection.forward(call.facts(&FACTS), &input, &forwarded, &CallOptions::default()).await
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.connection.clock()
    }

    fn name(&self) -> &'static str {
        "the API gateway"
    }
}
