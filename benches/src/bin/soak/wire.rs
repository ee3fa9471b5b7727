//! HTTP by hand, so that it can be wrong in any way.

use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// Bytes of an answer's head.
const MOST_HEAD: usize = 64 << 10;

/// A connection, with what has been read of the next answer.
pub(crate) struct Line {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

/// An answer without its body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The server closes the connection.
    pub(crate) closes: bool,
}

impl Line {
    pub(crate) async fn open(address: &str) -> io::Result<Self> {
        Ok(Self { stream: TcpStream::connect(address).await?, read: Vec::new() })
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads a whole answer.
    pub(crate) async fn answer(&mut self) -> io::Result<Answer> {
        tokio::time::timeout(DEADLINE, self.read_answer())
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    async fn read_answer(&mut self) -> io::Result<Answer> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if self.read.len() > MOST_HEAD {
                return Err(wrong("the head of an answer has no end"));
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.read[..end]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        let length = length.ok_or_else(|| wrong(&format!("an answer without a length: {head}")))?;
        while self.read.len() < end + length {
            self.more().await?;
        }
        self.read.drain(..end + length);
        let closes = head.lines().any(|line| line == "connection: close");
        Ok(Answer { status: status.ok_or_else(|| wrong("an answer without a status"))?, closes })
    }

    /// Reads until the server closes or resets the connection.
    pub(crate) async fn end(mut self) -> io::Result<()> {
        let all = async {
            let mut buffer = [0; 4096];
            while self.stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
        };
        tokio::time::timeout(DEADLINE, all).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))
    }

    async fn more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}
