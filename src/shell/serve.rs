//! `layerbook registry serve`: the pack's model images over HTTP, and what is pushed to them, until Ctrl-C.

use std::io::Write;
use std::sync::Arc;

use tempfile::TempDir;

use super::options::{Pushes, Serving};
use super::screen::Screen;
use super::{Error, Exit, Options, Runtime, open};
use crate::model::{Catalogue, Moment};
use crate::server;
use crate::store::{Depot, Durability};

/// Serves on an address, `127.0.0.1:5001` for example; port 0 takes a free one.
pub(super) fn serve(serving: &Serving, options: &Options, runtime: &Runtime, screen: &Screen) -> Result<Exit, Error> {
    let source = Arc::new(at_day(open::classroom(options)?, serving.day.as_deref())?);
    let (depot, _forgotten) = depot(&serving.pushes)?;
    let told = told(&serving.pushes);
    let server_options = server::Options { depot, sparse: serving.sparse, ..server::Options::default() };
    let mut log = screen.err.clone();
    let address = &serving.address;
    let failure = |action: &str| {
        let action = format!("{action} {address}");
        move |cause| Error::System { action, cause }
    };
    runtime.run(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(failure("listen on"))?;
        let bound = listener.local_addr().map_err(failure("listen on"))?;
        let _ = writeln!(log, "layerbook: a registry of model images listens on http://{bound}; Ctrl-C ends it{told}");
        server::serve(listener, source, server_options, interrupted()).await.map_err(failure("serve on"))
    })??;
    Ok(Exit::Done)
}

fn at_day(catalogue: Catalogue, day: Option<&str>) -> Result<Catalogue, Error> {
    let Some(day) = day else { return Ok(catalogue) };
    let moment = Moment::parse(day)
        .map_err(|_| Error::Usage(format!("`{day}` is no day: write it as in `--moment 2026-09-30`")))?;
    Ok(catalogue.at(moment))
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

fn told(pushes: &Pushes) -> String {
    match pushes {
        Pushes::Refused => String::new(),
        Pushes::Forgotten => "\nlayerbook: what is pushed to it is gone then; `--dir DIR` keeps it".to_owned(),
        Pushes::Kept(folder) => format!("\nlayerbook: what is pushed to it is kept in {}", folder.display()),
    }
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
