//! `layerbook pack`: what an author does with a pack. Opens files and prints; what is right or wrong in a pack is found
//! elsewhere.

mod check;
mod findings;
mod new;
mod scene;
mod task;
mod test;
mod try_step;
mod waiting;

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::menu;
use super::screen::Screen;
use super::{Error, Exit, Options, Runtime, open};
use crate::author;
use crate::pack::Files;
use crate::store::write_host_file;
use crate::tutor::{Progress, Tone};

pub use task::{Bar, FindingForm, PackTask};

/// Does a task.
pub(super) fn run(
    task: PackTask,
    options: &Options,
    runtime: &Runtime,
    input: Box<dyn BufRead + Send>,
    screen: &mut Screen,
) -> Result<Exit, Error> {
    match task {
        PackTask::Build(folder) => build(&folder, options, screen),
        PackTask::List => list(options, screen),
        PackTask::Check { pack, form, bar } => check::check(in_use(pack, options).as_deref(), form, bar, screen),
        PackTask::New(folder) => new::new(&folder, screen),
        PackTask::Schema(shape) => {
            screen.write(&format!("{:#}\n", author::schema(shape)));
            Ok(Exit::Done)
        }
        PackTask::Try { file, step } => try_step::try_step(&file, step.as_deref(), options, runtime, input, screen),
        PackTask::Test { pack, only, form, bar } => {
            let options = Options { pack: in_use(pack, options), ..options.clone() };
            test::test(only.as_deref(), form, bar, &options, screen)
        }
    }
}

/// Names the pack that is meant: the one named here, else the one in use; `None` is the built-in one.
fn in_use(pack: Option<PathBuf>, options: &Options) -> Option<PathBuf> {
    pack.or_else(|| options.pack.clone())
}

/// Reads the texts of a pack.
fn files(pack: Option<&Path>) -> Result<Files, Error> {
    match pack {
        Some(path) => Files::open(path).map_err(|finding| Error::BrokenPack(vec![finding])),
        None => Ok(Files::embedded()),
    }
}

/// Computes digests and sizes of all model layers and writes them to the pack's `lessons/images/lock.yaml`.
fn build(folder: &Path, options: &Options, screen: &mut Screen) -> Result<Exit, Error> {
    let pack = open::pack(&Options { pack: Some(folder.to_owned()), ..options.clone() })?;
    let path = folder.join("lessons/images/lock.yaml");
    write_host_file(&path, open::lock(&pack)?.as_bytes())?;
    screen.write(&format!("{}\n", path.display()));
    Ok(Exit::Done)
}

/// Lists what a pack holds.
fn list(options: &Options, screen: &mut Screen) -> Result<Exit, Error> {
    let course = open::course(options)?;
    let manifest = &course.pack.manifest;
    screen.say(Tone::Title, &format!("{} {} ({})", manifest.title, manifest.version, manifest.id));
    screen.say(Tone::Prose, &menu::overview(&Progress::read(&course, &[])));
    let recipes: Vec<&str> = course.pack.recipes().collect();
    if !recipes.is_empty() {
        screen.say(Tone::Prose, &format!("Images: {}", recipes.join(", ")));
    }
    Ok(Exit::Done)
}
