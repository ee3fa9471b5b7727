//! The snippets of the guide. `cargo test -p wharf-guide` compiles and runs them.
//!
//! Each page is a module whose documentation is the page, so that its Rust snippets are doctests. `tests/` runs the
//! snippets in other languages. The hidden lines of a snippet connect to a reference server with the functions below.

#![allow(missing_docs, reason = "the modules are pages")]
#![doc(test(attr(deny(warnings), allow(dead_code, unused_variables))))]

use async_trait::async_trait;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use wharf::clock::{Clock, SystemClock};
use wharf::{ack, cce, ccs, tcr, tke};
use wharf_server::{Server, StartError, Time};

/// Starts a server whose time passes only while a program waits.
///
/// # Errors
/// The reason why it cannot start.
pub async fn server() -> Result<Arc<Server>, StartError> {
    Ok(Arc::new(Server::builder().time(Time::Manual).start().await?))
}

/// A clock that does not wait: it moves the time of the server instead.
#[derive(Debug)]
pub struct CloudClock(pub Arc<Server>);

#[async_trait]
impl Clock for CloudClock {
    fn now(&self) -> SystemTime {
        SystemClock.now()
    }

    fn monotonic(&self) -> std::time::Instant {
        SystemClock.monotonic()
    }

    fn random(&self) -> u64 {
        SystemClock.random()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.advance(duration);
        tokio_yield().await;
    }
}

/// Lets other tasks run once.
async fn tokio_yield() {
    SystemClock.sleep(Duration::from_millis(1)).await;
}

macro_rules! connect {
    ($($(#[$doc:meta])* $product:ident => $region:expr $(, $setting:ident = $value:expr)*;)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// A setting that is wrong.
            pub fn $product(server: &Arc<Server>) -> Result<$product::Connection, wharf::Error> {
                let region: fn(&Server) -> String = $region;
                let builder = $product::Connection::builder()
                    .region(region(server))
                    .credentials(server.credentials())
                    .transport(server.transport())
                    .clock(Arc::new(CloudClock(server.clone())));
                $(let builder = builder.$setting({
                    let value: fn(&Server) -> String = $value;
                    value(server)
                });)*
                builder.build()
            }
        )*
    };
}

connect! {
    /// Connects to TKE.
    tke => |server| server.region().to_owned();
    /// Connects to TCR.
    tcr => |server| server.region().to_owned();
    /// Connects to CCS, whose regions have short names.
    ccs => |_| "gz".to_owned();
    /// Connects to CCE.
    cce => |server| server.region().to_owned(), project_id = |server| server.project_id();
    /// Connects to ACK.
    ack => |_| "cn-beijing".to_owned();
}

macro_rules! pages {
    ($($name:ident $path:literal;)*) => {
        $(
            #[doc = include_str!(concat!("pages/", $path))]
            pub mod $name {}
        )*
    };
}

pages! {
    introduction "introduction.md";
    first_hour "first-hour.md";
    authentication "authentication.md";
    private_clouds "private-clouds.md";
    errors "errors.md";
    retries "retries.md";
    paging "paging.md";
    waiting "waiting.md";
    testing "testing.md";
    kubernetes "kubernetes.md";
    observability "observability.md";
    blocking "blocking.md";
    product_tke "products/tke.md";
    product_tcr "products/tcr.md";
    product_ccs "products/ccs.md";
    product_cce "products/cce.md";
    product_ack "products/ack.md";
    from_aws "from/aws-sdk-rust.md";
    from_boto3 "from/boto3.md";
    from_tencent "from/tencent.md";
    from_huawei "from/huawei.md";
    from_alibaba "from/alibaba.md";
    any_sdk "any-sdk.md";
}
