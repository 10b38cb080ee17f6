//! A step with all that it needs to be played, and whether its file was saved since.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

use super::super::{Error, Options, Runtime, open};
use super::waiting::Look;
use crate::author::{Classroom, records_before};
use crate::lesson::{Activity, Course, Kind};
use crate::pack::Pack;
use crate::store::Store;

/// Where a file stands in its pack.
pub(super) struct Place {
    pub(super) pack: PathBuf,
    pub(super) kind: Kind,
    pub(super) id: String,
    file: PathBuf,
}

impl Place {
    /// Finds the pack around a file in `lessons/` or `exercises/`.
    pub(super) fn of(file: &Path) -> Result<Self, Error> {
        let refuse = |what: &str| Error::Usage(format!("`{}` {what}", file.display()));
        let whole = file.canonicalize().map_err(|error| refuse(&format!("cannot be opened: {error}")))?;
        let folder = whole.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        let kind = match folder {
            Some("lessons") => Kind::Lesson,
            Some("exercises") => Kind::Problem,
            Some(_) | None => return Err(refuse("is in no folder `lessons` or `exercises` of a pack")),
        };
        let pack = whole.parent().and_then(Path::parent).ok_or_else(|| refuse("is in no pack"))?.to_owned();
        let id = whole.file_stem().and_then(|name| name.to_str()).ok_or_else(|| refuse("has no name"))?.to_owned();
        Ok(Self { pack, kind, id, file: whole })
    }
}

/// A step that can be played.
pub(super) struct Scene {
    pub(super) course: Course,
    pub(super) step: String,
    /// What led to it.
    pub(super) records: Vec<serde_json::Value>,
    /// Where its images and its progress are kept until it is left.
    pub(super) home: TempDir,
}

impl Scene {
    /// Reads the pack, and does all that comes before the step.
    pub(super) fn load(place: &Place, step: Option<&str>, options: &Options, runtime: &Runtime) -> Result<Self, Error> {
        let course = Pack::open(&place.pack).and_then(Course::load).map_err(Error::BrokenPack)?;
        let activity = course
            .find(place.kind, &place.id)
            .ok_or_else(|| Error::Usage(format!("pack.yaml does not name `{}`", place.id)))?;
        let step = chosen(activity, step)?;
        let home = tempfile::tempdir().map_err(|cause| Error::System { action: "make a folder".to_owned(), cause })?;
        let options = Options { home: home.path().to_owned(), ..options.clone() };
        let store = Store::open(home.path())?;
        // The layers are really made: whoever plays the step looks into them.
        let classroom = Classroom { vouch: None, ..open::rehearsed(&options)? };
        let before = runtime.run(records_before(&course, activity, &step, &store, &classroom))?;
        let records = before.map_err(|why| Error::Usage(format!("the step `{step}` cannot be reached: {why}")))?;
        Ok(Self { course, step, records, home })
    }
}

fn chosen(activity: &Activity, step: Option<&str>) -> Result<String, Error> {
    let known: Vec<&str> = activity.steps.iter().map(|step| step.id.as_str()).collect();
    match step {
        None => Ok(known.first().map(|id| (*id).to_owned()).unwrap_or_default()),
        Some(id) if known.contains(&id) => Ok(id.to_owned()),
        Some(id) => {
            let near = crate::yaml::nearest(id, &known).map(|near| format!(". Did you mean `{near}`?"));
            Err(Error::Usage(format!(
                "there is no step `{id}`{}",
                near.unwrap_or_else(|| format!("; there are {}", known.join(", ")))
            )))
        }
    }
}

/// Watches a file, and has its step ready whenever it was saved.
pub(super) struct Watch<'a> {
    file: &'a Path,
    load: &'a dyn Fn() -> Result<Scene, Error>,
    /// When the file was saved that is being played.
    played: Cell<Option<SystemTime>>,
    /// When it was saved as it was looked at last.
    glimpsed: Cell<Option<SystemTime>>,
    next: RefCell<Option<Scene>>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(place: &'a Place, load: &'a dyn Fn() -> Result<Scene, Error>) -> Self {
        let now = saved(&place.file);
        Self { file: &place.file, load, played: Cell::new(now), glimpsed: Cell::new(now), next: RefCell::default() }
    }

    /// Tells whether the file was saved, and has not changed since the last look: an editor writes piece by piece.
    pub(super) fn is_saved(&self) -> bool {
        let now = saved(self.file);
        let settled = self.glimpsed.replace(now) == now;
        settled && now.is_some() && self.played.get() != now
    }

    /// Loads the step where the file was saved, and is not being written any more.
    pub(super) fn look(&self) -> Look {
        if self.is_saved() { self.look_at_once() } else { Look::Same }
    }

    /// Loads the step where the file was saved. A file that cannot be played leaves the step that is being played.
    pub(super) fn look_at_once(&self) -> Look {
        let now = saved(self.file);
        if now.is_none() || self.played.replace(now) == now {
            return Look::Same;
        }
        match (self.load)() {
            Ok(scene) => {
                self.next.replace(Some(scene));
                Look::Leave
            }
            Err(error) => Look::Say(error.report()),
        }
    }

    /// Tells whether a step waits to be played.
    pub(super) fn has_next(&self) -> bool {
        self.next.borrow().is_some()
    }

    /// Takes the step that waits to be played.
    pub(super) fn take_next(&self) -> Option<Scene> {
        self.next.take()
    }
}

fn saved(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LESSON: &str = "schema: 1\nid: l\ntitle: L\nsteps:\n  - {say: Hello., id: a}\n";

    /// Writes a file as if it were saved so many seconds after the epoch.
    fn save(file: &Path, text: &str, second: u64) {
        fs::write(file, text).unwrap();
        let file = fs::File::options().write(true).open(file).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(second)).unwrap();
    }

    #[test]
    fn a_saved_file_is_loaded_once_it_is_written_and_a_broken_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lessons/l.yaml");
        fs::create_dir(folder.path().join("lessons")).unwrap();
        fs::write(folder.path().join("pack.yaml"), "schema: 1\nid: m\nversion: '1'\ntitle: M\nlessons: [l]\n").unwrap();
        save(&file, LESSON, 1);
        let place = Place::of(&file).unwrap();
        let load = || {
            let course = Pack::open(&place.pack).and_then(Course::load).map_err(Error::BrokenPack)?;
            Ok(Scene { course, step: "a".to_owned(), records: Vec::new(), home: tempfile::tempdir().unwrap() })
        };
        let watch = Watch::new(&place, &load);
        assert_eq!(watch.look(), Look::Same);
        save(&file, "schema: 1\nid: l\nsteps: []\n", 2);
        assert_eq!(watch.look(), Look::Same, "it may still be written");
        let Look::Say(findings) = watch.look() else { panic!("a broken file is told") };
        assert!(findings.contains("l.yaml:1"), "{findings}");
        assert_eq!((watch.look(), watch.has_next()), (Look::Same, false));
        save(&file, LESSON, 3);
        assert_eq!(watch.look_at_once(), Look::Leave);
        assert!(watch.take_next().is_some() && !watch.has_next());
        fs::remove_file(&file).unwrap();
        assert_eq!((watch.look(), watch.look()), (Look::Same, Look::Same));
    }
}
