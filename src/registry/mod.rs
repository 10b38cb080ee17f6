//! The HTTP client of the distribution API, a source of images and a place to push them to. The only module besides `server` that opens sockets.
//!
//! It speaks to what real registries are, not to what the specification hopes for (docker.md, 4): it logs in, follows
//! redirects without taking credentials along, tries again where that helps, and bounds all that it reads into memory.
//! It does not verify blobs (the engine does), keeps nothing on disk, reads no environment variable and writes no
//! sentence of its own where Docker has one.
//!
//! From the inside out: `transport` sends one request, `exchange` asks one host (https or http, login, patience),
//! `manifests`, `blobs`, `tags` and `upload` know the API, [`Client`] chooses the host.

mod access;
mod answer;
mod blobs;
mod challenge;
mod credentials;
mod endpoint;
mod exchange;
mod failure;
mod helper;
mod login;
mod manifests;
mod options;
mod page;
mod payload;
mod place;
mod referrers;
mod retry;
mod scope;
mod search;
mod tags;
mod token;
mod transport;
mod upload;
mod x509;

use futures_util::future::BoxFuture;

use crate::oci::{Descriptor, Digest, Document, Repository};
use crate::source::{
    Blob, Delivery, Error, Greeting, Login, Page, Registry, Report, Search, SearchHit, Sink, Stored, Target, split_term,
};

use access::Access;
use credentials::{Credential, Credentials};
use endpoint::{Endpoint, Hosts, Scheme};
use exchange::{Exchange, WaitBox};
use transport::Transport;

pub use options::{Options, OptionsError, Wait};

/// The real registries as a source. Cheap to make; connections are opened when the first image is asked for.
#[derive(Debug)]
pub struct Client {
    exchange: Exchange,
    /// Where Docker Hub's search is.
    search: String,
    /// Where Docker Hub's pages are.
    pages: String,
}

impl Client {
    /// Makes a client. Opens no file and no connection.
    ///
    /// # Errors
    /// Options that cannot be followed; see [`OptionsError`].
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        if reqwest::header::HeaderValue::try_from(&options.user_agent).is_err() {
            return Err(OptionsError::UserAgent(options.user_agent));
        }
        let hosts = Hosts::new(options.mirror.as_deref(), &options.hub)?;
        let access = Access::new(Credentials { files: options.credential_files.clone() });
        let wait = WaitBox(options.wait.clone());
        let (search, pages) = (options.search.clone(), options.pages.clone());
        Ok(Self { search, pages, exchange: Exchange { transport: Transport::new(options), hosts, access, wait } })
    }

    /// Asks the hosts of a repository in turn; what the last one says counts. Whatever goes wrong at a mirror, the
    /// registry itself is asked.
    async fn at_each<'a, T>(
        &'a self,
        repository: &'a Repository,
        ask: impl Fn(Endpoint) -> BoxFuture<'a, Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        let mut last = Err(Error::NoAddress(repository.domain().to_owned()));
        for endpoint in self.exchange.hosts.endpoints(repository, &self.exchange.transport)? {
            last = ask(endpoint).await;
            if last.is_ok() {
                break;
            }
        }
        last
    }

    /// Returns the registry of the name itself: nothing is pushed to a mirror.
    fn origin(&self, repository: &Repository) -> Result<Endpoint, Error> {
        self.exchange.hosts.origin(repository.domain(), &self.exchange.transport)
    }

    /// Asks a registry, named as in image names, whether it takes a login. Keeps nothing; returns the identity token that stands
    /// for the password from now on, where the registry's token server gave one.
    pub async fn check_login(&self, registry: &str, login: &Login) -> Result<Option<String>, Error> {
        let endpoint = self.exchange.hosts.origin(registry, &self.exchange.transport)?;
        login::check(&self.exchange, &endpoint, login).await
    }

    /// Returns the user name and password that requests to a registry are made with.
    pub async fn login(&self, registry: &str) -> Result<Option<Login>, Error> {
        let found = self.exchange.access.credentials().find(registry).await.map_err(Error::Challenge)?;
        Ok(found.and_then(Credential::into_login))
    }

    /// Tells whether any file has a login for a registry; a helper is asked, too.
    pub async fn has_login(&self, registry: &str) -> bool {
        matches!(self.exchange.access.credentials().find(registry).await, Ok(Some(_)))
    }

    /// Forgets who it asked as: a login has changed.
    pub fn forget_passes(&self) {
        self.exchange.access.forget();
    }
}

impl Search for Client {
    fn search<'a>(&'a self, term: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<SearchHit>, Error>> {
        Box::pin(async move {
            let (host, term) = split_term(term);
            let exchange = &self.exchange;
            let endpoint = exchange.hosts.origin(host.unwrap_or(&self.search), &exchange.transport)?;
            match host {
                None => search::at_hub(exchange, &endpoint, term, limit).await,
                Some(_) => search::at_host(exchange, &endpoint, term, limit).await,
            }
        })
    }

    fn page<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Page>, Error>> {
        Box::pin(async move {
            let endpoint = self.exchange.hosts.origin(&self.pages, &self.exchange.transport)?;
            page::find(&self.exchange, &endpoint, name).await
        })
    }
}

impl Sink for Client {
    fn greet<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Greeting, Error>> {
        Box::pin(async move {
            Ok(match self.exchange.greet(&self.origin(repository)?).await? {
                Scheme::Https => Greeting::Secure,
                Scheme::Http => Greeting::Plain,
            })
        })
    }

    fn put_blob<'a>(
        &'a self,
        repository: &'a Repository,
        delivery: &'a Delivery,
        report: Report,
    ) -> BoxFuture<'a, Result<Stored, Error>> {
        Box::pin(
            async move { upload::put(&self.exchange, &self.origin(repository)?, repository, delivery, report).await },
        )
    }

    fn put_document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
        document: &'a Document,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            manifests::put(&self.exchange, &self.origin(repository)?, repository, target, document).await
        })
    }
}

impl Registry for Client {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, Error>> {
        let ask = move |endpoint: Endpoint| -> BoxFuture<'a, _> {
            Box::pin(async move { manifests::resolve(&self.exchange, &endpoint, repository, target).await })
        };
        Box::pin(self.at_each(repository, ask))
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, Error>> {
        let ask = move |endpoint: Endpoint| -> BoxFuture<'a, _> {
            Box::pin(async move { manifests::document(&self.exchange, &endpoint, repository, target).await })
        };
        Box::pin(self.at_each(repository, ask))
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, Error>> {
        let ask = move |endpoint: Endpoint| -> BoxFuture<'a, _> {
            Box::pin(async move { blobs::open(&self.exchange, &endpoint, repository, digest, offset).await })
        };
        Box::pin(self.at_each(repository, ask))
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        let ask = move |endpoint: Endpoint| -> BoxFuture<'a, _> {
            Box::pin(async move { tags::list(&self.exchange, &endpoint, repository).await })
        };
        Box::pin(self.at_each(repository, ask))
    }
}
