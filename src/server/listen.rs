//! Sockets: accepts connections, bounds their number and their patience, ends them in good order.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::failure::chain;
use super::site::Site;
use super::stall::Stall;
use super::{Event, Options};
use crate::source::Registry;

/// The most that is kept of a request's head, and of an answer that is not yet written.
const MAX_BUFFER: usize = 64 << 10;
/// The least time between two looks for uploads that were given up.
const SHORTEST_SWEEP: Duration = Duration::from_millis(10);
/// How long to wait when the system has no socket to give, for example for lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `source` on `listener` until `shutdown` is done and the answers then running have ended
/// (or [`Options::grace`] has passed). Dropping the future closes every connection at once.
///
/// # Errors
/// `InvalidInput` where [`Options::domain`] is no domain. Failures of single connections end only these.
pub async fn serve(
    listener: TcpListener,
    source: Arc<dyn Registry>,
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let site = Arc::new(Site::new(source, &options)?);
    let (closing, _) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut sweeps = tokio::time::interval((options.upload_expiry / 4).max(SHORTEST_SWEEP));
    loop {
        let has_room = connections.len() < options.max_connections.max(1);
        tokio::select! {
            () = &mut shutdown => break,
            _ = sweeps.tick() => site.expire_uploads(options.upload_expiry),
            Some(_) = connections.join_next() => {}
            stream = accept(&listener), if has_room => {
                connections.spawn(converse(stream, Arc::clone(&site), options.clone(), closing.subscribe()));
            }
        }
    }
    drop(listener);
    closing.send_replace(());
    let all_ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(options.grace, all_ended).await.is_err() {
        connections.shutdown().await;
    }
    Ok(())
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_one_client(&error) => {}
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Answers the requests of one connection, one after the other.
async fn converse(stream: TcpStream, site: Arc<Site>, options: Options, mut closing: watch::Receiver<()>) {
    // Without it the last packet of an answer may wait for the client's acknowledgement; failing is harmless.
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(Stall::new(stream, options.stall_timeout));
    let service = service_fn(|request| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(site.answer(request).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(options.header_timeout)
            .max_buf_size(MAX_BUFFER)
            .serve_connection(io, service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = closing.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Everything else that can end a connection early is the client's doing.
    if let (Err(error), Some(observer)) = (ended, &options.observer)
        && error.is_user()
    {
        observer(&Event::Interrupted { cause: chain(&error) });
    }
}
