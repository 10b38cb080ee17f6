//! The HTTP client against a server that misbehaves: one test a rule of docker.md, 4.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage has failed")]

mod blob;
mod connect;
mod failure;
mod login;
mod manifest;
mod mirror;
mod push;
mod redirect;
mod search;
mod tags;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt as _;
use layerbook::oci::{Digest, Reference, Repository};
use layerbook::registry::{Client, Options};
use layerbook::source::{Error, Registry, Target};

use crate::support::server::{Answer, Reply, Seen, Server, ok, status};

const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
const MANIFEST: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}"#;
const DENIED: &str = r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":[]}]}"#;

/// A client whose waits are written down instead of waited for.
struct World {
    client: Client,
    waits: Arc<Mutex<Vec<Duration>>>,
    runtime: tokio::runtime::Runtime,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    fn new() -> Self {
        Self::with(Options::default())
    }

    fn with(mut options: Options) -> Self {
        let waits = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&waits);
        options.wait = Arc::new(move |time| {
            noted.lock().unwrap().push(time);
            Box::pin(std::future::ready(()))
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { client: Client::new(options).unwrap(), waits, runtime, _folder: None }
    }

    fn with_docker_config(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, config).unwrap();
        let missing: PathBuf = folder.path().join("none.json");
        let options = Options { credential_files: vec![missing, path], ..Options::default() };
        Self { _folder: Some(folder), ..Self::with(options) }
    }

    /// Fetches a document by tag or digest and tells its digest or the error, port and address taken out.
    fn document(&self, name: &str) -> String {
        let (repository, target) = name_of(name);
        let found = self.runtime.block_on(self.client.document(&repository, &target));
        told(found.map(|document| document.digest().to_string()), &repository)
    }

    fn resolve(&self, name: &str) -> String {
        let (repository, target) = name_of(name);
        let found = self.runtime.block_on(self.client.resolve(&repository, &target));
        told(found.map(|d| format!("{} {} {}", d.media_type, d.digest.short(), d.size)), &repository)
    }

    fn tags(&self, name: &str) -> String {
        let (repository, _) = name_of(name);
        let found = self.runtime.block_on(self.client.tags(&repository));
        told(found.map(|tags| tags.join(" ")), &repository)
    }

    /// Reads a blob from an offset on: `OFFSET/SIZE: BYTES`, with what ended it early.
    fn blob(&self, name: &str, offset: u64) -> String {
        let (repository, _) = name_of(name);
        let digest = Digest::of(b"0123456789");
        let read = async {
            let mut blob = self.client.blob(&repository, &digest, offset).await?;
            let size = blob.size.map_or_else(|| "?".to_owned(), |size| size.to_string());
            let mut text = format!("{}/{size}: ", blob.offset);
            while let Some(chunk) = blob.stream.next().await {
                match chunk {
                    Ok(chunk) => text += &String::from_utf8_lossy(&chunk),
                    Err(error) => text.extend([" [", &error.to_string(), "]"]),
                }
            }
            Ok(text)
        };
        told(self.runtime.block_on(read), &repository)
    }

    fn waits(&self) -> usize {
        self.waits.lock().unwrap().len()
    }
}

fn name_of(name: &str) -> (Repository, Target) {
    let reference = name.parse::<Reference>().unwrap().or_latest();
    let tag = reference.tag().map(|tag| Target::Tag(tag.to_owned()));
    let target = reference.digest().map_or_else(|| tag.unwrap(), |digest| Target::Digest(digest.clone()));
    (reference.repository().clone(), target)
}

fn told(outcome: Result<String, Error>, repository: &Repository) -> String {
    outcome.unwrap_or_else(|error| error.to_string()).replace(repository.domain(), "HOST")
}

fn manifest() -> Answer {
    ok(MANIFEST_TYPE, MANIFEST)
}

fn manifest_digest() -> String {
    Digest::of(MANIFEST.as_bytes()).to_string()
}

/// A registry that wants a token; `/token` is answered by `token`, all else wants `Bearer good`.
fn guarded(token: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |seen, _| match (seen.path(), seen.header("authorization")) {
        ("/token", _) => token(seen),
        (_, Some("Bearer good")) => manifest().into(),
        _ => challenged(r#"Bearer realm="/token",service="test",scope="repository:x/y:pull""#).into(),
    })
}

fn challenged(challenge: &str) -> Answer {
    status(401).header("WWW-Authenticate", challenge).header("Content-Type", "application/json").body(DENIED)
}

fn grant(token: &str) -> Reply {
    ok("application/json", format!(r#"{{"token":"{token}","expires_in":300}}"#)).into()
}
