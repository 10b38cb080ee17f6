//! `layerbook pack test`: the proof that a pack's checks are right, in a home that is thrown away.

use super::super::error::counted;
use super::super::screen::Screen;
use super::super::signals::Wish;
use super::super::{Error, Exit, Options, open};
use super::check::no_pack;
use super::findings::Told;
use super::{Bar, FindingForm, files};
use crate::author::prove_on_threads;
use crate::lesson::Course;
use crate::pack::Pack;
use crate::store::Store;

/// Proves a pack: status 0 where every check is right, 1 where one is not, 4 where the pack cannot be used at all.
pub(super) fn test(
    only: Option<&str>,
    form: FindingForm,
    bar: Bar,
    options: &Options,
    screen: &mut Screen,
) -> Result<Exit, Error> {
    let pack = files(options.pack.as_deref()).and_then(|files| Pack::from_files(files).map_err(Error::BrokenPack));
    let course = match pack.and_then(|pack| Course::load(pack).map_err(Error::BrokenPack)) {
        Ok(course) => course,
        Err(Error::BrokenPack(findings)) => return Ok(no_pack(&findings, form, screen)),
        Err(other) => return Err(other),
    };
    if let Some(id) = only.filter(|id| course.activities.iter().all(|activity| activity.id != **id)) {
        return Err(Error::Usage(format!("the pack has no lesson or problem `{id}`")));
    }
    let failed = |cause| Error::System { action: "make a folder".to_owned(), cause };
    let wish = Wish::listen(options.console.input);
    let home = tempfile::tempdir().map_err(failed)?;
    let store = Store::open(home.path())?.unshared();
    let classroom = open::rehearsals(options)?;
    let proof = prove_on_threads(&course, only, &store, classroom, &|| wish.signal().is_none());
    if let Some(signal) = wish.signal() {
        return Ok(Exit::Signal(signal));
    }
    let looked_at = format!(
        "{} played, {} and {} typed",
        counted(proof.activities, "lesson and problem").replace("lesson and problems", "lessons and problems"),
        counted(proof.variants, "variant"),
        counted(proof.typed, "line"),
    );
    let told = Told { manifest: Some(&course.pack.manifest), findings: &proof.findings, looked_at };
    told.tell(form, screen);
    Ok(if told.fails(bar) { Exit::Failed } else { Exit::Done })
}
