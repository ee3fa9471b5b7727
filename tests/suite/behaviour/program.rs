//! A runner that is a program of its own.

use super::Runner;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

pub(super) struct Program {
    child: Child,
    steps: ChildStdin,
    replies: BufReader<ChildStdout>,
    log: JoinHandle<String>,
}

impl Program {
    pub(super) fn start(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let (steps, replies) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut errors = child.stderr.take().unwrap();
        // Read all the time: a program whose pipe is full stands still.
        let log = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = errors.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Self { child, steps, replies, log }
    }
}

impl Runner for Program {
    fn step(&mut self, step: &Value) -> Value {
        writeln!(self.steps, "{step}").unwrap();
        self.steps.flush().unwrap();
        let mut line = String::new();
        self.replies.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in the reply `{line}` to {step}"))
    }

    fn end(self: Box<Self>) -> String {
        let Self { mut child, steps, replies, log } = *self;
        drop((steps, replies));
        let status = child.wait().unwrap();
        let log = log.join().unwrap();
        assert!(status.success(), "{status}: {log}");
        log
    }
}
