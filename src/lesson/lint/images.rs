//! Names of images: whether the classroom has them, so that a lesson works without a network.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::{Error, ImageFacts, ImageSummary};
use crate::model::Recipe;
use crate::oci::{Reference, Repository};
use crate::pack::{File, Files};
use crate::yaml::{Finding, Findings, Position, Severity, load};

use super::super::model::Activity;
use super::super::scope::Scope;
use super::super::world::World;
use super::Sheet;

/// Tags by repository.
type Shelf = BTreeMap<Repository, BTreeSet<String>>;

/// Looks every image up that a lesson or problem asks about. The pack's own recipes come first, the built-in ones behind.
pub(super) fn images(sheets: &[Sheet<'_>], own: &[File]) -> Vec<Finding> {
    let mut shelf = shelf(&Files::embedded().images);
    shelf.extend(self::shelf(own));
    sheets.iter().flat_map(|sheet| sheet.findings(&|found| look_up(sheet, &shelf, found))).collect()
}

fn shelf(files: &[File]) -> Shelf {
    let mut shelf = Shelf::new();
    for recipe in files.iter().filter_map(|file| load::<Recipe>(&file.text).ok()) {
        if let Ok(name) = recipe.name.parse::<Reference>() {
            shelf.entry(name.repository().clone()).or_default().extend(recipe.tags);
        }
    }
    shelf
}

fn look_up(sheet: &Sheet<'_>, shelf: &Shelf, found: &mut Findings<'_>) {
    for image in named(sheet.activity) {
        let name = image.familiar();
        let place = place(&image, sheet.root.at, found);
        let (Some(tag), Some(tags)) = (image.tag(), shelf.get(image.repository())) else {
            if image.digest().is_none() {
                let message = format!("no recipe makes `{name}`, so it comes from the real registry");
                let advice =
                    "Without a network this cannot be learned. `layerbook pack list` names the images that can.";
                found.breach(Severity::Warning, "real-registry", place, message, advice);
            }
            continue;
        };
        if !tags.contains(tag) {
            let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
            found.add_unknown(place, format!("the classroom has no `{name}`"), tag, &tags);
        }
    }
}

/// Every image that is asked about, with each drawn value.
fn named(activity: &Activity) -> BTreeSet<Reference> {
    let mut variables: BTreeMap<String, String> =
        activity.vary.iter().filter_map(|(name, values)| Some((name.clone(), values.first()?.clone()))).collect();
    let mut images: BTreeSet<Reference> =
        activity.images(&Scope { variables: &variables, world: &Nothing }).into_iter().collect();
    for (name, values) in &activity.vary {
        for value in values {
            let before = variables.insert(name.clone(), value.clone());
            images.extend(activity.images(&Scope { variables: &variables, world: &Nothing }));
            variables.extend(before.map(|value| (name.clone(), value)));
        }
    }
    images
}

/// Where the file names it, as short or as long as it does.
fn place(image: &Reference, from: Position, found: &Findings<'_>) -> Position {
    let familiar = image.familiar();
    let short = familiar.strip_suffix(":latest").unwrap_or(&familiar);
    let is_elsewhere = |place: &Position| *place != from;
    let places = [familiar.as_str(), short].map(|name| found.place_of(name, from));
    places.into_iter().find(is_elsewhere).unwrap_or(from)
}

/// A world in which nothing is known: names are all that matters here.
struct Nothing;

impl World for Nothing {
    fn facts(&self, reference: &Reference) -> Result<ImageFacts, Error> {
        Err(Error::NotHeld(reference.clone()))
    }

    fn images(&self) -> Result<Vec<ImageSummary>, Error> {
        Ok(Vec::new())
    }
}
