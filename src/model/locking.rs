//! Making the lock of some recipes, and comparing it with what they make now.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::error::Error;
use super::gzip::OutOfReach;
use super::image::{Image, Layer, Variant};
use super::lock::{Lock, Locked, Row};
use super::recipes::Recipes;

/// Which layers [`check`] regenerates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Those whose uncompressed size is below this many bytes.
    Below(u64),
    /// All.
    All,
}

/// Makes the lock of these recipes: generates each layer once, on all processors. Layers that `before` knows by their
/// fingerprint are taken from there; without it all are made, which may take a minute.
pub fn build(recipes: &Recipes, before: Option<&Lock>) -> Result<Lock, Error> {
    let images = recipes.images()?;
    let mut rows = before.map(Lock::by_fingerprint).unwrap_or_default();
    rows.extend(generate(&tasks(recipes, &images, |fingerprint| !rows.contains_key(fingerprint)))?);
    let mut locked = BTreeMap::new();
    for (at, image) in images.iter().enumerate() {
        let layers = image.variants.iter().map(|variant| {
            let row = |layer: &Arc<Layer>| format!("{}\n", rows[&layer.plan.fingerprint()]);
            (variant.text.clone(), variant.own().iter().map(row).collect())
        });
        let (layers, recipe) = (layers.collect(), recipes.recipe(at)?);
        let (name, tags, publish) = (recipe.name.clone(), recipe.tags.clone(), recipe.publish.clone());
        locked.insert(recipes.file(at).to_owned(), Locked { name, tags, publish, layers });
    }
    Ok(Lock::of(locked))
}

/// Generates layers anew and compares them with the lock.
pub fn check(recipes: &Recipes, lock: &Lock, extent: Extent) -> Result<(), Error> {
    let images = recipes.images()?;
    let locked = locked_rows(recipes, &images, lock)?;
    let wanted = |row: &Row| match extent {
        Extent::Below(limit) => row.uncompressed < limit,
        Extent::All => true,
    };
    let tasks = tasks(recipes, &images, |fingerprint| locked.get(fingerprint).is_some_and(wanted));
    let rows = generate(&tasks)?;
    for task in &tasks {
        let fingerprint = task.layer.plan.fingerprint();
        let (actual, locked) = (&rows[&fingerprint], &locked[&fingerprint]);
        if actual != locked {
            return Err(Error::Differs {
                file: task.file.to_owned(),
                platform: task.variant.text.clone(),
                layer: task.number,
                actual: actual.to_string(),
                locked: locked.to_string(),
            });
        }
    }
    Ok(())
}

/// The rows of all layers by their fingerprints, after comparing the lock with the recipes.
fn locked_rows(recipes: &Recipes, images: &[&Image], lock: &Lock) -> Result<HashMap<String, Row>, Error> {
    let mut rows = HashMap::new();
    for (at, image) in images.iter().enumerate() {
        let file = recipes.file(at);
        let locked = lock.images().get(file).ok_or_else(|| Error::NotInLock(file.to_owned()))?;
        locked.check_platforms(file, image)?;
        for variant in &image.variants {
            rows.extend(locked.rows(file, variant)?.into_iter().map(|row| (row.fingerprint.clone(), row)));
        }
    }
    Ok(rows)
}

/// A layer to generate, and where it stands.
struct Task<'a> {
    file: &'a str,
    variant: &'a Variant,
    number: usize,
    layer: &'a Layer,
}

impl Task<'_> {
    fn error(&self, cause: OutOfReach) -> Error {
        Error::Layer {
            file: self.file.to_owned(),
            platform: self.variant.text.clone(),
            layer: self.number,
            created_by: self.layer.created_by.clone(),
            cause,
        }
    }
}

/// Lists each different layer once, the largest first so that all processors end at about the same time.
fn tasks<'a>(recipes: &'a Recipes, images: &[&'a Image], wanted: impl Fn(&str) -> bool) -> Vec<Task<'a>> {
    let mut tasks = BTreeMap::new();
    for (file, image) in images.iter().enumerate().map(|(at, image)| (recipes.file(at), *image)) {
        for variant in &image.variants {
            for (at, layer) in variant.own().iter().enumerate() {
                let fingerprint = layer.plan.fingerprint();
                if wanted(&fingerprint) {
                    tasks.entry(fingerprint).or_insert(Task { file, variant, number: at + 1, layer });
                }
            }
        }
    }
    let mut tasks: Vec<Task<'a>> = tasks.into_values().collect();
    tasks.sort_by_key(|task| std::cmp::Reverse(task.layer.plan.on_disk()));
    tasks
}

fn generate(tasks: &[Task<'_>]) -> Result<HashMap<String, Row>, Error> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(HashMap::with_capacity(tasks.len()));
    let failed = Mutex::new(None);
    let work = || {
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            match Row::of(task.layer) {
                Ok(row) => drop(held(&done).insert(row.fingerprint.clone(), row)),
                Err(cause) => {
                    held(&failed).get_or_insert(task.error(cause));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from).min(8) {
            scope.spawn(work);
        }
    });
    match into_inner(failed) {
        Some(error) => Err(error),
        None => Ok(into_inner(done)),
    }
}

/// What the workers leave is whole after each step, also where one of them panicked.
fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
