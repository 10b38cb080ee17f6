//! `layerbook pack new`: a pack to begin with. Never writes over anything.

use std::fs;
use std::path::Path;

use super::super::screen::Screen;
use super::super::{Error, Exit};
use crate::author::sample;
use crate::store::write_host_file;
use crate::tutor::Tone;

/// Writes the files of a new pack into a folder that is empty, or not there yet.
pub(super) fn new(folder: &Path, screen: &mut Screen) -> Result<Exit, Error> {
    let held = fs::read_dir(folder).map(|mut entries| entries.next().is_some());
    match held {
        Ok(true) => {
            return Err(Error::Usage(format!("`{}` is not empty, and nothing is written over", folder.display())));
        }
        Err(_) if folder.is_file() => return Err(Error::Usage(format!("`{}` is a file", folder.display()))),
        Ok(false) | Err(_) => {}
    }
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for (path, text) in sample(&name) {
        let path = folder.join(path);
        write_host_file(&path, text.as_bytes())?;
        screen.write(&format!("{}\n", super::super::paint::neutral(&path.display().to_string())));
    }
    let folder = folder.display();
    screen.say(Tone::Info, &format!("`layerbook pack check {folder}` and `layerbook pack test {folder}` are next."));
    Ok(Exit::Done)
}
