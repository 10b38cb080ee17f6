//! `layerbook pack`: what an author does with a pack.

use std::path::Path;

use super::menu;
use super::screen::Screen;
use super::{Error, Exit, Options, open};
use crate::lesson::Course;
use crate::pack::Pack;
use crate::store::write_host_file;
use crate::tutor::{Progress, Tone};

/// Computes digests and sizes of all model layers and writes them to the pack's `lessons/images/lock.yaml`.
pub(super) fn build(folder: &Path, options: &Options, screen: &mut Screen) -> Result<Exit, Error> {
    let pack = open::pack(&with_pack(options, folder))?;
    let path = folder.join("lessons/images/lock.yaml");
    write_host_file(&path, open::lock(&pack)?.as_bytes())?;
    screen.write(&format!("{}\n", path.display()));
    Ok(Exit::Done)
}

/// Lists what a pack holds.
pub(super) fn list(options: &Options, screen: &mut Screen) -> Result<Exit, Error> {
    let course = open::course(options)?;
    let manifest = &course.pack.manifest;
    screen.say(Tone::Title, &format!("{} {} ({})", manifest.title, manifest.version, manifest.id));
    screen.say(Tone::Prose, &menu::overview(&Progress::read(&course, &[])));
    let recipes: Vec<&str> =
        course.pack.images.iter().map(|file| file.name.as_str()).filter(|name| is_recipe(name)).collect();
    if !recipes.is_empty() {
        screen.say(Tone::Prose, &format!("Images: {}", recipes.join(", ")));
    }
    Ok(Exit::Done)
}

/// Lists for several recipes, the lock and what a search finds stand beside the recipes.
fn is_recipe(name: &str) -> bool {
    !matches!(name, "lock" | "search") && !name.starts_with("parts-")
}

/// Finds everything that is wrong in a pack.
pub(super) fn check(folder: Option<&Path>, options: &Options, screen: &mut Screen) -> Result<Exit, Error> {
    let pack = match folder {
        Some(folder) => Pack::open(folder),
        None => return open::course(options).map(|course| all_well(&course, screen)),
    };
    let course = pack.and_then(Course::load).map_err(Error::BrokenPack)?;
    Ok(all_well(&course, screen))
}

fn all_well(course: &Course, screen: &mut Screen) -> Exit {
    let manifest = &course.pack.manifest;
    let count = course.activities.len();
    screen.say(
        Tone::Right,
        &format!("`{}` {}: {count} lessons and problems, nothing wrong found", manifest.id, manifest.version),
    );
    Exit::Done
}

fn with_pack(options: &Options, folder: &Path) -> Options {
    Options { pack: Some(folder.to_owned()), ..options.clone() }
}
