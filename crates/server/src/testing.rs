//! A server that all tests of a program share, and a cloud for each test.

use crate::clock::Time;
use crate::cloud::Cloud;
use crate::control::Problem;
use crate::error::StartError;
use crate::server::Server;
use std::ops::Deref;
use std::sync::OnceLock;
use tokio::runtime::Runtime;

/// Why a test has no cloud.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestError {
    /// The server does not start. The reason is the same for all tests.
    #[error("the server does not start: {0}")]
    Start(&'static StartError),
    /// The server has no room for another cloud.
    #[error("no cloud: {0}")]
    Cloud(#[from] Problem),
}

/// A cloud that one test has for itself, with fresh keys. It ends when it is dropped.
#[derive(Debug)]
pub struct TestCloud(Cloud);

impl Deref for TestCloud {
    type Target = Cloud;

    fn deref(&self) -> &Cloud {
        &self.0
    }
}

impl Drop for TestCloud {
    fn drop(&mut self) {
        // The test may have ended the cloud.
        let _ = self.0.end();
    }
}

/// Returns a new cloud of the shared server.
///
/// ```
/// use std::time::Duration;
/// use wharf_server::testing;
///
/// let (mine, other) = (testing::cloud()?, testing::cloud()?);
/// assert_eq!(mine.endpoint(), other.endpoint());
/// assert_ne!(mine.credentials().id(), other.credentials().id());
/// mine.advance(Duration::from_secs(60));
/// # Ok::<(), testing::TestError>(())
/// ```
///
/// # Errors
/// If the server does not start, or has as many clouds as it can have.
pub fn cloud() -> Result<TestCloud, TestError> {
    Ok(TestCloud(shared()?.new_cloud().start()?))
}

/// Returns the server that all tests of a program share. The first call starts it.
///
/// It runs until the process ends, on its own threads: the runtime of a `#[tokio::test]` ends with its test. World time
/// stands still until it is advanced, and the documented rate limits do not apply.
///
/// # Errors
/// If it does not start.
pub fn shared() -> Result<&'static Server, TestError> {
    static SHARED: OnceLock<Result<(Server, Runtime), StartError>> = OnceLock::new();
    SHARED.get_or_init(start).as_ref().map(|(server, _)| server).map_err(TestError::Start)
}

/// Starts the server on a separate thread, because a runtime cannot be entered from within another.
fn start() -> Result<(Server, Runtime), StartError> {
    let started = std::thread::spawn(|| {
        let runtime = Runtime::new().map_err(|error| StartError::Setting(format!("no runtime: {error}")))?;
        let server = runtime.block_on(Server::builder().time(Time::Manual).rate_limits(false).start())?;
        Ok((server, runtime))
    });
    started.join().unwrap_or_else(|_| Err(StartError::Setting("the thread of the server ended".to_owned())))
}
