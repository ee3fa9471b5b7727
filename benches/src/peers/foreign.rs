//! Clients in other languages: scripts in `benches/clients`, with packages that `prepare.py` installs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Script, file that shows that its packages are installed, and the name of the client in reports.
const SCRIPTS: [(&str, &str, &str); 3] = [
    ("tencent.py", "tencent.ready", "tencentcloud-sdk-python-tke"),
    ("wharf.py", "wharf.ready", "Wharf, Python"),
    ("tencent.cjs", "tencent-node.ready", "tencentcloud-sdk-nodejs-tke"),
];
/// Clients of the comparison that this runner does not have.
const MISSING: [&str; 2] =
    ["tencentcloud-sdk-go: no script yet", "the C interface, Huawei's and Alibaba's clients: no script yet"];

/// The clients that are installed, and the reasons why others are left out.
#[derive(Debug)]
pub(super) struct Foreign {
    home: PathBuf,
    found: Vec<(&'static str, &'static str, &'static str)>,
    left_out: Vec<String>,
}

impl Foreign {
    /// Looks for the packages in `target/peers`.
    pub(super) fn find() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("../target"), PathBuf::from);
        let home = target.join("peers");
        let (mut found, mut left_out) = (Vec::new(), MISSING.map(str::to_owned).to_vec());
        for script in SCRIPTS {
            if home.join(script.1).exists() {
                found.push(script);
            } else {
                left_out.push(format!("{}: `python3 benches/clients/prepare.py` has not installed it", script.2));
            }
        }
        Self { home, found, left_out }
    }

    /// Returns the names of the clients, and their names in reports.
    pub(super) fn clients(&self) -> impl Iterator<Item = (String, String)> {
        self.found.iter().map(|(name, _, text)| ((*name).to_owned(), (*text).to_owned()))
    }

    /// Returns the command of a client, or `None` if it is one in Rust.
    pub(super) fn command(&self, name: &str) -> Option<Command> {
        let (script, ..) = self.found.iter().find(|(script, ..)| *script == name)?;
        let mut command = match script.ends_with(".py") {
            true => Command::new(self.home.join("venv/bin/python")),
            false => Command::new("node"),
        };
        command.env("NODE_PATH", self.home.join("node/node_modules"));
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(script));
        Some(command)
    }

    /// Returns the reasons why clients are left out.
    pub(super) fn left_out(&self) -> &[String] {
        &self.left_out
    }
}
