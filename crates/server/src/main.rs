//! The reference server as a program.

mod program {
    pub(crate) mod client;
    pub(crate) mod explain;
    pub(crate) mod log;
    pub(crate) mod orders;
}

use clap::{Args, Parser, Subcommand, ValueEnum};
use program::client::Remote;
use program::explain::Explain;
use program::log::Log;
use program::orders::Control;
use serde_json::json;
use std::error::Error;
use std::fmt::Display;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use wharf_core::clock::{Clock, SystemClock};
use wharf_core::credentials::Credentials;
use wharf_server::{Coverage, Edition, Layers, Releases, Server, Time, Unsimulated, read_world_file};

/// The vendors' services on your desk: the same wire, a simulated cloud behind it.
///
/// Prints one line of JSON when it is ready and runs until SIGINT or SIGTERM. The other commands talk to a running server.
#[derive(Parser)]
#[command(name = "wharf-server", version, args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
struct Program {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    remote: Remote,
}

const AFTER_HELP: &str = "\
The line of JSON on standard output means that the server accepts requests. It has the members endpoint, products, \
credentials (id, secret and, for a temporary key, token), region, speed (\"manual\" or a number), role_arn, project_id, \
iam_user (name, password, domain) and, with --tls, tls (ca, certificate: paths of files).

Exit codes: 0 if all went well, 1 for a failure, 2 for wrong arguments.

The control API and the inspector are below the endpoint: /_wharf/openapi.json, /_wharf/health, /_wharf/ui.";

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Control(Control),
    /// Lists how many operations of each product are simulated, and which are answered UnsupportedOperation.
    Coverage {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    Explain(Explain),
}

