//! `layerbook registry serve`: the pack's model images over HTTP, and what is pushed to them, until Ctrl-C.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use tempfile::TempDir;

use super::options::{Pushes, Serving};
use super::screen::{Screen, Sink};
use super::{Error, Exit, Options, Runtime, open};
use crate::model::Moment;
use crate::server;
use crate::store::{Depot, Durability};

/// Serves on an address, `127.0.0.1:5001` for example; port 0 takes a free one.
pub(super) fn serve(serving: &Serving, options: &Options, runtime: &Runtime, screen: &Screen) -> Result<Exit, Error> {
    let source = open::played(options, day(serving.day.as_deref())?.as_ref())?;
    let (depot, _forgotten) = depot(&serving.pushes)?;
    let observer = Some(complaints(screen.err.clone()));
    let server_options = server::Options { depot, sparse: serving.sparse, observer, ..server::Options::default() };
    let mut log = screen.err.clone();
    let address = &serving.address;
    let failure = |action: &str| {
        let action = format!("{action} {address}");
        move |cause| Error::System { action, cause }
    };
    runtime.run(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(failure("listen on"))?;
        let bound = listener.local_addr().map_err(failure("listen on"))?;
        let _ = writeln!(log, "layerbook: a registry of model images listens on http://{bound}; Ctrl-C ends it");
        for line in told(&serving.pushes, bound) {
            let _ = writeln!(log, "layerbook: {line}");
        }
        server::serve(listener, source, server_options, interrupted()).await.map_err(failure("serve on"))
    })??;
    Ok(Exit::Done)
}

fn day(day: Option<&str>) -> Result<Option<Moment>, Error> {
    let read = |day: &str| {
        Moment::parse(day).map_err(|_| Error::Usage(format!("`{day}` is no day: write it as in `--moment 2026-09-30`")))
    };
    day.map(read).transpose()
}

/// Opens the place for pushes; a folder that is to be forgotten lives as long as the second value.
fn depot(pushes: &Pushes) -> Result<(Option<Depot>, Option<TempDir>), Error> {
    match pushes {
        Pushes::Refused => Ok((None, None)),
        Pushes::Kept(folder) => Ok((Some(Depot::open(folder, Durability::Lasting)?), None)),
        Pushes::Forgotten => {
            let failure = |cause| Error::System { action: "make a folder for what is pushed".to_owned(), cause };
            let folder = tempfile::Builder::new().prefix("layerbook-registry-").tempdir().map_err(failure)?;
            Ok((Some(Depot::open(folder.path(), Durability::Fleeting)?), Some(folder)))
        }
    }
}

/// Says what becomes of what is pushed, and who can push.
fn told(pushes: &Pushes, bound: SocketAddr) -> Vec<String> {
    let becomes = match pushes {
        Pushes::Refused => return Vec::new(),
        Pushes::Forgotten => "what is pushed to it is gone then; `--dir DIR` keeps it".to_owned(),
        Pushes::Kept(folder) => format!("what is pushed to it is kept in {}", folder.display()),
    };
    let open = "whoever can reach this address can push to it and delete from it".to_owned();
    if bound.ip().is_loopback() { vec![becomes] } else { vec![becomes, open] }
}

/// Tells on standard error what clients are not told: why the server failed.
fn complaints(log: Sink) -> server::Observer {
    Arc::new(move |event| {
        let line = match event {
            server::Event::Answered { cause: None, .. } => return,
            server::Event::Answered { method, target, status, cause: Some(cause) } => {
                format!("{method} {target}: {status}: {cause}")
            }
            server::Event::Interrupted { cause } => format!("an answer broke off: {cause}"),
        };
        let _ = writeln!(log.clone(), "layerbook: {line}");
    })
}

/// Waits for Ctrl-C, or for the polite signal that asks a server to end.
async fn interrupted() {
    let interrupt = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            () = interrupt => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    interrupt.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_door_is_named() {
        let lines = |pushes: &Pushes, address: &str| told(pushes, address.parse().unwrap()).join("\n");
        assert_eq!(lines(&Pushes::Refused, "0.0.0.0:1"), "");
        assert_eq!(lines(&Pushes::Forgotten, "127.0.0.1:1"), "what is pushed to it is gone then; `--dir DIR` keeps it");
        let open = lines(&Pushes::Kept("reg".into()), "0.0.0.0:1");
        assert_eq!(
            open,
            "what is pushed to it is kept in reg\nwhoever can reach this address can push to it and delete from it"
        );
    }
}
