//! Calls any operation by name with JSON and prints the answer's JSON.
//!
//! ```console
//! $ cargo run -q --example call -- [--endpoint URL] [--region R] [--ca FILE] \
//!       [--signature tc3|hmac-sha1|hmac-sha256] [--method post|get] tke DescribeClusters '{"Limit":1}'
//! $ cargo run -q --example call -- --endpoint URL cce ListClusters '{}'
//! $ cargo run -q --example call -- --endpoint URL [--signature hmac-sha1|acs3] ack DescribeClustersV1 '{}'
//! $ cargo run -q --example call -- --endpoint URL --signature hmac-sha256 ccs DescribeCluster '{"limit":1}'
//! ```
//!
//! Credentials come from the environment. For `tke`, `tcr` and `ccs`: `TENCENTCLOUD_SECRET_ID`,
//! `TENCENTCLOUD_SECRET_KEY` and, for a temporary key, `TENCENTCLOUD_TOKEN`. For `cce`: `HUAWEICLOUD_SDK_AK`,
//! `HUAWEICLOUD_SDK_SK`, `HUAWEICLOUD_SDK_SECURITY_TOKEN` and the project in `HUAWEICLOUD_SDK_PROJECT_ID`. For
//! `ack` and `sts`: `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET`,
//! `ALIBABA_CLOUD_SECURITY_TOKEN` and the region in `ALIBABA_CLOUD_REGION_ID`.
//! Exits with 1 when the call fails, the error on stderr, and with 2 when the command line is wrong.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;
use wharf::tke::{HttpMethod, SignatureMethod};
use wharf::{Error, ack, cce, ccs, sts, tcr, tke};

#[derive(Parser)]
#[command(about = "Calls any operation by name with JSON")]
struct Arguments {
    /// Where to send it; the product's public endpoint by default.
    #[arg(long)]
    endpoint: Option<String>,
    /// Region; for Tencent's products TENCENTCLOUD_REGION by default, or else ap-guangzhou.
    #[arg(long)]
    region: Option<String>,
    /// How to sign, where there is a choice: tc3 (the default; `ccs` does not know it and takes hmac-sha1),
    /// hmac-sha1 or hmac-sha256 for Tencent's products, hmac-sha1 (the default) or acs3 for ack.
    #[arg(long, value_parser = ["tc3", "hmac-sha1", "hmac-sha256", "acs3"])]
    signature: Option<String>,
    /// How to send, for Tencent's products.
    #[arg(long, default_value = "post", value_parser = ["post", "get"])]
    method: String,
    /// Trust this certificate authority too (a PEM file).
    #[arg(long)]
    ca: Option<std::path::PathBuf>,
    /// Product: `tke`, `tcr`, `ccs`, `cce`, `ack` or `sts`.
    product: String,
    /// Operation, such as `DescribeClusters`.
    operation: String,
    /// Input as JSON.
    #[arg(default_value = "{}")]
    input: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match call(Arguments::parse()).await {
        Ok(answer) => {
            // Whoever reads may have stopped reading.
            let _ = writeln!(std::io::stdout(), "{answer:#}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn call(arguments: Arguments) -> Result<serde_json::Value, Error> {
    let input = serde_json::from_str(&arguments.input).map_err(|error| Error::invalid_input("input", error))?;
    let signature = match arguments.signature.as_deref() {
        Some("hmac-sha1") => SignatureMethod::HmacSha1,
        Some("hmac-sha256") => SignatureMethod::HmacSha256,
        None if arguments.product == "ccs" => SignatureMethod::HmacSha1,
        _ => SignatureMethod::Tc3HmacSha256,
    };
    let method = if arguments.method == "get" { HttpMethod::Get } else { HttpMethod::Post };
    let ca = arguments
        .ca
        .map(|file| std::fs::read(&file).map_err(|error| Error::configuration("--ca", error)))
        .transpose()?;
    macro_rules! call {
        ($builder:expr) => {{
            let mut builder = $builder;
            if let Some(endpoint) = &arguments.endpoint {
                builder = builder.endpoint(endpoint);
            }
            if let Some(ca) = ca {
                builder = builder.root_certificate(ca);
            }
            builder.build()?.call(&arguments.product, &arguments.operation, input).await
        }};
    }
    macro_rules! tencent {
        ($product:ident) => {
            $product::Connection::builder()
                .region(tencent_region(arguments.region))
                .credentials(tke::credentials::environment())
                .signature_method(signature)
                .http_method(method)
        };
    }
    macro_rules! alibaba {
        ($product:ident) => {{
            // Without one the region comes from the environment.
            let builder = $product::Connection::builder().credentials($product::credentials::environment());
            match &arguments.region {
                Some(region) => builder.region(region),
                None => builder,
            }
        }};
    }
    match arguments.product.as_str() {
        "ack" => call!(match arguments.signature.as_deref() {
            Some("acs3") => alibaba!(ack).signature_method(ack::SignatureMethod::Acs3HmacSha256),
            _ => alibaba!(ack),
        }),
        "sts" => call!(alibaba!(sts)),
        "cce" => {
            // The project comes from the environment by itself.
            let builder = cce::Connection::builder().credentials(cce::credentials::environment());
            call!(match &arguments.region {
                Some(region) => builder.region(region),
                None => builder,
            })
        }
        "ccs" => call!(tencent!(ccs)),
        "tcr" => call!(tencent!(tcr)),
        _ => call!(tencent!(tke)),
    }
}

fn tencent_region(given: Option<String>) -> String {
    let environment = || std::env::var("TENCENTCLOUD_REGION").ok().filter(|region| !region.is_empty());
    given.or_else(environment).unwrap_or_else(|| "ap-guangzhou".to_owned())
}
