//! A client of the W3C WebDriver protocol, with the commands that these tests use.

use base64::Engine;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// The member that makes a JSON object a reference to an element (section 12.2 of the protocol).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// How long a script or the load of a page may take.
const SLOWEST: Duration = Duration::from_secs(60);

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Error {
    /// WebDriver's error and its message.
    Refused { error: String, message: String },
    /// No response arrived.
    Transport(reqwest::Error),
    /// The response is not what the protocol describes.
    Unexpected(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { error, message } => write!(f, "{error}: {message}"),
            Self::Transport(error) => write!(f, "no response: {error:?}"),
            Self::Unexpected(response) => write!(f, "unexpected response: {response}"),
        }
    }
}

impl std::error::Error for Error {}

/// A key without a character (section 17.4.2 of the protocol).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Tab,
    Enter,
    Escape,
    End,
    Up,
    Down,
}

impl Key {
    fn code(self) -> char {
        match self {
            Self::Tab => '\u{E004}',
            Self::Enter => '\u{E007}',
            Self::Escape => '\u{E00C}',
            Self::End => '\u{E010}',
            Self::Up => '\u{E013}',
            Self::Down => '\u{E015}',
        }
    }
}

/// One entry of a log of the browser.
pub(crate) struct LogEntry {
    pub(crate) level: String,
    pub(crate) message: String,
}

/// A session: one browser.
#[derive(Debug, Clone)]
pub(crate) struct WebDriver {
    client: Client,
    /// The address of the session.
    address: String,
}

impl WebDriver {
    /// Starts a browser with these arguments. It keeps all entries of the named logs.
    pub(crate) async fn start(driver: &str, arguments: &[&str], logs: &[&str]) -> Result<Self> {
        let client = Client::builder().no_proxy().timeout(SLOWEST * 2).build().map_err(Error::Transport)?;
        let levels: serde_json::Map<_, _> = logs.iter().map(|&log| (log.to_owned(), json!("ALL"))).collect();
        let capabilities = json!({
            "browserName": "chrome",
            "timeouts": {"script": SLOWEST.as_millis(), "pageLoad": SLOWEST.as_millis()},
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": levels,
        });
        let sessions = Self { client, address: format!("{driver}/session") };
        let session = sessions.post("", json!({"capabilities": {"alwaysMatch": capabilities}})).await?;
        Ok(Self { address: format!("{}/{}", sessions.address, text(&session["sessionId"])?), ..sessions })
    }

    /// Sends a command, and returns the value of its response.
    async fn send(&self, method: Method, path: &str, parameters: Option<Value>) -> Result<Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.address));
        if let Some(parameters) = parameters {
            request = request.header("content-type", "application/json").body(parameters.to_string());
        }
        let response = request.send().await.map_err(Error::Transport)?;
        let status = response.status();
        let body = response.text().await.map_err(Error::Transport)?;
        let unexpected = || Error::Unexpected(format!("{status} {body}"));
        let mut parsed: Value = serde_json::from_str(&body).map_err(|_| unexpected())?;
        let value = parsed.get_mut("value").map(Value::take).ok_or_else(unexpected)?;
        if status.is_success() {
            return Ok(value);
        }
        let member = |name: &str| value[name].as_str().map(str::to_owned).ok_or_else(unexpected);
        Err(Error::Refused { error: member("error")?, message: member("message")? })
    }

    async fn post(&self, path: &str, parameters: Value) -> Result<Value> {
        self.send(Method::POST, path, Some(parameters)).await
    }

    pub(crate) async fn navigate(&self, address: &str) -> Result<()> {
        self.post("/url", json!({"url": address})).await.map(drop)
    }

    /// Runs the body of a function, and returns what the function returns.
    pub(crate) async fn execute(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        self.post("/execute/sync", json!({"script": script, "args": arguments})).await
    }

    /// Runs the body of a function, and returns what it passes to its last argument.
    pub(crate) async fn execute_async(&self, script: &str) -> Result<Value> {
        self.post("/execute/async", json!({"script": script, "args": []})).await
    }

    /// Returns the first element that fits a CSS selector.
    pub(crate) async fn find(&self, css: &str) -> Result<Element> {
        self.element(self.post("/element", json!({"using": "css selector", "value": css})).await?)
    }

    /// Returns the element of a reference.
    pub(crate) fn element(&self, reference: Value) -> Result<Element> {
        let path = format!("/element/{}", text(&reference[ELEMENT])?);
        Ok(Element { browser: self.clone(), path, reference })
    }

    /// Presses and releases the keys of a text, one after the other, for the element with the focus.
    pub(crate) async fn type_text(&self, text: &str) -> Result<()> {
        let both = |key: char| ["keyDown", "keyUp"].map(|action| json!({"type": action, "value": key}));
        let actions: Vec<Value> = text.chars().flat_map(both).collect();
        self.post("/actions", json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}))
            .await
            .map(drop)
    }

    /// Presses and releases a key for the element with the focus.
    pub(crate) async fn press(&self, key: Key) -> Result<()> {
        self.type_text(&key.code().to_string()).await
    }

    /// Returns what is shown, as a PNG file.
    pub(crate) async fn screenshot(&self) -> Result<Vec<u8>> {
        let value = self.send(Method::GET, "/screenshot", None).await?;
        let decoded = base64::engine::general_purpose::STANDARD.decode(text(&value)?);
        decoded.map_err(|error| Error::Unexpected(format!("a screenshot that is not base64: {error}")))
    }

    /// Returns the entries of a log since the last call.
    pub(crate) async fn log(&self, name: &str) -> Result<Vec<LogEntry>> {
        let value = self.post("/se/log", json!({"type": name})).await?;
        let entries = value.as_array().ok_or_else(|| Error::Unexpected(value.to_string()))?;
        let read = |entry: &Value| Ok(LogEntry { level: text(&entry["level"])?, message: text(&entry["message"])? });
        entries.iter().map(read).collect()
    }

    /// Sends a command of the Chrome DevTools Protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        self.post("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).await
    }

    /// Closes the browser.
    pub(crate) async fn quit(&self) -> Result<()> {
        self.send(Method::DELETE, "", None).await.map(drop)
    }
}

/// An element of the page.
#[derive(Debug)]
pub(crate) struct Element {
    browser: WebDriver,
    path: String,
    reference: Value,
}

impl Element {
    /// Returns the element as an argument of a script.
    pub(crate) fn reference(&self) -> Value {
        self.reference.clone()
    }

    async fn post(&self, command: &str, parameters: Value) -> Result<Value> {
        self.browser.post(&format!("{}/{command}", self.path), parameters).await
    }

    pub(crate) async fn click(&self) -> Result<()> {
        self.post("click", json!({})).await.map(drop)
    }

    pub(crate) async fn clear(&self) -> Result<()> {
        self.post("clear", json!({})).await.map(drop)
    }

    pub(crate) async fn send_keys(&self, keys: &str) -> Result<()> {
        self.post("value", json!({"text": keys})).await.map(drop)
    }

    /// Returns the text as it is shown.
    pub(crate) async fn text(&self) -> Result<String> {
        text(&self.browser.send(Method::GET, &format!("{}/text", self.path), None).await?)
    }
}

/// Returns a value that the protocol says is a string.
fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| Error::Unexpected(value.to_string()))
}
