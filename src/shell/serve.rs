//! `layerbook registry serve`: the pack's model images over HTTP, until Ctrl-C.

use std::io::Write;
use std::sync::Arc;

use super::screen::Screen;
use super::{Error, Exit, Options, Runtime, open};
use crate::server;

/// Serves on an address, `127.0.0.1:5001` for example; port 0 takes a free one.
pub(super) fn serve(address: &str, options: &Options, runtime: &Runtime, screen: &Screen) -> Result<Exit, Error> {
    let source = Arc::new(open::classroom(options)?);
    let mut log = screen.err.clone();
    let failure = |action: &str| {
        let action = format!("{action} {address}");
        move |cause| Error::System { action, cause }
    };
    runtime.run(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(failure("listen on"))?;
        let bound = listener.local_addr().map_err(failure("listen on"))?;
        let _ = writeln!(log, "layerbook: a registry of model images listens on http://{bound}; Ctrl-C ends it");
        let until = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
        server::serve(listener, source, server::Options::default(), until).await.map_err(failure("serve on"))
    })??;
    Ok(Exit::Done)
}
