//! The model images of a pack as a source.

use std::collections::{BTreeMap, HashMap};

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, ready};
use futures_util::stream;

use super::image::{self, Build, Held};
use super::{Error, Lock, Recipe};
use crate::oci::{Descriptor, Digest, Document, Repository};
use crate::source::{self, Blob, Registry, RegistryError, Target};

/// The images of a set of recipes. Repositories are told by their path alone, `library/redis`: which domain they
/// stand for is the business of whoever asks.
pub struct Catalogue {
    repositories: BTreeMap<String, BTreeMap<String, Digest>>,
    held: HashMap<Digest, (Descriptor, Held)>,
}

impl Catalogue {
    /// Loads recipes (file name and text) and their lock.
    ///
    /// # Errors
    /// What is wrong with a recipe, or where the lock does not have a layer as the recipe describes it.
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, lock: &str) -> Result<Self, Error> {
        let recipes = Self::recipes(files)?;
        let lock = Lock::parse(lock)?;
        let mut catalogue = Self { repositories: BTreeMap::new(), held: HashMap::new() };
        let mut manifests: BTreeMap<&str, Vec<Descriptor>> = BTreeMap::new();
        for build in Build::all(&recipes)? {
            let manifest = build.documents(&lock, &mut |descriptor, held| catalogue.keep(descriptor, held))?;
            manifests.entry(build.recipe().id.as_str()).or_default().push(manifest);
        }
        for recipe in recipes.iter().filter(|recipe| !recipe.tags.is_empty()) {
            let platforms = manifests.remove(recipe.id.as_str()).unwrap_or_default();
            let index = image::index(recipe, &platforms, &mut |descriptor, held| catalogue.keep(descriptor, held));
            let tags = catalogue.repositories.entry(recipe.repository.clone()).or_default();
            tags.extend(recipe.tags.iter().map(|tag| (tag.clone(), index.digest.clone())));
        }
        Ok(catalogue)
    }

    /// Reads the recipes among a pack's files; the lock is passed over.
    pub fn recipes<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Vec<Recipe>, Error> {
        let recipes = files.into_iter().filter(|(name, _)| !name.ends_with("lock.yaml"));
        recipes.map(|(name, text)| Recipe::parse(name, text)).collect()
    }

    /// Tells whether a repository's path is among the images.
    pub fn holds(&self, repository: &Repository) -> bool {
        self.repositories.contains_key(repository.path())
    }

    /// Lists the repositories' paths.
    pub fn repositories(&self) -> impl Iterator<Item = &str> {
        self.repositories.keys().map(String::as_str)
    }

    fn keep(&mut self, descriptor: Descriptor, held: Held) {
        self.held.insert(descriptor.digest.clone(), (descriptor, held));
    }

    fn tags_of(&self, repository: &Repository) -> Result<&BTreeMap<String, Digest>, source::Error> {
        let unknown = || not_found("NAME_UNKNOWN", "repository name not known to registry");
        self.repositories.get(repository.path()).ok_or_else(unknown)
    }

    fn find(&self, repository: &Repository, target: &Target) -> Result<Document, source::Error> {
        let tags = self.tags_of(repository)?;
        let digest = match target {
            Target::Tag(tag) => tags.get(tag),
            Target::Digest(digest) => Some(digest),
        };
        match digest.and_then(|digest| self.held.get(digest)) {
            Some((descriptor, Held::Bytes(bytes))) => Document::read(Some(&descriptor.media_type), bytes.clone())
                .map_err(|_| not_found("MANIFEST_UNKNOWN", "manifest unknown")),
            Some((_, Held::Layer(_))) | None => Err(not_found("MANIFEST_UNKNOWN", "manifest unknown")),
        }
    }

    fn open(&self, repository: &Repository, digest: &Digest, offset: u64) -> Result<Blob, source::Error> {
        self.tags_of(repository)?;
        let (descriptor, held) =
            self.held.get(digest).ok_or_else(|| not_found("BLOB_UNKNOWN", "blob unknown to registry"))?;
        let size = descriptor.size;
        let pieces: Box<dyn Iterator<Item = Bytes> + Send> = match held {
            Held::Bytes(bytes) => Box::new(std::iter::once(bytes.clone())),
            Held::Layer(layer) => layer.write().map_err(|least| source::Error::Local {
                what: format!("a layer cannot be {size} bytes"),
                cause: format!("the least is {least}").into(),
            })?,
        };
        let offset = offset.min(size);
        let stream = stream::iter(skip(pieces, offset).map(Ok));
        Ok(Blob { offset, size: Some(size), stream: stream.boxed() })
    }
}

/// Leaves out the first bytes.
fn skip(pieces: impl Iterator<Item = Bytes> + Send, mut count: u64) -> impl Iterator<Item = Bytes> + Send {
    pieces.filter_map(move |mut piece| {
        let skipped = usize::try_from(count).unwrap_or(usize::MAX).min(piece.len());
        piece.advance(skipped);
        count -= skipped as u64;
        (!piece.is_empty()).then_some(piece)
    })
}

fn not_found(code: &str, message: &str) -> source::Error {
    source::Error::Registry(RegistryError { status: 404, code: code.to_owned(), message: message.to_owned() })
}

impl Registry for Catalogue {
    fn resolve<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Descriptor, source::Error>> {
        Box::pin(ready(self.find(repository, target).map(|document| document.descriptor())))
    }

    fn document<'a>(
        &'a self,
        repository: &'a Repository,
        target: &'a Target,
    ) -> BoxFuture<'a, Result<Document, source::Error>> {
        Box::pin(ready(self.find(repository, target)))
    }

    fn blob<'a>(
        &'a self,
        repository: &'a Repository,
        digest: &'a Digest,
        offset: u64,
    ) -> BoxFuture<'a, Result<Blob, source::Error>> {
        Box::pin(ready(self.open(repository, digest, offset)))
    }

    fn tags<'a>(&'a self, repository: &'a Repository) -> BoxFuture<'a, Result<Vec<String>, source::Error>> {
        Box::pin(ready(self.tags_of(repository).map(|tags| tags.keys().cloned().collect())))
    }
}
