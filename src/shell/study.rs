//! Opening a lesson or problem, playing it, and the report at its end.

use super::drive::{Ending, Stage, drive};
use super::input::LineSource;
use super::screen::Screen;
use super::{Error, Exit, Journal, Options, Origin, ReportForm, Runtime, online, open};
use crate::lesson::{Activity, Course, Kind};
use crate::store::WorkspaceName;
use crate::tutor::{self, Session, Tone};

/// What is to be opened.
pub(super) struct Study<'a> {
    pub(super) kind: Kind,
    pub(super) id: &'a str,
    pub(super) report: ReportForm,
    pub(super) options: &'a Options,
    pub(super) runtime: &'a Runtime,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Played {
    pub(super) exit: Exit,
    pub(super) ending: Ending,
    /// All was right at the first attempt, without a hint.
    pub(super) flawless: bool,
}

/// Plays a lesson or problem in its own workspace, from where the journal says that it was left.
pub(super) fn study(
    request: &Study<'_>,
    course: &Course,
    journal: &Journal,
    lines: &mut dyn LineSource,
    screen: &mut Screen,
) -> Result<Played, Error> {
    let Study { kind, id, options, runtime, .. } = *request;
    let records = journal.read()?.records;
    let unknown = || Error::Unknown { kind, name: id.to_owned(), nearest: None };
    let mut session = Session::open(course, kind, id, tutor_options(options), &records).ok_or_else(unknown)?;
    let moves = course.find(kind, id).is_some_and(moves_from_day_to_day);
    let played = Options { origin: Origin::Classroom, ..options.clone() };
    let options = match options.origin {
        Origin::Online if moves => {
            screen.say(Tone::Info, online::NEEDS_THE_PAST);
            &played
        }
        Origin::Online | Origin::Classroom => options,
    };
    // What is real and what is played are never mixed in one workspace.
    let id = match options.origin {
        Origin::Online => format!("{id}-online"),
        Origin::Classroom => id.to_owned(),
    };
    let name = WorkspaceName::Work { pack: course.pack.manifest.id.clone(), id };
    let bench = open::bench(options, runtime, &name)?;
    if !session.is_resumed() {
        bench.engine.workspace().clear_pins()?;
    }
    let mut stage = Stage { lines, screen, bench: &bench, journal };
    let ending = drive(&mut session, &mut stage)?;
    if request.report == ReportForm::Json {
        screen.write(&format!("{}\n", session.report().to_json()));
    }
    let report = session.report();
    Ok(Played { exit: exit(report.completed, ending, options), ending, flawless: report.is_flawless() })
}

/// Whether the registry is to be as it was on certain days.
fn moves_from_day_to_day(activity: &Activity) -> bool {
    activity.registry.is_some() || activity.steps.iter().any(|step| step.registry.is_some())
}

/// A person who leaves has done nothing wrong; a script wants to know.
fn exit(completed: bool, ending: Ending, options: &Options) -> Exit {
    match ending {
        Ending::Finished => Exit::Done,
        Ending::Left | Ending::Menu | Ending::InputEnded if completed || options.console.is_interactive() => Exit::Done,
        Ending::Left | Ending::Menu | Ending::InputEnded => Exit::InputEnded,
    }
}

fn tutor_options(options: &Options) -> tutor::Options {
    let input = if options.console.is_interactive() { tutor::Input::Terminal } else { tutor::Input::Pipe };
    tutor::Options { learner: options.learner.clone(), seed: options.seed, input }
}
