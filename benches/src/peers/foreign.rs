//! Clients in other languages: scripts in `benches/clients`, with packages that `prepare.py` installs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A client in another language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Script {
    /// The product that it calls.
    pub(super) product: &'static str,
    /// The script, or the program that is built from it.
    pub(super) file: &'static str,
    /// The file that shows that its packages are installed.
    ready: &'static str,
    /// Its name in reports.
    pub(super) name: &'static str,
}

const SCRIPTS: [Script; 7] = [
    Script { product: "tke", file: "wharf-c", ready: "wharf-c.ready", name: "Wharf, C" },
    Script { product: "tke", file: "wharf.py", ready: "wharf.ready", name: "Wharf, Python" },
    Script { product: "tke", file: "tencent.py", ready: "tencent.ready", name: "tencentcloud-sdk-python-tke" },
    Script { product: "tke", file: "tencent.cjs", ready: "tencent-node.ready", name: "tencentcloud-sdk-nodejs-tke" },
    Script { product: "cce", file: "huawei.py", ready: "huawei.ready", name: "huaweicloudsdkcce" },
    Script { product: "ack", file: "alibaba.py", ready: "alibaba.ready", name: "alibabacloud_cs20151215" },
    Script { product: "ack", file: "alibaba_older.py", ready: "alibaba-older.ready", name: "aliyun-python-sdk-cs" },
];
/// Clients that are not compared, with the reasons.
const MISSING: [&str; 2] = [
    "tencentcloud-sdk-go: its modules are not in the registries that this comparison installs from",
    "the crate tencentcloud-sdk: version 0.2 has no container service",
];

/// The clients that are installed, and the reasons why others are left out.
#[derive(Debug)]
pub(super) struct Foreign {
    home: PathBuf,
    found: Vec<Script>,
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
            if home.join(script.ready).exists() {
                found.push(script);
            } else {
                left_out.push(format!("{}: `python3 benches/clients/prepare.py` has not installed it", script.name));
            }
        }
        Self { home, found, left_out }
    }

    /// Returns the clients of a product.
    pub(super) fn clients(&self, product: &str) -> impl Iterator<Item = &Script> {
        self.found.iter().filter(move |script| script.product == product)
    }

    /// Returns the command of a client, or `None` if it is one in Rust.
    pub(super) fn command(&self, file: &str) -> Option<Command> {
        let script = self.found.iter().find(|script| script.file == file)?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(script.file);
        let interpreter = match source.extension().and_then(|ending| ending.to_str()) {
            Some("py") => self.home.join("venv/bin/python"),
            Some(_) => PathBuf::from("node"),
            None => return Some(Command::new(self.home.join(script.file))),
        };
        let mut command = Command::new(interpreter);
        command.env("NODE_PATH", self.home.join("node/node_modules")).arg(source);
        Some(command)
    }

    /// Returns the reasons why clients are left out.
    pub(super) fn left_out(&self) -> &[String] {
        &self.left_out
    }
}
