//! The task that sends the requests of webhooks, and removes uploads that no client continues.

use crate::gateway::Gateway;
use bytes::Bytes;
use futures_util::StreamExt;
use http::header;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;
use tokio::runtime::Handle;
use wharf_core::transport::{HttpTransport, Limits, Transport};
use wharf_world::registry::enterprise::Delivery;

/// How long a target may take for its answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer of a target. Nothing of it is used but the status.
const LARGEST_ANSWER: usize = 64 << 10;
/// How many requests are sent at the same time.
const PARALLEL: usize = 16;

/// Begins the task of a cloud. It ends with the cloud.
pub(crate) fn serve(gateway: &Arc<Gateway>, runtime: &Handle) {
    let woken = gateway.registry.woken.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut woken) = woken else { return };
    let step = gateway.registry.uploads.step();
    let gateway = Arc::downgrade(gateway);
    runtime.spawn(async move {
        let transport = HttpTransport::builder().build();
        loop {
            match tokio::time::timeout(step, woken.recv()).await {
                Ok(None) => return,
                Ok(Some(())) => send_all(&gateway, transport.as_ref().ok()).await,
                Err(_) => {}
            }
            let Some(gateway) = gateway.upgrade() else { return };
            gateway.registry.uploads.expire();
        }
    });
}

async fn send_all(gateway: &Weak<Gateway>, transport: Option<&HttpTransport>) {
    let Some(strong) = gateway.upgrade() else { return };
    let deliveries = strong.in_world(|world| world.registry.take_deliveries());
    // The cloud may end while the requests are sent.
    drop(strong);
    let sent = futures_util::stream::iter(deliveries).for_each_concurrent(PARALLEL, |delivery| async move {
        let accepted = match transport {
            Some(transport) => send(transport, &delivery).await,
            None => false,
        };
        if let Some(gateway) = gateway.upgrade() {
            gateway.in_world(|world| world.registry.note_delivery(&delivery, accepted));
        }
    });
    sent.await;
}

/// Sends one request. Returns whether the target has accepted it.
async fn send(transport: &HttpTransport, delivery: &Delivery) -> bool {
    let mut request = http::Request::post(&delivery.target.address).header(header::CONTENT_TYPE, "application/json");
    for (name, values) in &delivery.target.headers {
        for value in values {
            request = request.header(name, value);
        }
    }
    let Ok(request) = request.body(Bytes::from(delivery.body.clone())) else { return false };
    let limits = Limits { timeout: TIMEOUT, max_response: LARGEST_ANSWER };
    transport.send(request, limits).await.is_ok_and(|answer| answer.status().is_success())
}
