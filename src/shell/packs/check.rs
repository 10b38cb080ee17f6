//! `layerbook pack check`: everything that is wrong in a pack, at once and in order.

use std::path::Path;

use super::super::error::counted;
use super::super::screen::Screen;
use super::super::{Error, Exit};
use super::findings::Told;
use super::{Bar, FindingForm, files};
use crate::lesson::lint;
use crate::pack::Files;
use crate::yaml::Finding;

/// Checks a pack: status 0 where it is sound, 1 where something was found, 4 where it is no pack.
pub(super) fn check(pack: Option<&Path>, form: FindingForm, bar: Bar, screen: &mut Screen) -> Result<Exit, Error> {
    let files = match files(pack) {
        Ok(files) => files,
        Err(Error::BrokenPack(findings)) => return Ok(no_pack(&findings, form, screen)),
        Err(other) => return Err(other),
    };
    let looked_at = looked_at(&files);
    let checked = lint::check(files);
    let told = Told { manifest: checked.manifest.as_ref(), findings: &checked.findings, looked_at };
    told.tell(form, screen);
    Ok(match (&checked.manifest, told.fails(bar)) {
        (None, _) => Exit::BrokenPack,
        (Some(_), true) => Exit::Failed,
        (Some(_), false) => Exit::Done,
    })
}

/// Nothing could be read: the file is missing, an archive is damaged.
pub(super) fn no_pack(findings: &[Finding], form: FindingForm, screen: &mut Screen) -> Exit {
    Told { manifest: None, findings, looked_at: String::new() }.tell(form, screen);
    Exit::BrokenPack
}

/// `2 lessons and 1 problem`.
pub(super) fn looked_at(files: &Files) -> String {
    format!("{} and {}", counted(files.lessons.len(), "lesson"), counted(files.exercises.len(), "problem"))
}
