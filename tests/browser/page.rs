//! The page of the inspector as a person uses it.

use crate::driver::Look;
use crate::webdriver::{Element, Key, WebDriver};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long something may take until it is seen.
const DEADLINE: Duration = Duration::from_secs(20);
/// If it is set, screenshots are written to this folder.
const SCREENSHOTS: &str = "WHARF_SCREENSHOTS";

pub(crate) struct Page {
    browser: WebDriver,
    endpoint: String,
    /// What the console may say.
    expected: Vec<&'static str>,
}

impl Page {
    /// Opens the page as a person does who has typed its address.
    pub(crate) async fn new(browser: WebDriver, endpoint: &str, look: Look) -> Self {
        let page = Self { browser, endpoint: endpoint.to_owned(), expected: Vec::new() };
        page.look(look).await;
        page.go("/_wharf/ui").await;
        page
    }

    pub(crate) async fn go(&self, path: &str) {
        self.browser.navigate(&format!("{}{path}", self.endpoint)).await.unwrap();
    }

    pub(crate) async fn look(&self, look: Look) {
        let metrics = json!({"width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if look.dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    async fn devtools(&self, method: &str, parameters: Value) {
        self.browser.devtools(method, parameters).await.unwrap();
    }

    /// Lets the console say this: the browser logs each response with an error status.
    pub(crate) fn expect(&mut self, text: &'static str) {
        self.expected.push(text);
    }

    /// The value of an expression.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        let value = self.browser.execute(&format!("return ({expression})"), &[]).await;
        value.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Runs a script.
    pub(crate) async fn run(&self, script: &str) {
        self.browser.execute(script, &[]).await.unwrap();
    }

    /// The value of a promise.
    pub(crate) async fn run_async(&self, promise: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; ({promise}).then(done, (error) => done(String(error)));"
        );
        self.browser.execute_async(&script).await.unwrap()
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub(crate) fn until(&self, expression: impl Into<String>) -> impl Future<Output = ()> {
        let (expression, place) = (expression.into(), std::panic::Location::caller());
        async move {
            let start = Instant::now();
            while self.evaluate(&format!("!!({expression})")).await != json!(true) {
                assert!(start.elapsed() < DEADLINE, "{place}: not seen: {expression}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    /// Waits until an element that is shown has a text in it.
    #[track_caller]
    pub(crate) fn until_shown(&self, css: &str, text: &str) -> impl Future<Output = ()> {
        self.until(shown(css, text))
    }

    /// The text of the first such element.
    pub(crate) async fn text(&self, css: &str) -> String {
        self.browser.find(css).await.unwrap_or_else(|error| panic!("{css}: {error}")).text().await.unwrap()
    }

    /// Waits for the first shown element that has the text, and returns it.
    pub(crate) async fn element(&self, css: &str, text: &str) -> Element {
        self.until(shown(css, text)).await;
        let found = self.browser.execute(&format!("return {}", shown(css, text)), &[]).await.unwrap();
        self.browser.element(found).unwrap()
    }

    pub(crate) async fn click(&self, css: &str, text: &str) {
        let element = self.element(css, text).await;
        // As a person does: away from the bars at the top and at the bottom.
        let scroll = "arguments[0].scrollIntoView({block: 'center'})";
        self.browser.execute(scroll, &[element.reference()]).await.unwrap();
        element.click().await.unwrap_or_else(|error| panic!("{css} {text}: {error}"));
    }

    /// Replaces the text of a field.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let field = self.element(css, "").await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses an option by its value.
    pub(crate) async fn choose(&self, css: &str, value: &str) {
        let option = format!("{css} option[value={value:?}]");
        let option = self.browser.find(&option).await.unwrap_or_else(|error| panic!("{option}: {error}"));
        option.click().await.unwrap();
    }

    /// Presses a key in whatever has the focus.
    pub(crate) async fn press(&self, key: Key) {
        self.browser.press(key).await.unwrap();
    }

    /// Types into whatever has the focus.
    pub(crate) async fn type_text(&self, text: &str) {
        self.browser.type_text(text).await.unwrap();
    }

    /// Presses Tab until the element with the focus fits a selector and has the text.
    #[track_caller]
    pub(crate) fn tab_to(&self, css: &str, text: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        let wanted = format!(
            "document.activeElement.matches({}) && document.activeElement.textContent.includes({})",
            json!(css),
            json!(text)
        );
        let what = format!("{css} {text}");
        async move {
            for _ in 0..250 {
                self.press(Key::Tab).await;
                if self.evaluate(&wanted).await == json!(true) {
                    return;
                }
            }
            panic!("{place}: the Tab key does not reach {what}");
        }
    }

    /// What the console said. A log is read once: the browser forgets what it has handed out.
    pub(crate) async fn check_console(&self) {
        let said = self.browser.log("browser").await.unwrap();
        let texts = said
            .iter()
            .filter(|entry| entry.level != "INFO" && entry.level != "DEBUG")
            .map(|entry| entry.message.clone());
        let wrong: Vec<String> =
            texts.filter(|text| !self.expected.iter().any(|expected| text.contains(expected))).collect();
        assert!(wrong.is_empty(), "the console has {wrong:#?}");
    }

    /// The addresses of all requests that the page made.
    pub(crate) async fn check_requests(&self) {
        let log = self.browser.log("performance").await.unwrap();
        let mut own = 0;
        for entry in log {
            let message: Value = serde_json::from_str(&entry.message).unwrap();
            if message["message"]["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let address = message["message"]["params"]["request"]["url"].as_str().unwrap().to_owned();
            // The page that a browser opens first is in the browser itself.
            if address.starts_with("chrome://") || address.starts_with("chrome-untrusted://") {
                continue;
            }
            let local = address.starts_with(&format!("{}/", self.endpoint))
                || address.starts_with("data:")
                || address.starts_with("blob:");
            assert!(local, "the page asked for {address}");
            own += 1;
        }
        assert!(own > 30, "only {own} requests were seen: the page alone has more files");
    }

    /// Writes a screenshot, if there is a folder for it.
    pub(crate) async fn screenshot(&self, name: &str) {
        if let Some(folder) = std::env::var_os(SCREENSHOTS) {
            let file = Path::new(&folder).join(format!("{name}.png"));
            std::fs::write(file, self.browser.screenshot().await.unwrap()).unwrap();
        }
    }

    /// Writes what a test saw when it failed.
    pub(crate) async fn keep_failure(browser: &WebDriver) {
        let name = std::thread::current().name().unwrap_or("browser").replace("::", "-");
        let file: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        if let Ok(seen) = browser.screenshot().await
            && std::fs::write(&file, seen).is_ok()
        {
            println!("{} shows what was seen", file.display());
        }
    }
}

/// An expression for the first element that is shown and has a text in it.
fn shown(css: &str, text: &str) -> String {
    format!(
        "[...document.querySelectorAll({})].find(it => it.checkVisibility() && it.textContent.includes({}))",
        json!(css),
        json!(text)
    )
}
