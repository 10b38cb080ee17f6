//! The learner's bench: one engine, and what the shell does with it. Runs lines, freezes names, lays out a start state.

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::complete::Command;
use super::echo::Unechoed;
use super::error::chain;
use super::fold::{Fold, Opening};
use super::input::LineSource;
use super::online::{Account, explained};
use super::paint::Form;
use super::row::Row;
use super::screen::{Screen, Tee};
use super::{Error, Options, Origin, Runtime, Stream};
use crate::docker::{self, Mode, Output, Terminals, View};
use crate::engine::{Engine, PullRequest};
use crate::lesson::Need;
use crate::model::{Day, Moment};
use crate::oci::Reference;
use crate::tutor::Ran;

/// One workspace's engine with what is needed to use it.
pub(super) struct Bench<'a> {
    /// The engine.
    pub(super) engine: Engine,
    /// Set when layers came from the classroom.
    pub(super) played: Arc<AtomicBool>,
    /// What was asked of real registries, where these are asked.
    pub(super) account: Option<Arc<Account>>,
    /// Runs what takes time.
    pub(super) runtime: &'a Runtime,
    /// Settings.
    pub(super) options: &'a Options,
    /// The day on which the classroom's registry is looked at.
    pub(super) day: Day,
    /// Names that can be pulled, once they are known.
    pub(super) offered: OnceCell<Vec<String>>,
}

/// Whether the learner sees an output.
#[derive(Clone, Copy)]
pub(super) enum Show<'f> {
    /// As it comes.
    Live,
    /// As it comes, as much as the fold lets through.
    Folded(&'f Fold),
    /// Not at all.
    Nothing,
}

impl<'f> Show<'f> {
    fn fold(self) -> Option<&'f Fold> {
        match self {
            Self::Folded(fold) => Some(fold),
            Self::Live | Self::Nothing => None,
        }
    }
}

