//! The catalogue: recipes and their lock, opened. Names and tags are known at once; an image is worked out when
//! it is first asked for, its layers are generated while they are read.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use super::document::{self, Documents};
use super::error::Error;
use super::image::Layer;
use super::lock::{Lock, Row};
use super::moment::Moment;
use super::recipes::Recipes;
use crate::oci::{Digest, Repository};

/// Model images, at a moment. Cloning shares all that was worked out.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pub(super) shelf: Arc<Shelf>,
    pub(super) moment: Option<Moment>,
}

/// What does not depend on the moment.
#[derive(Debug)]
pub(super) struct Shelf {
    recipes: Recipes,
    lock: Lock,
    /// The lock's rows by digest of their blobs, each with the place of its recipe.
    rows: OnceLock<HashMap<Digest, (usize, Row)>>,
    builds: Vec<OnceLock<Result<Build, Arc<Error>>>>,
}

/// A build, ready to be served.
#[derive(Debug)]
pub(super) struct Build {
    pub(super) documents: Documents,
    /// By variant, bottom first.
    rows: Vec<Vec<Row>>,
    /// By digest of the compressed blob.
    pub(super) layers: HashMap<Digest, Arc<Layer>>,
}

impl Catalogue {
    /// Opens recipes, given as file name and text, with their lock.
    ///
    /// # Errors
    /// A lock that cannot be read or is of other files, and names that clash. What is wrong inside a recipe
    /// shows when its image is asked for, or in [`Catalogue::check`].
    pub fn load<N, T>(files: impl IntoIterator<Item = (N, T)>, lock: &str) -> Result<Self, Error>
    where
        N: AsRef<str>,
        T: Into<Cow<'static, str>>,
    {
        let lock = Lock::parse(lock)?;
        let recipes = Recipes::locked(files, &lock)?;
        let builds = (0..recipes.len()).map(|_| OnceLock::new()).collect();
        Ok(Self { shelf: Arc::new(Shelf { recipes, lock, rows: OnceLock::new(), builds }), moment: None })
    }

    /// Looks at the same images on an earlier day: tags mean what they meant then.
    #[must_use]
    pub fn at(&self, moment: Moment) -> Self {
        Self { shelf: Arc::clone(&self.shelf), moment: Some(moment) }
    }

    /// Works all images out, comparing them with the lock.
    pub fn check(&self) -> Result<(), Error> {
        (0..self.shelf.recipes.len()).try_for_each(|at| self.shelf.build(at).map(drop))
    }

    /// Tells whether this very repository, domain included, is in the catalogue.
    pub fn holds(&self, repository: &Repository) -> bool {
        self.heads().any(|(_, head)| head == repository)
    }

    /// Tells whether a repository with this path is in the catalogue, whatever its registry. A server asks so: it
    /// knows its own domain only.
    pub fn holds_path(&self, path: &str) -> bool {
        self.heads().any(|(_, head)| head.path() == path)
    }

    /// Lists the repositories, sorted.
    pub fn repositories(&self) -> Vec<Repository> {
        let all: BTreeSet<&Repository> = self.heads().map(|(_, repository)| repository).collect();
        all.into_iter().cloned().collect()
    }

    /// Lists the tags that the repository with this path has at this moment, sorted as a registry does.
    pub fn tags_of(&self, path: &str) -> Vec<String> {
        let builds = self.heads().filter(|(_, head)| head.path() == path).map(|(at, _)| self.shelf.recipes.head(at));
        let all: BTreeSet<&String> = builds.flat_map(|head| &head.tags).collect();
        all.into_iter().filter(|tag| self.position(path, tag).is_some()).cloned().collect()
    }

    fn heads(&self) -> impl Iterator<Item = (usize, &Repository)> {
        let recipes = &self.shelf.recipes;
        (0..recipes.len()).map(|at| (at, &recipes.head(at).repository))
    }

    fn position(&self, path: &str, tag: &str) -> Option<usize> {
        self.shelf.recipes.find(path, tag, self.moment.as_ref().map(Moment::as_str))
    }

    /// Returns the build that a tag means at this moment.
    pub(super) fn tagged(&self, path: &str, tag: &str) -> Result<Option<&Build>, Error> {
        self.position(path, tag).map(|at| self.shelf.build(at)).transpose()
    }

    /// Returns all builds of a repository, also those that no tag means any more: a digest is for ever.
    pub(super) fn builds(&self, path: &str) -> Result<Vec<&Build>, Error> {
        let positions = self.heads().filter(|(_, head)| head.path() == path).map(|(at, _)| at);
        positions.map(|at| self.shelf.build(at)).collect()
    }
}

impl Shelf {
    /// Returns what the lock says about a layer, and the place of the recipe that makes it.
    pub(super) fn row(&self, blob: &Digest) -> Option<&(usize, Row)> {
        let rows = self.rows.get_or_init(|| {
            let places = 0..self.recipes.len();
            let locked = places.filter_map(|at| Some((at, self.lock.images().get(self.recipes.file(at))?)));
            let rows = locked.flat_map(|(at, locked)| locked.every_row().map(move |row| (at, row)));
            rows.map(|(at, row)| (row.digest.clone(), (at, row))).collect()
        });
        rows.get(blob)
    }

    pub(super) fn build(&self, at: usize) -> Result<&Build, Error> {
        // The base's rows are needed first; worked out here, not inside the cell, which must not be entered twice.
        let bases = self.recipes.bases(at)?;
        for base in &bases {
            self.build(*base)?;
        }
        let made = self.builds[at].get_or_init(|| self.make(at).map_err(Arc::new));
        made.as_ref().map_err(|error| Error::Again(Arc::clone(error)))
    }

    fn make(&self, at: usize) -> Result<Build, Error> {
        let (file, head, image) = (self.recipes.file(at), self.recipes.head(at), self.recipes.image(at)?);
        let locked = self.lock.images().get(file).ok_or_else(|| Error::NotInLock(file.to_owned()))?;
        locked.check_platforms(file, image)?;
        let (mut rows, mut layers) = (Vec::new(), HashMap::new());
        for variant in &image.variants {
            let mut all = match self.recipes.base_of(at, &variant.text)? {
                Some(base) => self.inherited(base, &variant.text)?.to_vec(),
                None => Vec::new(),
            };
            all.extend(locked.rows(file, variant)?);
            layers.extend(all.iter().map(|row| row.digest.clone()).zip(variant.layers.iter().cloned()));
            rows.push(all);
        }
        let tag = head.tags.first().map_or("latest", String::as_str);
        let name = head.repository.with_tag(tag).familiar().replacen(':', "@", 1);
        let documents = document::write(&name, image, &rows);
        let documents = documents.map_err(|_| Error::unlocked(file, "the documents"))?;
        Ok(Build { documents, rows, layers })
    }

    /// The rows of a platform of an image that was built before.
    fn inherited(&self, base: usize, platform: &str) -> Result<&[Row], Error> {
        let variants = &self.recipes.image(base)?.variants;
        let position = variants.iter().position(|variant| variant.text == platform);
        let rows = position.and_then(|position| self.builds[base].get()?.as_ref().ok()?.rows.get(position));
        rows.map(Vec::as_slice).ok_or_else(|| Error::Missing(self.recipes.file(base).to_owned()))
    }
}
