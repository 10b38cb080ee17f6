//! A loopback HTTP server whose answers a test scripts, down to the bytes: it may lie, stall, cut and close.
//! One request a connection, plain threads, no clock. A TLS greeting is answered as Go's servers answer it.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

use std::fmt::Display;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query as sent.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    /// Returns a header's value, by name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Returns the path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// What to do with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A well-formed answer; the body is left out for `HEAD`.
    Answer(Answer),
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// Nothing until the server goes.
    Hang,
    /// These bytes, then nothing until the server goes.
    HangAfter(Vec<u8>),
    /// The end of the connection without a byte.
    Close,
}

/// A well-formed answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Starts an answer with a status.
pub(crate) fn status(status: u16) -> Answer {
    Answer { status, headers: Vec::new(), body: Vec::new() }
}

/// Answers 200 with a body of a type.
pub(crate) fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    status(200).header("Content-Type", content_type).body(body)
}

impl Answer {
    pub(crate) fn header(mut self, name: &str, value: impl Display) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Returns the bytes on the wire. A `Content-Length` that the test set is kept, even a wrong one;
    /// an empty one is left out.
    pub(crate) fn bytes(&self, with_body: bool) -> Vec<u8> {
        let length = self.body.len();
        let mut text = format!("HTTP/1.1 {} Scripted\r\nConnection: close\r\n", self.status);
        let lines = self.headers.iter().filter(|(_, value)| !value.is_empty());
        text.extend(lines.map(|(name, value)| format!("{name}: {value}\r\n")));
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
            text.extend([format!("Content-Length: {length}\r\n")]);
        }
        let mut bytes = (text + "\r\n").into_bytes();
        if with_body {
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

type Script = dyn Fn(&Seen, usize) -> Reply + Send + Sync;

struct Shared {
    script: Box<Script>,
    log: Mutex<Vec<Seen>>,
    gone: AtomicBool,
    end: (Mutex<bool>, Condvar),
}

/// A running server; it ends, and lets go of all that hangs, when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Server {
    /// Starts a server on a free loopback port. `script` sees each request and how many came before it.
    pub(crate) fn start(script: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            script: Box::new(script),
            log: Mutex::default(),
            gone: AtomicBool::new(false),
            end: (Mutex::new(false), Condvar::new()),
        });
        let for_thread = Arc::clone(&shared);
        std::thread::spawn(move || accept(&listener, &for_thread));
        Self { address, shared }
    }

    /// Returns `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// Returns `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the requests so far, in the order in which they were read.
    pub(crate) fn log(&self) -> Vec<Seen> {
        self.shared.log.lock().unwrap().clone()
    }

    /// Returns the requests so far as lines `METHOD TARGET`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.log().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.gone.store(true, Ordering::SeqCst);
        *self.shared.end.0.lock().unwrap() = true;
        self.shared.end.1.notify_all();
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.gone.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        // A client that goes away is no failure of the test.
        std::thread::spawn(move || serve(stream, &shared).ok());
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut first = [0];
    stream.peek(&mut first)?;
    if first[0] == 0x16 {
        stream.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")?;
        return drain(&mut stream);
    }
    let Some(seen) = read(&mut BufReader::new(stream.try_clone()?))? else { return Ok(()) };
    let before = {
        let mut log = shared.log.lock().unwrap();
        log.push(seen.clone());
        log.len() - 1
    };
    match (shared.script)(&seen, before) {
        Reply::Answer(answer) => stream.write_all(&answer.bytes(seen.method != "HEAD")),
        Reply::Raw(bytes) => stream.write_all(&bytes),
        Reply::Close => Ok(()),
        Reply::Hang => {
            hang(shared);
            Ok(())
        }
        Reply::HangAfter(bytes) => {
            stream.write_all(&bytes)?;
            hang(shared);
            Ok(())
        }
    }
}

/// Reads what the client still sends: closing with unread bytes would reset the connection and lose the answer.
fn drain(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.shutdown(std::net::Shutdown::Write)?;
    std::io::copy(stream, &mut std::io::sink()).map(drop)
}

fn hang(shared: &Shared) {
    let mut ended = shared.end.0.lock().unwrap();
    while !*ended {
        ended = shared.end.1.wait(ended).unwrap();
    }
}

fn read(stream: &mut impl BufRead) -> std::io::Result<Option<Seen>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut seen = Seen { method, target, headers, body: String::new() };
    let length = seen.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    stream.take(length).read_to_string(&mut seen.body)?;
    Ok(Some(seen))
}
