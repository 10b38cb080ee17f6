//! A folder of recipes. Each file is read and worked out when it is first needed, its bases before it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;

use super::error::{Error, Problem};
use super::image::{Image, resolve};
use super::likeness::changed;
use super::lock::Lock;
use super::part::{self, Part};
use super::recipe::{Recipe, Step};
use crate::oci::{Reference, Repository};
use crate::yaml;

const MAX_FILES: usize = 500;
const MAX_TEXT: usize = 256 * 1024;
const MAX_TAGS: usize = 200;

/// Recipes by file name.
#[derive(Debug)]
pub struct Recipes {
    entries: Vec<Entry>,
    parts: Vec<Shared>,
}

/// A part's file.
#[derive(Debug)]
struct Shared {
    file: String,
    text: Cow<'static, str>,
    part: OnceLock<Result<Part, Arc<Error>>>,
}

/// One recipe file.
#[derive(Debug)]
struct Entry {
    /// Name of the file.
    file: String,
    head: Head,
    text: Cow<'static, str>,
    recipe: OnceLock<Result<Recipe, Arc<Error>>>,
    image: OnceLock<Result<Image, Arc<Error>>>,
}

/// What a build is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) repository: Repository,
    pub(super) tags: Vec<String>,
    /// `2026-09-19`; compares as text.
    pub(super) publish: String,
}

impl Recipes {
    /// Reads all files, given as name and text. A lock among them is left out.
    pub fn read<N, T>(files: impl IntoIterator<Item = (N, T)>) -> Result<Self, Error>
    where
        N: AsRef<str>,
        T: Into<Cow<'static, str>>,
    {
        let read = |(file, text): (String, Cow<'static, str>)| {
            let recipe: Recipe = load(&file, &text)?;
            let head = Head::of(&file, &recipe.name, &recipe.tags, &recipe.publish)?;
            Ok(Entry { file, head, text, recipe: OnceLock::new(), image: OnceLock::new() })
        };
        let (parts, files) = sorted(files)?;
        let entries: Result<Vec<Entry>, Error> = files.into_iter().map(read).collect();
        Self { entries: entries?, parts }.checked()
    }

    /// Finds what is wrong in recipes, in every file and not only in the first. A base that cannot be read is told once.
    pub fn faults<N, T>(files: impl IntoIterator<Item = (N, T)>) -> Vec<Error>
    where
        N: AsRef<str>,
        T: Into<Cow<'static, str>>,
    {
        let mut files: Vec<(String, Cow<'static, str>)> =
            files.into_iter().map(|(name, text)| (name.as_ref().to_owned(), text.into())).collect();
        let mut faults = Vec::new();
        // What cannot be read is taken out, until the rest can be.
        loop {
            match Self::read(files.iter().cloned()) {
                Ok(recipes) => {
                    faults.extend((0..recipes.len()).filter_map(|at| recipes.image(at).err()));
                    break;
                }
                Err(error) => {
                    let before = files.len();
                    files.retain(|(name, _)| error.file() != Some(name));
                    faults.push(error);
                    if files.len() == before {
                        break;
                    }
                }
            }
        }
        let mut told = BTreeSet::new();
        faults.retain(|fault| told.insert(fault.to_string()));
        faults
    }

    /// Takes files with their names and tags from a lock; a file is read when its image is first needed.
    pub fn locked<N, T>(files: impl IntoIterator<Item = (N, T)>, lock: &Lock) -> Result<Self, Error>
    where
        N: AsRef<str>,
        T: Into<Cow<'static, str>>,
    {
        let take = |(file, text): (String, Cow<'static, str>)| {
            let locked = lock.images().get(&file).ok_or_else(|| Error::NotInLock(file.clone()))?;
            let head = Head::of(&file, &locked.name, &locked.tags, &locked.publish)?;
            Ok(Entry { file, head, text, recipe: OnceLock::new(), image: OnceLock::new() })
        };
        let (parts, files) = sorted(files)?;
        let entries: Result<Vec<Entry>, Error> = files.into_iter().map(take).collect();
        let recipes = Self { entries: entries?, parts };
        match lock.images().keys().find(|file| recipes.entries.iter().all(|entry| entry.file != **file)) {
            Some(file) => Err(Error::Missing(file.clone())),
            None => recipes.checked(),
        }
    }

    /// Refuses what would make a name mean two things.
    fn checked(self) -> Result<Self, Error> {
        for (at, first) in self.entries.iter().enumerate() {
            for second in &self.entries[at + 1..] {
                let (a, b) = (&first.head, &second.head);
                if a.repository != b.repository && a.repository.path() == b.repository.path() {
                    let (first, second) = (a.repository.to_string(), b.repository.to_string());
                    return Err(Error::SamePath { first, second });
                }
                let same_day = a.repository == b.repository && a.publish == b.publish;
                if let Some(tag) = a.tags.iter().find(|tag| same_day && b.tags.contains(tag)) {
                    return Err(Error::SameTag {
                        first: first.file.clone(),
                        second: second.file.clone(),
                        name: a.repository.with_tag(tag).familiar(),
                        day: a.publish.clone(),
                    });
                }
            }
        }
        Ok(self)
    }

    /// Returns how many recipes there are; they are numbered from 0 in the order of their file names.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn file(&self, at: usize) -> &str {
        &self.entries[at].file
    }

