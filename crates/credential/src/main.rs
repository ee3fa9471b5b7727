//! `wharf-credential`: an exec plugin of kubectl, kube-rs and other Kubernetes clients. It prints an `ExecCredential` with
//! the certificate or token of a cluster, which the vendor's API returns.

mod cache;
mod plugin;

use clap::{Parser, ValueEnum};
use serde_json::{Map, Value};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Prints credentials for a Kubernetes cluster, as kubectl and other clients expect them from an exec plugin.
///
/// The credentials of the cloud are found as in any program of this SDK: environment variables, files of the vendors'
/// own tools, instance roles. The result is cached, readable by its owner alone, until shortly before it expires.
#[derive(Parser)]
#[command(name = "wharf-credential", version)]
struct Program {
    /// Product.
    product: Product,
    /// Identifier of the cluster.
    #[arg(long)]
    cluster: String,
    /// Region.
    #[arg(long)]
    region: Option<String>,
    /// Domain of a private cloud.
    #[arg(long)]
    domain: Option<String>,
    /// URL of the service, instead of its own host names.
    #[arg(long)]
    endpoint: Option<String>,
    /// Profile of the vendor's file with credentials.
    #[arg(long)]
    profile: Option<String>,
    /// Lifetime in seconds, for ACK, and for CCE in public clouds.
    #[arg(long, value_name = "SECONDS")]
    lifetime: Option<u64>,
    /// A further option of the connection, as JSON or text: `project_id=...`, `call_timeout=20`. May be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = option)]
    option: Vec<(String, Value)>,
    /// Folder of the cache. Default: ~/.kube/cache/wharf
    #[arg(long, value_name = "PATH")]
    cache_dir: Option<PathBuf>,
    /// Do not read or write the cache.
    #[arg(long)]
    no_cache: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Product {
    Tke,
    Cce,
    Ack,
}

impl Product {
    fn name(self) -> &'static str {
        match self {
            Self::Tke => "tke",
            Self::Cce => "cce",
            Self::Ack => "ack",
        }
    }
}

/// Reads `name=value`. A value that is not JSON is a text.
fn option(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("an option has the form name=value")?;
    Ok((name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into())))
}

impl Program {
    fn request(&self) -> plugin::Request {
        let named = [
            ("region", &self.region),
            ("domain", &self.domain),
            ("endpoint", &self.endpoint),
            ("profile", &self.profile),
        ];
        let mut options: Map<String, Value> = self.option.iter().cloned().collect();
        options.extend(named.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into()))));
        plugin::Request {
            product: self.product.name(),
            cluster: self.cluster.clone(),
            options: Value::Object(options),
            lifetime: self.lifetime.map(Duration::from_secs),
        }
    }
}

fn run(program: &Program) -> Result<(), String> {
    let version = plugin::version(std::env::var("KUBERNETES_EXEC_INFO").ok().as_deref())?;
    let request = program.request();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let fetch = || runtime.block_on(request.fetch()).map_err(|error| error.to_string());
    let status = if program.no_cache {
        fetch()?
    } else {
        let folder = program.cache_dir.clone().map_or_else(cache::folder, Ok)?;
        cache::Entry::new(&folder, &request.name()).get(fetch)?
    };
    let credential = plugin::credential(&version, &status);
    writeln!(std::io::stdout(), "{credential}").map_err(|error| error.to_string())
}

fn main() -> ExitCode {
    match run(&Program::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "wharf-credential: {error}");
            ExitCode::FAILURE
        }
    }
}
