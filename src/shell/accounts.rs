//! Logins of this machine: checked by the registry client, kept in the home. Docker's own file is read and never written.

use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;

use super::lazy::Lazy;
use crate::registry::Client;
use crate::source::{self, Accounts, Login};
use crate::store::{self, Store, Trace};

/// The key of Docker Hub in every `config.json`.
const HUB_KEY: &str = "https://index.docker.io/v1/";

/// Logins of this machine.
pub(super) struct Logins {
    pub(super) client: Arc<Lazy<Client>>,
    pub(super) store: Store,
}

impl Accounts for Logins {
    fn check<'a>(
        &'a self,
        registry: &'a str,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<Option<String>, source::Error>> {
        Box::pin(async move { self.client.get()?.check_login(registry, login).await })
    }

    fn find<'a>(&'a self, registry: &'a str) -> BoxFuture<'a, Result<Option<Login>, source::Error>> {
        Box::pin(async move { self.client.get()?.login(registry).await })
    }

    fn keep(&self, registry: &str, login: &Login, identity: Option<&str>) -> Result<Option<PathBuf>, source::Error> {
        let password = if identity.is_some() { "" } else { &login.password };
        let auth = STANDARD.encode(format!("{}:{password}", login.user));
        let is_new = self.store.put_login(key(registry), &auth, identity).map_err(local)?;
        self.client.get()?.forget_passes();
        Ok(is_new.then(|| self.store.logins_path()))
    }

    /// Where Docker's own file has a login too, an empty entry stands before it.
    fn forget<'a>(&'a self, registry: &'a str) -> BoxFuture<'a, Result<(), source::Error>> {
        Box::pin(async move {
            let client = self.client.get()?;
            self.store.remove_login(key(registry), Trace::None).map_err(local)?;
            if client.has_login(registry).await {
                self.store.remove_login(key(registry), Trace::Empty).map_err(local)?;
            }
            client.forget_passes();
            Ok(())
        })
    }
}

fn key(registry: &str) -> &str {
    if registry == "docker.io" { HUB_KEY } else { registry }
}

fn local(error: store::Error) -> source::Error {
    source::Error::Local { what: error.to_string(), cause: Box::new(error) }
}
