//! The runner in Rust, by `wharf::any`.

use super::Runner;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use tracing::instrument::WithSubscriber;
use wharf::Error;
use wharf::any::{self, Connection, Names};

pub(super) struct InProcess {
    runtime: tokio::runtime::Runtime,
    connection: Option<Connection>,
    log: Log,
}

impl InProcess {
    pub(super) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, connection: None, log: Log::default() }
    }

    fn connect(&mut self, product: &str, options: &Value) -> Value {
        let _entered = self.runtime.enter();
        match Connection::from_options(product, options) {
            Ok(connection) => {
                let shown = format!("{connection:?}");
                self.connection = Some(connection);
                json!({"ok": null, "shown": shown})
            }
            Err(error) => failure(&error),
        }
    }
}

impl Runner for InProcess {
    fn step(&mut self, step: &Value) -> Value {
        if let Some(told) = step.get("connect") {
            return self.connect(told["product"].as_str().unwrap(), &told["options"]);
        }
        let connection = self.connection.clone().expect("nobody has connected");
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        let log = self.log.clone();
        let subscriber = subscriber.with_writer(move || log.clone()).finish();
        self.runtime.block_on(perform(connection, step).with_subscriber(subscriber))
    }

    fn end(self: Box<Self>) -> String {
        String::from_utf8_lossy(&self.log.0.lock().unwrap()).into_owned()
    }
}

async fn perform(connection: Connection, step: &Value) -> Value {
    let text = |name: &str| step.get(name).and_then(Value::as_str);
    let input = step.get("input").cloned().unwrap_or_default();
    let options = match any::call_options(step.get("options").unwrap_or(&Value::Null)) {
        Ok(options) => options,
        Err(error) => return failure(&error),
    };
    if let Some(operation) = text("call") {
        return match connection.call_with(operation, input, &options).await {
            Ok(answer) => {
                // What the typed answer shows, which is what a program would print.
                let entry = connection.operation(operation).unwrap();
                let mut model = entry.output();
                let read = wharf::model::json::read_value(&answer, &mut *model, wharf::model::json::Mode::Lenient);
                let same = read.is_ok() && any::to_value(&*model, Names::Wire).is_object();
                json!({"ok": answer, "shown": format!("{same} {model:?}")})
            }
            Err(error) => failure(&error),
        };
    }
    if let Some(operation) = text("pages") {
        return match connection.pages_with::<Value>(operation, input, options) {
            Ok(walk) => pages(walk).await,
            Err(error) => with(failure(&error), json!({"pages": [], "offset": 0})),
        };
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = told.clone();
    let done = match connection.wait(text("wait").unwrap(), step.get("arguments").unwrap_or(&Value::Null)) {
        Ok(wait) => {
            wait.on_progress(move |now| tell.lock().unwrap().push(json!({"text": now.text, "state": now.state}))).await
        }
        Err(error) => Err(error),
    };
    let reply = match done {
        Ok(outcome) => json!({"ok": outcome.to_value(), "shown": format!("{outcome:?}")}),
        Err(error) => failure(&error),
    };
    let told = std::mem::take(&mut *told.lock().unwrap());
    with(reply, json!({"progress": told}))
}

async fn pages(mut walk: any::Pages<Value>) -> Value {
    let mut pages = Vec::new();
    let ended = loop {
        match walk.try_next().await {
            Ok(Some(page)) => pages.push(page),
            Ok(None) => break json!({}),
            Err(error) => break failure(&error),
        }
    };
    with(ended, json!({"pages": pages, "offset": walk.offset()}))
}

fn with(mut reply: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        reply[name] = value.clone();
    }
    reply
}

fn failure(error: &Error) -> Value {
    json!({
        "error": {
            "kind": error.kind().to_string(),
            "message": error.message(),
            "text": error.to_string(),
            "code": error.code(),
            "field": error.field(),
            "request_id": error.request_id(),
            "product": error.operation().map(|operation| operation.product),
            "operation": error.operation().map(|operation| operation.name),
            "status": error.status(),
            "retryable": error.is_retryable(),
        },
        "shown": format!("{error:?}"),
    })
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
