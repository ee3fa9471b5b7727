//! A server in a separate process, whose processor time and memory are read.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A result of a bench.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The argument by which a bench is started once more, as the server.
pub const SERVE: &str = "serve";

/// The server, as seen from outside.
#[derive(Debug)]
pub struct Target {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Host and port.
    pub address: String,
    /// What follows the endpoint in the line that the server prints.
    pub rest: String,
}

impl Target {
    /// Starts this program again with the arguments [`SERVE`] and `mode`. It prints its endpoint.
    pub fn start(mode: &str) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([SERVE, mode])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
        output.read_line(&mut line)?;
        let (endpoint, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let address = endpoint.split_once("://").ok_or("no endpoint")?.1.to_owned();
        Ok(Self { child, output, address, rest: rest.to_owned() })
    }

    /// Writes a line to the program and returns the line that it answers with.
    pub fn ask(&mut self, line: &str) -> Result<String> {
        writeln!(self.child.stdin.as_mut().ok_or("no input")?, "{line}")?;
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        Ok(answer.trim().to_owned())
    }

    /// Returns how many file descriptors are open.
    pub fn descriptors(&self) -> Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }

    /// Sends a request on a new connection and reads until it ends.
    pub fn send(&self, request: &[u8]) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        stream.write_all(request)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Processor time of all threads.
    pub fn cpu(&self) -> Result<Duration> {
        cpu_of(&self.child.id().to_string())
    }

    /// Memory in use, in bytes.
    pub fn memory(&self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// The most memory that was in use since [`forget_peak`](Self::forget_peak), in bytes.
    pub fn peak(&self) -> Result<u64> {
        self.status("VmHWM:")
    }

    /// Forgets the peak.
    pub fn forget_peak(&self) -> Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// Waits until nothing is computed any more.
    pub fn settle(&self) -> Result<Duration> {
        let (mut before, began) = (self.cpu()?, Instant::now());
        loop {
            std::thread::sleep(Duration::from_millis(20));
            let now = self.cpu()?;
            if now.saturating_sub(before) < Duration::from_micros(500) || began.elapsed() > Duration::from_secs(60) {
                return Ok(now);
            }
            before = now;
        }
    }

    fn status(&self, name: &str) -> Result<u64> {
        status_of(&self.child.id().to_string(), name)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns bytes in megabytes, for people.
pub fn megabytes(bytes: u64) -> f64 {
    u32::try_from(bytes >> 10).map_or(f64::MAX, |kilobytes| f64::from(kilobytes) / 1_024.0)
}

/// Returns the processor time of all threads of this process.
pub fn own_cpu() -> Result<Duration> {
    cpu_of("self")
}

/// Returns the memory of this process, in bytes.
pub fn own_memory() -> Result<u64> {
    status_of("self", "VmRSS:")
}

/// Returns the most memory that this process has had, in bytes.
pub fn own_peak() -> Result<u64> {
    status_of("self", "VmHWM:")
}

fn cpu_of(process: &str) -> Result<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        nanoseconds += text.split(' ').next().unwrap_or_default().parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

fn status_of(process: &str, name: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? << 10)
}