    pub(super) fn head(&self, at: usize) -> &Head {
        &self.entries[at].head
    }

    /// Finds the build that a tag means on a day: the newest one until then.
    pub(super) fn find(&self, path: &str, tag: &str, day: Option<&str>) -> Option<usize> {
        let named = |head: &Head| head.repository.path() == path && head.tags.iter().any(|held| held == tag);
        let until = |head: &Head| day.is_none_or(|day| head.publish.as_str() <= day);
        let all = (0..self.len()).filter(|&at| named(self.head(at)) && until(self.head(at)));
        all.max_by(|&a, &b| self.head(a).publish.cmp(&self.head(b).publish))
    }

    /// Reads a recipe.
    pub(super) fn recipe(&self, at: usize) -> Result<&Recipe, Error> {
        let entry = &self.entries[at];
        let read = || {
            let recipe: Recipe = load(&entry.file, &entry.text)?;
            let head = Head::of(&entry.file, &recipe.name, &recipe.tags, &recipe.publish)?;
            if head == entry.head { self.whole(entry, recipe) } else { Err(Error::unlocked(&entry.file, "the names")) }
        };
        again(entry.recipe.get_or_init(|| read().map_err(Arc::new)))
    }

    /// Puts into a recipe what other files say for it: the recipe that it is like, and parts.
    fn whole(&self, entry: &Entry, mut recipe: Recipe) -> Result<Recipe, Error> {
        let error = |problem| Error::Recipe { file: entry.file.clone(), problem };
        let change = |text: &str, words: &BTreeMap<String, String>| changed(text, words).map_err(error);
        let mut text = entry.text.clone();
        if let Some(file) = &recipe.like {
            let other = self.entries.iter().find(|other| other.file == *file);
            let none = || error(Problem::NoLikeness(file.clone()));
            text = change(&other.ok_or_else(none)?.text, &recipe.change)?.into();
            let other: Recipe = load(&entry.file, &text)?;
            if other.like.is_some() {
                return Err(none());
            }
            if !recipe.steps.is_empty() {
                return Err(error(Problem::StepsTwice));
            }
            (recipe.config, recipe.steps, recipe.prints) = (other.config, other.steps, other.prints);
        }
        for spec in recipe.platforms.iter_mut().filter(|spec| !spec.change.is_empty()) {
            let other: Recipe = load(&entry.file, &change(&text, &spec.change)?)?;
            spec.steps = Some(other.steps);
        }
        let lagging = recipe.platforms.iter_mut().filter_map(|spec| spec.steps.as_mut());
        for step in recipe.steps.iter_mut().chain(lagging.flatten()) {
            self.join_parts(step).map_err(|problem| match problem {
                Ok(problem) => error(problem),
                Err(unreadable) => unreadable,
            })?;
        }
        Ok(recipe)
    }

    /// Adds its parts to a step.
    fn join_parts(&self, step: &mut Step) -> Result<(), Result<Problem, Error>> {
        for name in std::mem::take(&mut step.parts) {
            let shared = self.parts.iter().find(|shared| shared.file == part::file_of(&name));
            let shared = shared.ok_or_else(|| Ok(Problem::NoPart(name.clone())))?;
            let read = || load(&shared.file, &shared.text).map_err(Arc::new);
            again(shared.part.get_or_init(read)).map_err(Err)?.join(step);
        }
        Ok(())
    }

    /// Works an image out.
    pub(super) fn image(&self, at: usize) -> Result<&Image, Error> {
        self.image_above(at, &mut Vec::new())
    }

    /// Works all images out, in order.
    pub(super) fn images(&self) -> Result<Vec<&Image>, Error> {
        (0..self.len()).map(|at| self.image(at)).collect()
    }

    /// Works the bases out first. `path` holds the images on top of this one: whoever meets itself stands on itself.
    fn image_above(&self, at: usize, path: &mut Vec<usize>) -> Result<&Image, Error> {
        let entry = &self.entries[at];
        if let Some(image) = entry.image.get() {
            return again(image);
        }
        let recipe = self.recipe(at)?;
        path.push(at);
        for name in recipe.base.iter().chain(recipe.platforms.iter().filter_map(|spec| spec.base.as_ref())) {
            let base = self.base(at, name)?;
            if path.contains(&base) {
                return Err(Error::Recipe { file: entry.file.clone(), problem: Problem::Cycle(name.clone()) });
            }
            self.image_above(base, path)?;
        }
        path.pop();
        let below = |name: &str| self.base(at, name).and_then(|base| self.held(base));
        again(entry.image.get_or_init(|| resolve(&entry.file, recipe, below).map_err(Arc::new)))
    }

