//! Path through TKE's `ForwardRequest`, which returns the body of the API server's response, without its status.

use super::call::{Call, Facts, facts};
use super::{Kubernetes, Road, status};
use crate::Error;
use async_trait::async_trait;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;
use wharf_cluster::tke::operations::{ForwardRequest, ForwardRequestOutput};
use wharf_core::Connection;
use wharf_core::clock::Clock;
use wharf_core::connection::CallOptions;
use wharf_core::model::Secret;
use wharf_core::operation::Operation;

/// The operation with the method of the forwarded request, which determines whether it is safe to repeat, and whether a
/// failure may have changed something.
static FACTS: Facts = facts(*ForwardRequest::META);

struct Forwarding {
    connection: Connection,
    cluster: String,
}

impl Kubernetes {
    pub(crate) fn forwarding(connection: Connection, cluster: String) -> Self {
        Self::over(Forwarding { connection, cluster })
    }
}

impl fmt::Debug for Forwarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForwardRequest({})", self.cluster)
    }
}

#[async_trait]
impl Road for Forwarding {
    async fn send(&self, call: &Call) -> Result<http::Response<Bytes>, Error> {
        let text = |value: &http::HeaderValue| value.to_str().ok().map(str::to_owned);
        let mut input = ForwardRequest::default();
        input.method = Some(call.method.to_string());
        input.path = Some(call.path_and_query());
        input.accept = call.accept.as_ref().and_then(text);
        input.content_type = call.content_type.as_ref().and_then(text);
        input.request_body = call.body.clone().map(Secret::from);
        input.cluster_name = Some(self.cluster.clone());
        let mut output = ForwardRequestOutput::default();
        self.connection.execute(call.facts(&FACTS), &input, &CallOptions::default(), &mut output).await?;
        let body = output.response_body.map(|body| Bytes::from(body.expose().to_owned())).unwrap_or_default();
        Ok(status::response(status::of_body(&body), body))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.connection.clock()
    }

    fn name(&self) -> &'static str {
        "ForwardRequest"
    }
}
