//! A server on loopback and a client that sees every byte.
#![expect(clippy::unwrap_used, reason = "a client that cannot talk to its server has failed the test")]

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use layerbook::server::{Event, Observer, Options, serve};
use layerbook::source::Registry;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running server.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) stop: oneshot::Sender<()>,
    pub(super) task: JoinHandle<io::Result<()>>,
    pub(super) events: Arc<Mutex<Vec<Event>>>,
}

impl Server {
    pub(super) async fn of(source: impl Registry + 'static) -> Self {
        Self::with(source, Options::default()).await
    }

    pub(super) async fn with(source: impl Registry + 'static, options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&events);
        let observer: Observer = Arc::new(move |event| heard.lock().unwrap().push(event.clone()));
        let options = Options { observer: Some(observer), ..options };
        let task = tokio::spawn(serve(listener, Arc::new(source), options, stopped.map(drop)));
        Self { address, stop, task, events }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends a request line and headers, and returns everything that comes until the connection is closed.
    pub(super) async fn ask(&self, lines: &str) -> Reply {
        let mut stream = self.connect().await;
        send(&mut stream, &format!("{lines}\nConnection: close")).await;
        Reply::read(&mut stream).await
    }

    /// Sends a request with a body of a known length.
    pub(super) async fn give(&self, lines: &str, body: impl AsRef<[u8]>) -> Reply {
        let mut stream = self.connect().await;
        let length = body.as_ref().len();
        send(&mut stream, &format!("{lines}\nContent-Length: {length}\nConnection: close")).await;
        stream.write_all(body.as_ref()).await.unwrap();
        Reply::read(&mut stream).await
    }

    pub(super) async fn finish(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

pub(super) async fn send(stream: &mut TcpStream, lines: &str) {
    let mut lines: Vec<_> = lines.lines().collect();
    let first = format!("{} HTTP/1.1", lines[0]);
    lines.splice(..1, [first.as_str(), "Host: x"]);
    stream.write_all(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes()).await.unwrap();
}

/// An answer as it came.
pub(super) struct Reply {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) async fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("an answer has a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Self { head, body: bytes.split_off(end + 4) }
    }

    pub(super) fn status(&self) -> &str {
        self.head.lines().next().unwrap().split(' ').nth(1).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(super) fn body(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The whole answer without what changes from run to run.
    pub(super) fn text(&self) -> String {
        let ours = |line: &&str| !line.starts_with("date: ") && !line.starts_with("connection: ");
        let head: Vec<_> = self.head.lines().filter(ours).collect();
        format!("{}\n\n{}", head.join("\n"), self.body())
    }
}
