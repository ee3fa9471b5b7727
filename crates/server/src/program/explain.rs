//! `wharf-server explain`: why the signature of a captured request is wrong.

use clap::Args;
use std::error::Error;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wharf_core::credentials::Credentials;
use wharf_core::model::Secret;
use wharf_server::{Keys, explain};

/// The variables of the environment with the key.
const SECRET: &str = "WHARF_SECRET_KEY";
const ID: &str = "WHARF_SECRET_ID";
const TOKEN: &str = "WHARF_TOKEN";
/// Bytes of a file that are read.
const MOST: u64 = (16 << 20) + 1;

/// Explains the signature of a captured request.
///
/// The request is HTTP text as from a proxy, `tcpdump -A` or `curl -v`, a command line of curl, or an archive in HAR. The secret is
/// read from the variable WHARF_SECRET_KEY or from a file, and is not printed. Exits with 0 if the signature is valid, 1 if it is
/// not, and 2 if the capture cannot be read.
#[derive(Args)]
pub(crate) struct Explain {
    /// The file with the request; `-` reads standard input.
    file: PathBuf,
    /// Identifier of the key. By default WHARF_SECRET_ID, or the one that the request names.
    #[arg(long, value_name = "ID")]
    secret_id: Option<String>,
    /// File with the secret of the key. By default the variable WHARF_SECRET_KEY.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Time of the capture, at which the signature is checked: seconds since 1970, or `2024-01-02T03:04:05Z`. By default now.
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<SystemTime>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Explain {
    /// Explains, and returns the code with which the program exits.
    pub(crate) fn run(self) -> ExitCode {
        match self.print() {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::from(1),
            Err(error) => {
                // With standard error gone nothing can be reported.
                let _ = writeln!(std::io::stderr(), "wharf-server: {error}");
                ExitCode::from(2)
            }
        }
    }

    fn print(self) -> Result<bool, Box<dyn Error>> {
        let capture = read(&self.file)?;
        let secret = match &self.secret_file {
            Some(path) => Some(secret(&read(path)?)?),
            None => variable(SECRET)?.map(Secret::from),
        };
        let mut keys = Keys::new();
        match (self.secret_id.map_or_else(|| variable(ID), |id| Ok(Some(id)))?, secret) {
            (_, None) => {
                return Err(format!("the secret is needed: set {SECRET}, or name a file with --secret-file").into());
            }
            (Some(id), Some(secret)) => {
                let credentials = Credentials::new(id, secret);
                keys = keys.key(&match variable(TOKEN)? {
                    Some(token) => credentials.with_token(token),
                    None => credentials,
                });
            }
            (None, Some(secret)) => keys = keys.secret(secret),
        }
        if let Some(at) = self.at {
            keys = keys.at(at);
        }
        let found = explain(&capture, &keys)?;
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", found.to_json())?;
        } else {
            writeln!(out, "{found}")?;
        }
        out.flush()?;
        Ok(found.is_good())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MOST).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes))
    };
    read.map(|_| bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// The secret in a file, without the line break at its end.
fn secret(bytes: &[u8]) -> Result<Secret, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the file with the secret is not UTF-8".to_owned())?;
    Ok(Secret::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn variable(name: &str) -> Result<Option<String>, String> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(format!("the variable {name} is not UTF-8")),
    }
}

fn time(text: &str) -> Result<SystemTime, String> {
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => Some(seconds),
        Err(_) => chrono::DateTime::parse_from_rfc3339(text).ok().and_then(|time| u64::try_from(time.timestamp()).ok()),
    };
    let time = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    time.ok_or_else(|| "it is neither seconds since 1970 nor a time such as 2024-01-02T03:04:05Z".to_owned())
}
