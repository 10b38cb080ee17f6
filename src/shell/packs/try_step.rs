//! `layerbook pack try`: one step played as a learner would, in a home that is thrown away, and again whenever its file is
//! saved.

use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::drive::{Ending, Stage, Tutor, drive};
use super::super::input::{LineSource, Pipe};
use super::super::screen::Screen;
use super::super::terminal::Terminal;
use super::super::{Error, Exit, Journal, Options, Runtime, open, paint};
use crate::author::records_before;
use crate::lesson::{Activity, Course, Kind, World};
use crate::pack::Pack;
use crate::store::{Store, WorkspaceName};
use crate::tutor::{Effect, Event, Input, Session, Tone};

/// How often the file is looked at.
const POLL: Duration = Duration::from_millis(300);

/// Plays a step until it is done, and anew whenever the file changes; on a pipe once.
pub(super) fn try_step(
    file: &Path,
    step: Option<&str>,
    options: &Options,
    runtime: &Runtime,
    input: Box<dyn BufRead + Send>,
    screen: &mut Screen,
) -> Result<Exit, Error> {
    let place = Place::of(file)?;
    let mut input: Box<dyn LineSource> = if options.console.is_interactive() {
        let home = options.home.as_path();
        Store::open(home)?;
        Box::new(Terminal::open(home, screen.painter()).map_err(Error::Input)?)
    } else {
        Box::new(Pipe::new(input, screen.out.clone()))
    };
    let options = Options { pack: Some(place.pack.clone()), ..options.clone() };
    loop {
        let seen = saved(file);
        let played = play(&place, step, seen, &options, runtime, &mut *input, screen);
        let ending = match played {
            Err(Error::BrokenPack(findings)) if options.console.is_interactive() => {
                screen.write_error(&paint::neutral(&Error::BrokenPack(findings).report()));
                Ending::Finished
            }
            other => other?,
        };
        match ending {
            Ending::Left | Ending::Menu if saved(file) == seen => return Ok(Exit::Done),
            Ending::InputEnded => return Ok(Exit::InputEnded),
            Ending::Finished if !options.console.is_interactive() => return Ok(Exit::Done),
            Ending::Left | Ending::Menu | Ending::Finished => {}
        }
        if saved(file) == seen {
            screen.say(Tone::Info, "Waiting for the file to be saved; Ctrl-C ends it.");
            if runtime.run_until_interrupted(changed(file, seen))?.is_none() {
                return Ok(Exit::Done);
            }
        }
    }
}

fn saved(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

async fn changed(file: &Path, seen: Option<SystemTime>) {
    while saved(file) == seen {
        tokio::time::sleep(POLL).await;
    }
}

/// Where a file stands in its pack.
struct Place {
    pack: PathBuf,
    kind: Kind,
    id: String,
    file: PathBuf,
}

impl Place {
    /// Finds the pack around a file in `lessons/` or `exercises/`.
    fn of(file: &Path) -> Result<Self, Error> {
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
        Ok(Self { pack, kind, id, file: whole.clone() })
    }
}

fn play(
    place: &Place,
    step: Option<&str>,
    seen: Option<SystemTime>,
    options: &Options,
    runtime: &Runtime,
    lines: &mut dyn LineSource,
    screen: &mut Screen,
) -> Result<Ending, Error> {
    let course = Pack::open(&place.pack).and_then(Course::load).map_err(Error::BrokenPack)?;
    let activity = course
        .find(place.kind, &place.id)
        .ok_or_else(|| Error::Usage(format!("pack.yaml does not name `{}`", place.id)))?;
    let step = chosen(activity, step)?;
    let home = tempfile::tempdir().map_err(|cause| Error::System { action: "make a folder".to_owned(), cause })?;
    let options = Options { home: home.path().to_owned(), ..options.clone() };
    let store = Store::open(home.path())?;
    let classroom = open::rehearsed(&options)?;
    let before = runtime.run(records_before(&course, activity, &step, &store, &classroom))?;
    let records = before.map_err(|why| Error::Usage(format!("the step `{step}` cannot be reached: {why}")))?;
    let input = if options.console.is_interactive() { Input::Terminal } else { Input::Pipe };
    let tutor = crate::tutor::Options { learner: options.learner.clone(), seed: options.seed, input };
    let session = Session::open(&course, place.kind, &place.id, tutor, &records);
    let session = session.expect("the course has it, as was seen above").without_welcome();
    let name = WorkspaceName::Work { pack: course.pack.manifest.id.clone(), id: place.id.clone() };
    let bench = open::bench(&options, runtime, &name)?;
    let journal = Journal::of(home.path());
    let mut stage = Stage { lines, screen, bench: &bench, journal: &journal };
    drive(&mut OneStep { session, step, file: place.file.clone(), seen, done: false }, &mut stage)
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

/// A session that ends when its step is done, or when the file was saved.
struct OneStep {
    session: Session,
    step: String,
    file: PathBuf,
    seen: Option<SystemTime>,
    done: bool,
}

impl Tutor for OneStep {
    fn step(&mut self, event: Event, world: &dyn World) -> Vec<Effect> {
        if self.done {
            return vec![Effect::Leave];
        }
        if matches!(event, Event::Line(_)) && saved(&self.file) != self.seen {
            let text = "The file was saved; here is the step anew.".to_owned();
            return vec![Effect::Say { tone: Tone::Info, text }, Effect::Leave];
        }
        let mut effects = self.session.step(event, world);
        let is_done = |effect: &Effect| match effect {
            Effect::Save(record) => record["kind"] == "step" && record["step"] == self.step.as_str(),
            _ => false,
        };
        if let Some(at) = effects.iter().position(is_done) {
            effects.truncate(at + 1);
            effects.push(Effect::Finish);
            self.done = true;
        }
        effects
    }
}