impl Bench<'_> {
    /// Runs a line of docker commands and pipes; `None` where Ctrl-C ended it. `lines` answer where docker asks
    /// (`Are you sure?`), and are typed into containers.
    pub(super) fn run(
        &self,
        line: &str,
        show: Show<'_>,
        screen: &mut Screen,
        mut lines: Option<&mut dyn LineSource>,
    ) -> Result<Option<Ran>, Error> {
        let row = lines.as_ref().map(|lines| lines.row());
        let (mut out, mut err) = self.tees(show, screen, row.as_ref());
        let is_seen = !matches!(show, Show::Nothing);
        let redrawn = is_seen && self.is_redrawn();
        let view = View { terminal: redrawn, ..self.view() };
        self.played.store(false, Ordering::Relaxed);
        let mut output = Output::new(&mut out, &mut err);
        output.columns = self.options.columns;
        // What is typed here are lines, never an archive.
        output.terminals = Terminals { input: true, output: self.options.console.output == Stream::Terminal };
        let unechoed = if redrawn && self.options.console.is_interactive() { Unechoed::begin() } else { None };
        let fold = show.fold();
        let (mut answers, mut typing, mut person);
        if let Some(lines) = &mut lines {
            let hands = lines.hands();
            answers = Opening { fold: fold.cloned(), inner: hands.answers };
            output.input = Some(&mut answers);
            typing = hands.console.map(|inner| Opening { fold: fold.cloned(), inner });
            output.console = typing.as_mut().map(|typing| typing as &mut dyn docker::Console);
            person = hands.person.map(|inner| Opening { fold: fold.cloned(), inner });
            output.person = person.as_mut().map(|person| person as &mut dyn docker::Person);
        }
        let work = docker::run_line(line, &self.engine, &view, &mut output);
        let status = if self.options.console.is_interactive() {
            self.runtime.run_until_interrupted(work)?
        } else {
            Some(self.runtime.run(work)?)
        };
        drop(unechoed);
        let status = if lines.is_some_and(LineSource::was_interrupted) { None } else { status };
        screen.was_written_to();
        let is_open = row.is_some_and(|row| row.take((self.options.columns)()).is_none_or(|text| !text.is_empty()));
        if is_open && status.is_some() {
            // What is said next begins a row of its own.
            screen.write("\n");
        }
        let ran = |status: i32| Ran { line: line.to_owned(), stdout: out.into_text(), stderr: err.into_text(), status };
        if is_seen {
            self.tell_of_the_classroom(screen);
        }
        Ok(status.map(|outcome| ran(outcome.status)))
    }

    /// Opens what a command writes to, standard output and standard error. What is no terminal is not cut, and moves no cursor.
    fn tees(&self, show: Show<'_>, screen: &Screen, row: Option<&Row>) -> (Tee, Tee) {
        let watched = |stream: Stream, sink: super::Sink| match row {
            Some(row) if stream == Stream::Terminal => row.sink(sink),
            Some(_) | None => sink,
        };
        let folded = |stream: Stream, sink: &super::Sink| match show {
            Show::Folded(fold) if stream == Stream::Terminal => Some(watched(stream, fold.sink(sink.clone()))),
            Show::Live | Show::Folded(_) => Some(watched(stream, sink.clone())),
            Show::Nothing => None,
        };
        let console = self.options.console;
        (Tee::new(folded(console.output, &screen.out)), Tee::new(folded(console.error, &screen.err)))
    }

    /// Freezes names to what they mean now; the text says why it cannot be done.
    pub(super) fn freeze(&self, references: &[Reference]) -> Result<Result<(), String>, Error> {
        self.runtime.run(async {
            for reference in references {
                self.engine.freeze(reference).await.map_err(|error| explained(&error))?;
            }
            Ok(())
        })
    }

    /// Finds out what expressions will look at. What cannot be found out cannot be checked later, and is said then.
    pub(super) fn gather(&self, needs: &[Need]) -> Result<(), Error> {
        self.runtime.run(async {
            for need in needs {
                drop(match need {
                    Need::Tags(repository) => self.engine.freeze_tags(repository).await,
                    Need::Platform(reference, platform) => self.engine.freeze_for(reference, platform).await,
                });
            }
        })
    }

    /// Puts these images, and nothing else, into the workspace. A layer that the pool has is not fetched again.
    pub(super) fn reset(&self, references: &[Reference]) -> Result<Ran, Error> {
        self.engine.workspace().update(Vec::clear)?;
        let pulled: Result<(), String> = self.runtime.run(async {
            self.engine.clear_containers().map_err(|error| chain(&error))?;
            for reference in references {
                let request = PullRequest { reference: reference.clone(), platform: None };
                self.engine.pull(&request, &mut |_| ()).await.map_err(|error| explained(&error))?;
            }
            Ok(())
        })?;
        let status = i32::from(pulled.is_err());
        Ok(Ran { status, stderr: pulled.err().unwrap_or_default(), ..Ran::default() })
    }

    /// Keeps the workspace's present state under a name.
    pub(super) fn keep(&self, name: &str) -> Result<(), Error> {
        Ok(self.engine.workspace().snapshot(name)?)
    }

    /// Returns to a snapshot; status 1 where there is none of that name.
    pub(super) fn restore(&self, name: &str) -> Result<Ran, Error> {
        let found = self.engine.workspace().restore(name)?;
        Ok(Ran { status: i32::from(!found), ..Ran::default() })
    }

    /// Looks at the classroom's registry as it was on a day. Lessons are read before: their days are days.
    pub(super) fn set_moment(&self, day: Option<&str>) {
        if let Some(classroom) = &self.options.rehearsal {
            (classroom.set_day)(day);
        }
        self.day.turn_to(day.and_then(|day| Moment::parse(day).ok()));
    }

    /// Says why a repository of the classroom, by its familiar name, has no tag at all on the day that is looked at.
    pub(super) fn known_later(&self, repository: &str) -> Option<String> {
        let moment = self.day.moment()?;
        self.offered().iter().any(|name| name == repository).then(|| {
            format!(
                "Here the registry stands on {}, and of `{repository}` this workbook knows only what was published later.",
                moment.as_str()
            )
        })
    }

    /// Moves the registry to a day: what was frozen is asked for anew.
    pub(super) fn publish(&self, day: Option<&str>) -> Result<(), Error> {
        self.set_moment(day);
        Ok(self.engine.workspace().clear_pins()?)
    }

    /// Returns the names of the images that the workspace holds, for completion.
    pub(super) fn image_names(&self) -> Vec<String> {
        let images = self.engine.images().unwrap_or_default();
        images.iter().flat_map(|image| &image.tags).map(Reference::familiar).collect()
    }

    /// Returns the names of the workspace's containers, for completion.
    pub(super) fn container_names(&self) -> Vec<String> {
        self.engine.shelf().list().unwrap_or_default().into_iter().map(|record| record.name).collect()
    }

    /// Returns the names that the classroom can be asked for, read once; none where every registry is real.
    pub(super) fn offered(&self) -> Vec<String> {
        self.offered.get_or_init(|| super::open::offered(self.options, self.runtime).unwrap_or_default()).clone()
    }

    /// Returns the time.
    pub(super) fn now(&self) -> Timestamp {
        (self.options.clock)()
    }

    /// Tells whether a pull may redraw its lines.
    pub(super) fn is_redrawn(&self) -> bool {
        self.options.console.output == Stream::Terminal && self.options.style.form == Form::Drawn
    }

    /// Returns what docker's rendering needs to know, for an output that nobody sees.
    pub(super) fn view(&self) -> View {
        let mode = match self.options.origin {
            Origin::Classroom => Mode::Classroom,
            Origin::Online => Mode::Online,
        };
        let zone = self.options.zone;
        View { now: self.now(), zone, width: self.options.columns, terminal: false, mode, variable: |_| None }
    }

    /// Says, once in a home and only to a person, that what was pulled is a model.
    pub(super) fn tell_of_the_classroom(&self, screen: &mut Screen) {
        let mark = self.options.home.join("cache/classroom-introduced");
        if self.options.console.error == Stream::Pipe || !self.played.load(Ordering::Relaxed) || mark.exists() {
            return;
        }
        screen.advise(CLASSROOM);
        // Where the mark cannot be left, it is said again next time.
        let _ = std::fs::write(mark, "");
    }
}

/// Returns docker's commands, for completion.
pub(super) fn commands() -> Vec<Command> {
    docker::commands().map(|(name, flags)| Command { name: name.to_owned(), flags }).collect()
}

const CLASSROOM: &str = "This image came from the classroom, which is part of layerbook and needs no network. It is a model: \
    names, tags, layers, sizes and history are the real image's, file contents are blank. With `--online` every image is the \
    real one.";
