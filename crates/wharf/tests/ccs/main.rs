//! CCS's clients against prepared answers: what is sent and signed, what the handles and waiters make of what
//! comes back, and measurements as series.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod handles;
mod series;
mod wire;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};
use wharf::ccs::{Builder, Connection};
use wharf::clock::ManualClock;
use wharf::transport::{Limits, Transport, TransportError};

/// Gives prepared answers, one after the other, and keeps what was asked.
#[derive(Debug, Default)]
struct Script {
    answers: Mutex<VecDeque<Value>>,
    asked: Mutex<Vec<Request<Bytes>>>,
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        self.asked.lock().unwrap().push(request);
        let body = self.answers.lock().unwrap().pop_front().expect("no answer is left");
        Ok(Response::new(body.to_string().into()))
    }
}

impl Script {
    /// The parameters of a request, wherever they travel.
    fn asked(&self, at: usize) -> BTreeMap<String, String> {
        parameters(&self.asked.lock().unwrap()[at])
    }

    fn host(&self, at: usize) -> String {
        self.asked.lock().unwrap()[at].uri().host().unwrap().to_owned()
    }

    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn parameters(request: &Request<Bytes>) -> BTreeMap<String, String> {
    let text = if request.method() == Method::GET {
        request.uri().query().unwrap_or_default().to_owned()
    } else {
        String::from_utf8(request.body().to_vec()).unwrap()
    };
    pairs(&text).into_iter().collect()
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let decoded =
        |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned();
    text.split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn builder() -> Builder {
    Connection::builder().region("ap-guangzhou").credentials(wharf::Credentials::new("key", "planted-secret"))
}

fn bench(answers: impl IntoIterator<Item = Value>) -> (Arc<Script>, Connection) {
    let script = Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), ..Script::default() });
    let clock = ManualClock::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    (script.clone(), builder().transport(script).clock(Arc::new(clock)).build().unwrap())
}

/// A good answer with its output under `data`.
fn good(data: Value) -> Value {
    json!({ "code": 0, "message": "", "codeDesc": "Success", "data": data })
}

fn bad(code: i64, word: &str, message: &str) -> Value {
    json!({ "code": code, "message": message, "codeDesc": word })
}
