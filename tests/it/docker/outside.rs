//! What lies outside of an engine, in memory: a registry that takes images, a list to search, logins.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use layerbook::docker::Person;
use layerbook::engine::Outside;
use layerbook::oci::{Digest, Document, Repository};
use layerbook::source::{
    Accounts, Delivery, Error, Greeting, Login, NetworkError, RegistryError, Report, Search, SearchHit, Sending, Sink,
    Stored, Target,
};

/// Everything outside.
pub(crate) fn outside() -> Outside {
    Outside {
        sink: Some(Arc::new(Warehouse::default())),
        search: Some(Arc::new(List)),
        accounts: Some(Arc::new(Clerk::default())),
        vouch: None,
    }
}

/// A registry that takes what is brought, but for `closed/...`, and mounts across repositories. `127.0.0.1:1` is not there,
/// other loopback registries speak plain HTTP.
#[derive(Default)]
struct Warehouse {
    blobs: Mutex<BTreeMap<String, BTreeSet<Digest>>>,
}

fn nobody(domain: &str) -> Error {
    let reason = format!("dial tcp {domain}: connect: connection refused");
    Error::Network(NetworkError { method: "Get", url: format!("http://{domain}/v2/"), reason })
}

impl Sink for Warehouse {
    fn greet<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Greeting, Error>> {
        async move {
            match repository.domain() {
                absent @ "127.0.0.1:1" => Err(nobody(absent)),
                plain if plain.starts_with("127.") => Ok(Greeting::Plain),
                _ => Ok(Greeting::Secure),
            }
        }
        .boxed()
    }

    fn put_blob<'a>(
        &'a self,
        repository: &'a Repository,
        delivery: &'a Delivery,
        report: Report,
    ) -> BoxFuture<'a, Result<Stored, Error>> {
        async move {
            if repository.path().starts_with("closed/") {
                let message = "requested access to the resource is denied".to_owned();
                return Err(Error::Registry(RegistryError { status: 401, code: "DENIED".to_owned(), message }));
            }
            let digest = &delivery.blob.digest;
            let mut blobs = self.blobs.lock().unwrap();
            let has = |name: &Repository| blobs.get(&name.to_string()).is_some_and(|held| held.contains(digest));
            let stored = if has(repository) {
                Stored::AlreadyThere
            } else if let Some(from) = delivery.from.iter().find(|from| has(from)) {
                Stored::Mounted(from.clone())
            } else {
                let mut bytes = Vec::new();
                delivery.content.open(0).unwrap().read_to_end(&mut bytes).unwrap();
                assert_eq!(Digest::of(&bytes), *digest);
                report(Sending::Sent(bytes.len() as u64));
                Stored::Sent
            };
            blobs.entry(repository.to_string()).or_default().insert(digest.clone());
            Ok(stored)
        }
        .boxed()
    }

    fn put_document<'a>(
        &'a self,
        repository: &'a Repository,
        _: &'a Target,
        document: &'a Document,
    ) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            let manifest = document.manifest().unwrap();
            let blobs = self.blobs.lock().unwrap();
            let held = &blobs[&repository.to_string()];
            let all = manifest.layers.iter().chain([&manifest.config]);
            assert!(all.into_iter().all(|blob| held.contains(&blob.digest)), "the manifest came before its blobs");
            Ok(())
        }
        .boxed()
    }
}

struct List;

impl Search for List {
    fn search<'a>(&'a self, term: &'a str, limit: usize) -> BoxFuture<'a, Result<Vec<SearchHit>, Error>> {
        let hit = |name: &str, description: &str, stars, official| SearchHit {
            name: name.to_owned(),
            description: description.to_owned(),
            stars,
            official,
        };
        let all = [
            hit("nginx", "Official build of Nginx.", 20_000, true),
            hit("bitnami/nginx", "Bitnami container image for\nNGINX, which is more <b> than fits", 199, false),
            hit("zero/nginx", "", 0, false),
        ];
        let found = all.into_iter().filter(|hit| hit.name.contains(term)).take(limit).collect();
        async move { Ok(found) }.boxed()
    }
}

/// Takes ada's password and nobody else's.
#[derive(Default)]
struct Clerk {
    kept: Mutex<BTreeMap<String, Login>>,
}

impl Accounts for Clerk {
    fn check<'a>(&'a self, registry: &'a str, login: &'a Login) -> BoxFuture<'a, Result<Option<String>, Error>> {
        async move {
            if registry == "127.0.0.1:1" {
                return Err(nobody(registry));
            }
            if (login.user.as_str(), login.password.as_str()) == ("ada", "secret") {
                return Ok(None);
            }
            let url = format!("https://{registry}/v2/");
            Err(Error::LoginFailed { url, status: "401 Unauthorized".to_owned() })
        }
        .boxed()
    }

    fn find<'a>(&'a self, registry: &'a str) -> BoxFuture<'a, Result<Option<Login>, Error>> {
        async move { Ok(self.kept.lock().unwrap().get(registry).cloned()) }.boxed()
    }

    fn keep(&self, registry: &str, login: &Login, _: Option<&str>) -> Result<Option<PathBuf>, Error> {
        let before = self.kept.lock().unwrap().insert(registry.to_owned(), login.clone());
        Ok((before.as_ref() != Some(login)).then(|| PathBuf::from("/home/ada/config.json")))
    }

    fn forget<'a>(&'a self, registry: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            self.kept.lock().unwrap().remove(registry);
            Ok(())
        }
        .boxed()
    }
}

/// A person who types these answers and shows what was asked; passwords are not in it.
pub(crate) struct Typist {
    pub(crate) answers: Vec<Option<String>>,
    pub(crate) seen: String,
}

impl Person for Typist {
    fn ask(&mut self, prompt: &str) -> std::io::Result<Option<String>> {
        let answer = self.answers.remove(0);
        self.seen += &format!("{prompt}{}\n", answer.as_deref().unwrap_or("^C"));
        Ok(answer)
    }

    fn ask_secretly(&mut self, prompt: &str) -> std::io::Result<Option<String>> {
        let answer = self.answers.remove(0);
        self.seen += &format!("{prompt}{}\n", if answer.is_some() { "" } else { "^C" });
        Ok(answer)
    }
}