    /// Returns the builds that an image stands on, none twice.
    pub(super) fn bases(&self, at: usize) -> Result<Vec<usize>, Error> {
        self.image(at)?;
        let recipe = self.recipe(at)?;
        let names = recipe.base.iter().chain(recipe.platforms.iter().filter_map(|spec| spec.base.as_ref()));
        let bases: Result<BTreeSet<usize>, Error> = names.map(|name| self.base(at, name)).collect();
        Ok(bases?.into_iter().collect())
    }

    /// Returns the build that one platform of an image stands on.
    pub(super) fn base_of(&self, at: usize, platform: &str) -> Result<Option<usize>, Error> {
        let recipe = self.recipe(at)?;
        let spec = recipe.platforms.iter().find(|spec| spec.platform == platform);
        let name = spec.and_then(|spec| spec.base.as_ref()).or(recipe.base.as_ref());
        name.map(|name| self.base(at, name)).transpose()
    }

    /// Returns an image that was worked out before.
    fn held(&self, at: usize) -> Result<&Image, Error> {
        let entry = &self.entries[at];
        let missing = || Error::Missing(entry.file.clone());
        entry.image.get().ok_or_else(missing).and_then(again)
    }

    /// Finds a base: the build that its tag meant on the day of the image, or a recipe by the name of its file, for
    /// a build that no tag of its own tells from the next one.
    fn base(&self, at: usize, name: &str) -> Result<usize, Error> {
        if let Some(base) = self.entries.iter().position(|entry| entry.file == name) {
            return Ok(base);
        }
        let Head { publish, .. } = self.head(at);
        let reference: Option<Reference> = name.parse().ok();
        let found = reference.map(Reference::or_latest).and_then(|reference| {
            let tag = reference.tag().unwrap_or_default();
            self.find(reference.repository().path(), tag, Some(publish))
        });
        let none = || Error::Recipe { file: self.file(at).to_owned(), problem: Problem::NoBase(name.to_owned()) };
        found.ok_or_else(none)
    }
}

/// A file of the folder by name.
type Text = (String, Cow<'static, str>);

/// Sorts files by name, parts and recipes apart, and leaves the lock and the list for searches out.
fn sorted<N, T>(files: impl IntoIterator<Item = (N, T)>) -> Result<(Vec<Shared>, Vec<Text>), Error>
where
    N: AsRef<str>,
    T: Into<Cow<'static, str>>,
{
    let mut sorted = Vec::new();
    for (name, text) in files {
        let (name, text) = (name.as_ref(), text.into());
        let file = name.to_owned();
        if name == super::LOCK_FILE || name == super::SEARCH_FILE {
            continue;
        }
        if text.len() > MAX_TEXT {
            return Err(Error::Recipe { file, problem: Problem::TooMany { what: "bytes", limit: MAX_TEXT } });
        }
        sorted.push((file, text));
    }
    sorted.sort();
    if sorted.len() > MAX_FILES {
        return Err(Error::TooMany { what: "recipes", limit: MAX_FILES });
    }
    let (parts, recipes): (Vec<Text>, Vec<Text>) =
        sorted.into_iter().partition(|(file, _)| file.starts_with(part::PREFIX));
    let shared = |(file, text)| Shared { file, text, part: OnceLock::new() };
    Ok((parts.into_iter().map(shared).collect(), recipes))
}

fn load<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Error> {
    yaml::load(text).map_err(|cause| Error::Unreadable { file: file.to_owned(), cause })
}

fn again<T>(result: &Result<T, Arc<Error>>) -> Result<&T, Error> {
    result.as_ref().map_err(|error| Error::Again(Arc::clone(error)))
}

impl Head {
    fn of(file: &str, name: &str, tags: &[String], publish: &str) -> Result<Self, Error> {
        let head = Self::parse(name, tags, publish);
        head.map_err(|problem| Error::Recipe { file: file.to_owned(), problem })
    }

    fn parse(name: &str, tags: &[String], publish: &str) -> Result<Self, Problem> {
        let reference = name.parse::<Reference>();
        let reference = reference.map_err(|cause| Problem::Name { name: name.to_owned(), cause })?;
        let repository = reference.repository().clone();
        if !reference.is_name_only() {
            return Err(Problem::Name { name: name.to_owned(), cause: crate::oci::ReferenceError::Format });
        }
        if tags.len() > MAX_TAGS {
            return Err(Problem::TooMany { what: "tags", limit: MAX_TAGS });
        }
        for tag in tags {
            let named = format!("{repository}:{tag}").parse::<Reference>();
            if named.ok().as_ref().and_then(Reference::tag) != Some(tag) {
                return Err(Problem::Tag(tag.clone()));
            }
        }
        super::moment::check(publish)?;
        Ok(Self { repository, tags: tags.to_vec(), publish: publish.to_owned() })
    }
}
