//! A small HTTP/1.1 client over plain sockets: it sends exactly the bytes it is told, repairs nothing and follows
//! nothing, so that a test can be as rude as a stranger on the network.

use serde_json::Value;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// An answer that takes longer than this is a hang, and a hang is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// The runtime closes connections that idle for five seconds; we let go of them first.
const IDLE: Duration = Duration::from_secs(2);

/// Most connections that are kept.
const KEPT: usize = 32;

/// A request as it will stand on the wire.
#[derive(Clone, Debug)]
pub struct Request {
    /// As sent; usually upper case.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// In the order they are sent. A `host` given here replaces the usual one.
    pub headers: Vec<(String, String)>,
    /// Sent with a `content-length`; without either when `None`.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: None }
    }

    /// A `GET`.
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A `POST` of JSON.
    pub fn post(target: &str, body: &Value) -> Self {
        Self::new("POST", target).header("content-type", "application/json").body(body.to_string())
    }

    /// Adds a header; values may hold any bytes that a `&str` can.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds `Authorization: Bearer`.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Whether it may be sent again where nobody knows what became of it (RFC 9110, 9.2.2).
    fn is_idempotent(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE")
    }

    /// The bytes that go over the wire to an edge on this port.
    pub fn bytes(&self, port: u16) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            bytes.extend(format!("host: localhost:{port}\r\n").bytes());
        }
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: {value}\r\n").bytes());
        }
        if let Some(body) = &self.body {
            bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).bytes());
            bytes.extend(body);
        } else {
            bytes.extend(b"\r\n");
        }
        bytes
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Every header line, names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body, without its transfer coding.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every header of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `Null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The JSON body of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The code of a problem document that must have this status.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        let body = self.expect(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{body}");
        body["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    port: u16,
    stream: BufReader<TcpStream>,
    used_at: Instant,
    /// Something of an answer to the call under way has come.
    heard: bool,
}

impl Connection {
    /// Connects to an edge on this machine.
    ///
    /// # Errors
    /// Nobody listens there.
    pub fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { port, stream: BufReader::new(stream), used_at: Instant::now(), heard: false })
    }

    /// Sends raw bytes.
    ///
    /// # Errors
    /// The peer is gone.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads one answer to a request of this method.
    ///
    /// # Errors
    /// The connection ended or stalled before the answer was whole, or it is not HTTP/1.1.
    pub fn receive(&mut self, method: &str) -> io::Result<Answer> {
        let broken = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let first = self.line()?;
        let status =
            first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok());
        let status: u16 = status.ok_or_else(|| broken(&format!("not a status line: {first:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) =
                line.split_once(':').ok_or_else(|| broken("a header line without a colon"))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        if method == "HEAD" || matches!(status, 100..=199 | 204 | 304) {
            return Ok(answer);
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = self.line()?;
                let size =
                    usize::from_str_radix(size.trim(), 16).map_err(|_| broken("a chunk without its size"))?;
                let start = answer.body.len();
                answer.body.resize(start + size, 0);
                self.stream.read_exact(&mut answer.body[start..])?;
                self.line()?;
                if size == 0 {
                    return Ok(answer);
                }
            }
        }
        let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        answer.body.resize(length, 0);
        self.stream.read_exact(&mut answer.body)?;
        Ok(answer)
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// As [`Connection::send`] and [`Connection::receive`].
    pub fn call(&mut self, request: &Request) -> io::Result<Answer> {
        // Whoever refuses a long body answers before it has read everything, and stops listening.
        self.heard = false;
        let sent = self.send(&request.bytes(self.port));
        let answer = self.receive(&request.method);
        self.used_at = Instant::now();
        if sent.is_err() && answer.is_err() {
            Err(sent.err().unwrap_or_else(|| io::ErrorKind::BrokenPipe.into()))
        } else {
            answer
        }
    }

    /// Everything until the peer closes or stalls for `patience`; for requests that are not HTTP.
    pub fn drain(&mut self, patience: Duration) -> Vec<u8> {
        let _ = self.stream.get_mut().set_read_timeout(Some(patience));
        let mut all = Vec::new();
        let _ = self.stream.read_to_end(&mut all);
        all
    }

    /// Tells the peer that nothing more comes.
    pub fn finish(&mut self) {
        let _ = self.stream.get_mut().shutdown(std::net::Shutdown::Write);
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        let read = self.stream.read_until(b'\n', &mut line);
        self.heard |= !line.is_empty();
        read?;
        if line.pop() != Some(b'\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        // Latin-1, as header bytes are; whatever they are, the tests see them.
        Ok(line.into_iter().map(char::from).collect())
    }
}

/// Calls an edge over connections that are kept.
///
/// Whoever keeps a connection may find it closed: on a busy machine the runtime can be late, see our request and the end
/// of its patience at once, and hang up. So what must not be sent twice goes over a connection of its own, and what may
/// be is sent again where nothing came back.
#[derive(Debug)]
pub struct Client {
    port: u16,
    idle: Mutex<Vec<Connection>>,
}

impl Client {
    /// A client of the edge on this port.
    pub fn new(port: u16) -> Self {
        Self { port, idle: Mutex::default() }
    }

    /// Sends a request and reads its answer. Nothing is tried twice but an idempotent request whose kept connection was
    /// closed before anything of an answer came.
    ///
    /// # Errors
    /// As [`Connection::call`].
    pub fn try_call(&self, request: &Request) -> io::Result<Answer> {
        if request.is_idempotent()
            && let Some(mut connection) = self.kept()
        {
            match connection.call(request) {
                Ok(answer) => return Ok(self.keep(connection, answer)),
                Err(error) if !connection.heard && is_closed(&error) => {}
                Err(error) => return Err(error),
            }
        }
        let mut connection = Connection::open(self.port)?;
        let answer = connection.call(request)?;
        Ok(self.keep(connection, answer))
    }

    fn kept(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|connection| connection.used_at.elapsed() < IDLE);
        idle.pop()
    }

    fn keep(&self, connection: Connection, answer: Answer) -> Answer {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Who refuses a body unread closes the connection behind the answer.
        if answer.header("connection") != Some("close") && answer.status != 413 && idle.len() < KEPT {
            idle.push(connection);
        }
        answer
    }

    /// As [`Client::try_call`], where no answer is a failure of the test.
    #[track_caller]
    pub fn call(&self, request: &Request) -> Answer {
        match self.try_call(request) {
            Ok(answer) => answer,
            Err(error) => panic!("{} {} was not answered: {error}", request.method, request.target),
        }
    }

    /// Forgets kept connections, because the edge behind them is gone.
    pub fn reset(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Whether the peer hung up; a stall is something else.
fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}
