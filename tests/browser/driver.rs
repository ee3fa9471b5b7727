//! ChromeDriver and the browsers that it starts.

use crate::page::Page;
use crate::webdriver::WebDriver;
use futures_util::FutureExt;
use std::future::Future;
use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Browsers that run at the same time.
const AT_ONCE: usize = 2;
/// `required`: a missing browser is a failure. `none`: the tests are left out. Otherwise they run if there is a browser.
const WANTED: &str = "WHARF_BROWSER";

static BROWSERS: Semaphore = Semaphore::const_new(AT_ONCE);
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// How a page is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
}

/// A screen as wide as that of a small laptop.
pub(crate) const WIDE: Look = Look { width: 1280, height: 900, dark: false };
/// A telephone.
pub(crate) const NARROW: Look = Look { width: 390, height: 844, dark: false };
/// The narrowest telephone that is in use.
pub(crate) const NARROWEST: Look = Look { width: 360, height: 740, dark: false };

impl Look {
    pub(crate) fn dark(self) -> Self {
        Self { dark: true, ..self }
    }
}

fn is_there(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|it| it.success())
}

/// Whether there is a browser that is to be used. Prints what is left out without one.
fn browser_is_there() -> bool {
    let wanted = std::env::var(WANTED).unwrap_or_default();
    let missing: Vec<_> = ["chromium", "chromedriver"].into_iter().filter(|program| !is_there(program)).collect();
    let reason = match wanted.as_str() {
        "none" => format!("{WANTED} is none"),
        _ if missing.is_empty() => return true,
        _ => format!("{} not found", missing.join(" and ")),
    };
    assert_ne!(wanted, "required", "the inspector's tests need a browser: {reason}");
    // To the standard error itself: what a test prints is hidden if it succeeds.
    let _ = writeln!(std::io::stderr(), "left out: the inspector's tests need a browser; {reason}");
    false
}

/// A ChromeDriver of this test, ended with all its browsers.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts one. The port that it chooses can be taken before it listens: then it ends, and another is started.
    fn start() -> Self {
        (0..10).find_map(|_| Self::started()).expect("a ChromeDriver that listens")
    }

    fn started() -> Option<Self> {
        let mut command = Command::new("chromedriver");
        let mut process = command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            line.unwrap().split_once("was started successfully on port ").map(|(_, port)| port.to_owned())
        });
        let driver = Self { process, port: port?.trim_end_matches('.').parse().unwrap() };
        // Reads what comes later, so that the pipe is never full.
        std::thread::spawn(move || lines.for_each(drop));
        Some(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder for a browser's profile, removed in the end.
struct Profile(PathBuf);

impl Profile {
    fn new() -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("wharf-browser-{}-{number}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Starts a browser that keeps what its console says and what it requests.
async fn browser(driver: &Driver, profile: &Profile) -> WebDriver {
    let profile = format!("--user-data-dir={}", profile.0.display());
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en",
        &profile,
    ];
    let address = format!("http://127.0.0.1:{}", driver.port);
    let started = WebDriver::start(&address, &arguments, &["browser", "performance"]).await;
    started.unwrap_or_else(|error| panic!("the browser does not start: {error}"))
}

/// Runs a test with a page of a server, and closes the browser however the test ends. The page must not have called
/// another server, and its console must be without errors.
pub(crate) async fn with_page<F: Future<Output = Page>>(endpoint: &str, look: Look, test: impl FnOnce(Page) -> F) {
    if !browser_is_there() {
        return;
    }
    rustls::crypto::ring::default_provider().install_default().ok();
    let _place = BROWSERS.acquire().await.unwrap();
    let profile = Profile::new();
    let driver = Driver::start();
    let browser = browser(&driver, &profile).await;
    let ended = AssertUnwindSafe(async {
        let page = test(Page::new(browser.clone(), endpoint, look).await).await;
        page.check_console().await;
        page.check_requests().await;
    })
    .catch_unwind()
    .await;
    if ended.is_err() {
        Page::keep_failure(&browser).await;
    }
    let _ = browser.quit().await;
    if let Err(panic) = ended {
        resume_unwind(panic);
    }
}
