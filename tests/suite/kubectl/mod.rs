//! kubectl with the kubeconfigs of TKE, CCE and ACK, against the ports of the server.

mod commands;

use crate::witness::python;
use std::cell::Cell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use wharf::Kubeconfig;

/// kubectl with a kubeconfig, and a folder of its own for its caches.
struct Kubectl {
    folder: PathBuf,
    commands: Cell<usize>,
}

impl Kubectl {
    fn new(name: &str, kubeconfig: &Kubeconfig) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kubectl-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        kubeconfig.write_to(folder.join("config")).unwrap();
        let kubectl = Self { folder, commands: Cell::new(0) };
        // Nothing that the file names is outside of this machine.
        let shown = kubectl.says("config view -o jsonpath={.clusters[*].cluster.server}", &[]);
        assert!(shown.split(' ').all(|server| server.starts_with("https://127.0.0.1:")), "{shown}");
        kubectl
    }

    fn run(&self, line: &str, input: &str) -> Output {
        self.commands.set(self.commands.get() + 1);
        let mut command = Command::new(python().with_file_name("kubectl"));
        // An underscore stands for a space within an argument of a schedule.
        let arguments = line.split(' ').map(|word| match word.strip_prefix("--schedule=") {
            Some(schedule) => format!("--schedule={}", schedule.replace('_', " ")),
            None => word.to_owned(),
        });
        command.args(arguments).env_clear().env("KUBECONFIG", self.folder.join("config")).env("HOME", &self.folder);
        command.env("PATH", "/usr/bin:/bin");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What a command prints that is given a file on its standard input. It succeeds, and prints these texts.
    fn given(&self, line: &str, input: &str, texts: &[&str]) -> String {
        let output = self.run(line, input);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "kubectl {line}: {}", text(&output.stderr));
        let said = text(&output.stdout);
        for wanted in texts {
            assert!(said.contains(wanted), "kubectl {line}: {wanted:?} is not in\n{said}{}", text(&output.stderr));
        }
        said
    }

    /// What a command prints. It succeeds, and prints these texts.
    fn says(&self, line: &str, texts: &[&str]) -> String {
        self.given(line, "", texts)
    }

    /// What a command prints to standard error that fails.
    fn fails(&self, line: &str, input: &str) -> String {
        let output = self.run(line, input);
        assert!(!output.status.success(), "kubectl {line} succeeded");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// A command fails, and says why.
    fn refuses(&self, line: &str, why: &str) {
        let said = self.fails(line, "");
        assert!(said.contains(why), "kubectl {line}: {why:?} is not in\n{said}");
    }

    /// How many commands have run.
    fn count(&self) -> usize {
        self.commands.get()
    }
}
