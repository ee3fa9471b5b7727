//! A server in a separate process, whose processor time and memory are read.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use wharf_server::Server;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

pub(crate) const SERVE: &str = "serve";
pub(crate) const WITHOUT_DOCTOR: &str = "without-doctor";

/// Runs a server until its standard input ends.
pub(crate) fn serve(without_doctor: bool) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let server = Server::builder().rate_limits(false).diagnose_signatures(!without_doctor).start().await?;
        println!("{}", server.endpoint());
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
        server.stop().await;
        Ok(())
    })
}

/// The server, as seen from outside.
pub(crate) struct Target {
    child: Child,
    pub(crate) address: String,
}

impl Target {
    pub(crate) fn start(mode: &str) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([SERVE, mode])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("http://").ok_or("no endpoint")?.to_owned();
        Ok(Self { child, address })
    }

    /// Sends a request on a new connection and reads until it ends.
    pub(crate) fn send(&self, request: &[u8]) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        stream.write_all(request)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Processor time of all threads.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
            nanoseconds += text.split(' ').next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Memory in use, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// The most memory that was in use since [`forget_peak`](Self::forget_peak), in bytes.
    pub(crate) fn peak(&self) -> Result<u64> {
        self.status("VmHWM:")
    }

    pub(crate) fn forget_peak(&self) -> Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// Waits until nothing is computed any more.
    pub(crate) fn settle(&self) -> Result<Duration> {
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
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? << 10)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn megabytes(bytes: u64) -> f64 {
    u32::try_from(bytes >> 10).map_or(f64::MAX, |kilobytes| f64::from(kilobytes) / 1_024.0)
}
