//! How the parts are put together: which pack, which sources of images, which workspace. Nothing is opened before it is
//! asked for: `docker images` reads no recipe and prepares no connection.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use futures_util::future::BoxFuture;

use super::bench::Bench;
use super::lazy::{Lazy, Watched};
use super::{Error, Options, Origin, Runtime};
use crate::engine::{Engine, EngineOptions, Router};
use crate::lesson::Course;
use crate::oci::{Descriptor, Digest, Document, Repository};
use crate::pack::Pack;
use crate::registry;
use crate::source::{self, Blob, Registry, Target};
use crate::store::{Store, WorkspaceName};

/// Opens the pack in use.
pub(super) fn pack(options: &Options) -> Result<Pack, Error> {
    match &options.pack {
        Some(folder) => Pack::open(folder),
        None => Pack::built_in(),
    }
    .map_err(Error::BrokenPack)
}

/// Opens the pack in use with all its lessons and problems.
pub(super) fn course(options: &Options) -> Result<Course, Error> {
    Course::load(pack(options)?).map_err(Error::BrokenPack)
}

/// Opens an engine on a workspace.
pub(super) fn bench<'a>(options: &'a Options, runtime: &'a Runtime, name: &WorkspaceName) -> Result<Bench<'a>, Error> {
    let store = Store::open(&options.home)?;
    let played = Arc::new(AtomicBool::new(false));
    let source: Arc<dyn Registry> = match options.origin {
        Origin::Online => real(options),
        Origin::Classroom => with_classroom(options, Arc::clone(&played)),
    };
    let engine_options = EngineOptions { platform: options.platform.clone(), clock: options.clock };
    let engine = Engine::new(store.workspace(name), source, engine_options);
    Ok(Bench { engine, played, runtime, options })
}

/// Names the shell's workspace.
pub(super) fn shell_workspace(options: &Options) -> WorkspaceName {
    match options.origin {
        Origin::Classroom => WorkspaceName::Shell,
        Origin::Online => WorkspaceName::Online,
    }
}

/// Opens the model images of the pack in use, and nothing else.
pub(super) fn classroom(options: &Options) -> Result<Arc<dyn Registry>, Error> {
    let _ = pack(options)?;
    Ok(Arc::new(NoImages))
}

/// Computes the lock of a pack's recipes; returns the content of `lessons/images/lock.yaml`.
pub(super) fn lock(pack: &Pack) -> Result<String, Error> {
    let _ = pack;
    Err(Error::Usage("this pack has no recipes".to_owned()))
}

/// The real registries.
fn real(options: &Options) -> Arc<dyn Registry> {
    let mirror = options.mirror.clone();
    let credential_files: Vec<PathBuf> = vec![options.home.join("config.json")];
    Lazy::new(move || {
        let (mirror, credential_files) = (mirror.clone(), credential_files.clone());
        let client =
            registry::Client::new(registry::Options { mirror, credential_files, ..registry::Options::default() })?;
        Ok(Arc::new(client))
    })
}

/// The classroom for the names in its catalogue, the real registries for all others.
fn with_classroom(options: &Options, played: Arc<AtomicBool>) -> Arc<dyn Registry> {
    let real = real(options);
    let options = options.clone();
    Lazy::new(move || {
        let models = classroom(&options).map_err(|error| source::Error::Local {
            what: "cannot open the classroom".to_owned(),
            cause: Box::new(error),
        })?;
        let watched = Watched::new(models, Arc::clone(&played));
        Ok(Arc::new(Router::new(Arc::new(watched), |_: &Repository| false, Arc::clone(&real))))
    })
}

/// A classroom without images.
struct NoImages;

impl NoImages {
    fn refuse<'a, T: Send + 'a>() -> BoxFuture<'a, Result<T, source::Error>> {
        let answer = source::RegistryError { status: 404, code: "NAME_UNKNOWN".to_owned(), message: String::new() };
        Box::pin(async { Err(source::Error::Registry(answer)) })
    }
}

impl Registry for NoImages {
    fn resolve<'a>(&'a self, _: &'a Repository, _: &'a Target) -> BoxFuture<'a, Result<Descriptor, source::Error>> {
        Self::refuse()
    }

    fn document<'a>(&'a self, _: &'a Repository, _: &'a Target) -> BoxFuture<'a, Result<Document, source::Error>> {
        Self::refuse()
    }

    fn blob<'a>(&'a self, _: &'a Repository, _: &'a Digest, _: u64) -> BoxFuture<'a, Result<Blob, source::Error>> {
        Self::refuse()
    }

    fn tags<'a>(&'a self, _: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, source::Error>> {
        Self::refuse()
    }
}