#[derive(Args)]
struct Settings {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Speak TLS, with a certificate authority made at start.
    #[arg(long)]
    tls: bool,
    /// A further name or address that the certificate is for; may be repeated.
    #[arg(long, requires = "tls", value_name = "NAME")]
    tls_name: Vec<String>,
    /// How many times faster than real time the simulated cloud works; `manual` if only the control API moves its time.
    #[arg(long, default_value = "1", value_parser = speed)]
    speed: Time,
    /// Identifier of the key that may sign.
    #[arg(long, requires = "secret_key")]
    secret_id: Option<String>,
    /// Secret of that key.
    #[arg(long, requires = "secret_id")]
    secret_key: Option<String>,
    /// Session token of that key, which makes it a temporary one.
    #[arg(long, requires = "secret_key")]
    token: Option<String>,
    /// Region, accepted in addition to the usual ones.
    #[arg(long, default_value = "ap-guangzhou")]
    region: String,
    /// Let the error for a wrong signature tell what was signed.
    #[arg(long)]
    explain: bool,
    /// Give empty answers for operations that are checked and not simulated, instead of refusing them.
    #[arg(long)]
    shaped: bool,
    /// Stand for a private cloud: operations that only public clouds have do not exist.
    #[arg(long)]
    private: bool,
    /// Releases of Kubernetes and of operating systems that the clouds offer: those of public clouds now, or those of the
    /// documents of private clouds.
    #[arg(long, value_enum, default_value_t)]
    releases: Offered,
    /// How many clouds there may be at the same time.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..))]
    max_clouds: u16,
    /// Start with the cloud of this file. With --save-on-exit the file need not be there.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// Save the first cloud to the file of --world when the server ends.
    #[arg(long, requires = "world")]
    save_on_exit: bool,
    /// Folder for the layers of images that clients push; it belongs to this server. Without it they are in memory.
    #[arg(long, value_name = "FOLDER")]
    layers: Option<PathBuf>,
    /// Do not enforce the documented rate limits.
    #[arg(long)]
    no_rate_limits: bool,
    /// Append each request, once it is answered, to this file as a line of JSON.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    #[command(flatten)]
    log: Log,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Offered {
    #[default]
    Current,
    Documents,
}

fn main() -> ExitCode {
    let program = Program::parse();
    let result = match program.command {
        Some(Command::Coverage { json }) => coverage(json),
        Some(Command::Explain(explain)) => return explain.run(),
        Some(Command::Control(control)) => on_runtime(control.run(&program.remote)),
        None => on_runtime(run(program.settings, &program.remote)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With standard error gone there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "wharf-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn on_runtime(work: impl Future<Output = Result<(), Box<dyn Error>>>) -> Result<(), Box<dyn Error>> {
    tokio::runtime::Runtime::new()?.block_on(work)
}

/// Reads `manual` or a number.
fn speed(text: &str) -> Result<Time, String> {
    match text.parse() {
        _ if text == "manual" => Ok(Time::Manual),
        Ok(1) => Ok(Time::Real),
        Ok(factor @ 2..=1_000_000) => Ok(Time::Accelerated(factor)),
        _ => Err("expected `manual` or a number from 1 to 1000000".to_owned()),
    }
}

fn coverage(json: bool) -> Result<(), Box<dyn Error>> {
    let coverage = Coverage::of_this_server();
    if json { print(serde_json::to_string(&coverage)?) } else { print(coverage.to_string().trim_end()) }
}

async fn run(settings: Settings, remote: &Remote) -> Result<(), Box<dyn Error>> {
    settings.log.start();
    let mut builder = Server::builder()
        .listen(settings.listen)
        .region(settings.region)
        .explain_signatures(settings.explain)
        .rate_limits(!settings.no_rate_limits)
        .unsimulated(if settings.shaped { Unsimulated::Shaped } else { Unsimulated::Refused })
        .edition(if settings.private { Edition::Private } else { Edition::All })
        .releases(match settings.releases {
            Offered::Current => Releases::Current,
            Offered::Documents => Releases::Documents,
        })
        .layers(settings.layers.map_or_else(Layers::in_memory, Layers::in_folder))
        .max_clouds(settings.max_clouds.into())
        .time(settings.speed);
    if let Some(token) = remote.token() {
        builder = builder.control_token(token);
    }
    if let Some(path) = &settings.world
        && (path.exists() || !settings.save_on_exit)
    {
        let text = read_world_file(path).map_err(|error| format!("{}: {error}", path.display()))?;
        builder = builder.world(text);
    }
    if let Some(path) = settings.journal {
        builder = builder.journal_file(path);
    }
    if let (Some(id), Some(key)) = (settings.secret_id, settings.secret_key) {
        let credentials = Credentials::new(id, key);
        builder = builder.credentials(match settings.token {
            Some(token) => credentials.with_token(token),
            None => credentials,
        });
    }
    if settings.tls {
        builder = settings.tls_name.into_iter().fold(builder.tls(), |builder, name| builder.tls_name(name));
    }
    // Before the line that says it is ready, so that a signal right after it is not lost.
    let told_to_stop = stop_signal()?;
    let server = builder.start().await?;
    let files = Files::write(&server)?;
    print(ready(&server, files.as_ref()))?;
    told_to_stop.await;
    let cloud = server.cloud().clone();
    server.stop().await;
    match settings.world.filter(|_| settings.save_on_exit) {
        Some(path) => Ok(cloud.save_to(&path).map_err(|error| format!("{}: {error}", path.display()))?),
        None => Ok(()),
    }
}

/// What a program that starts this one has to know.
fn ready(server: &Server, files: Option<&Files>) -> serde_json::Value {
    let credentials = server.credentials();
    let mut line = json!({
        "endpoint": server.endpoint(),
        "products": serde_json::Map::from_iter(server.products().into_iter().map(|(name, url)| (name.to_owned(), url.into()))),
        "credentials": { "id": credentials.id(), "secret": credentials.secret().expose() },
        "region": server.region(),
        "speed": match server.time() {
            Time::Manual => json!("manual"),
            Time::Real => json!(1),
            Time::Accelerated(factor) => json!(factor),
        },
    });
    line["registry"] = server.personal_registry().into();
    line["role_arn"] = server.role_arn().into();
    let user = server.iam_user();
    line["project_id"] = server.project_id().into();
    line["iam_user"] = json!({ "name": user.name, "password": user.password.expose(), "domain": user.domain });
    if let Some(token) = credentials.token() {
        line["credentials"]["token"] = token.expose().into();
    }
    if let Some(files) = files {
        line["tls"] = json!({ "ca": files.root, "certificate": files.certificate });
    }
    line
}

/// The certificates as files, removed when the server ends.
struct Files {
    folder: PathBuf,
    root: PathBuf,
    certificate: PathBuf,
}

impl Files {
    fn write(server: &Server) -> Result<Option<Self>, std::io::Error> {
        let (Some(root), Some(certificate)) = (server.root_certificate(), server.certificate()) else {
            return Ok(None);
        };
        let folder = private_folder()?;
        // From here on it is removed, whatever fails.
        let files = Self { root: folder.join("ca.pem"), certificate: folder.join("certificate.pem"), folder };
        for (path, pem) in [(&files.root, root), (&files.certificate, certificate)] {
            std::fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(pem.as_bytes())?;
        }
        Ok(Some(files))
    }
}

/// A new folder in the one for temporary files, with a name that cannot be guessed, that only
/// its owner may enter.
fn private_folder() -> std::io::Result<PathBuf> {
    let mut maker = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    let name = format!("wharf-server-{:016x}{:016x}", SystemClock.random(), SystemClock.random());
    let folder = std::env::temp_dir().join(name);
    // Fails when there is anything of that name, be it a link.
    maker.create(&folder)?;
    Ok(folder)
}

impl Drop for Files {
    fn drop(&mut self) {
        // Left behind in the folder for temporary files if it cannot be removed.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Resolves at SIGINT or SIGTERM.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler there is nothing to wait for; the system ends the program.
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn print(line: impl Display) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}
