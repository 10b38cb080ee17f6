//! `layerbook pack try`: one step played as a learner would, in a home that is thrown away, and again whenever its file is
//! saved.

use std::io::BufRead;
use std::path::Path;
use std::time::Duration;

use super::super::drive::{Ending, Stage, Tutor, drive};
use super::super::input::{Heard, LineSource, Pipe};
use super::super::paint::neutral;
use super::super::screen::Screen;
use super::super::terminal::Terminal;
use super::super::{Error, Exit, Journal, Options, Runtime, open};
use super::scene::{Place, Scene, Watch};
use super::waiting::{Aside, Look, Waiting};
use crate::lesson::World;
use crate::store::{Store, WorkspaceName};
use crate::tutor::{Effect, Event, Input, Session, Tone};

/// How often the file is looked at.
const POLL: Duration = Duration::from_millis(500);

const ANEW: &str = "The file was saved; here is the step anew.";
const WAITS: &str = "Waiting for the file to be saved; Ctrl-C ends it.";

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
    let home = options.home.as_path();
    let options = Options { pack: Some(place.pack.clone()), ..options.clone() };
    let load = || Scene::load(&place, step, &options, runtime);
    let desk = Desk { place: &place, options: &options, runtime };
    if options.console.is_interactive() {
        return with_person(&desk, &load, home, screen);
    }
    let mut lines = Pipe::new(input, screen.out.clone());
    let ending = desk.play(load()?, None, &mut lines, screen)?;
    Ok(if ending == Ending::InputEnded { Exit::InputEnded } else { Exit::Done })
}

/// Plays the step again and again, until the person leaves.
fn with_person(
    desk: &Desk<'_>,
    load: &dyn Fn() -> Result<Scene, Error>,
    home: &Path,
    screen: &Screen,
) -> Result<Exit, Error> {
    Store::open(home)?;
    let watch = Watch::new(desk.place, load);
    let painter = screen.painter();
    let aside = Aside::default();
    let mut screen = Screen::new(aside.sink(screen.out.clone()), aside.sink(screen.err.clone()), painter);
    let columns = (!desk.options.console.dumb).then_some(desk.options.columns);
    let mut terminal = Terminal::open(home, painter, columns).map_err(Error::Input)?;
    let above = terminal.above();
    // Where nothing can be said above a line, the file is looked at when the line has been typed.
    let says_above = above.is_some();
    let look = || match if says_above { watch.look() } else { Look::Same } {
        Look::Say(report) => Look::Say(painter.say(Tone::Info, &broken(&report))),
        other @ (Look::Same | Look::Leave) => other,
    };
    let above = above.unwrap_or_else(|| Box::new(drop));
    let mut lines = Waiting::new(Box::new(terminal), above, aside, &look, POLL);
    let mut scene = match load() {
        Ok(scene) => Some(scene),
        Err(Error::BrokenPack(findings)) => {
            screen.write_error(&neutral(&Error::BrokenPack(findings).report()));
            None
        }
        Err(error) => return Err(error),
    };
    loop {
        let played = scene.take().map(|scene| desk.play(scene, Some(&watch), &mut lines, &mut screen));
        match played {
            _ if watch.has_next() => {}
            Some(Ok(Ending::InputEnded)) => return Ok(Exit::InputEnded),
            // Nobody leaves while a line is being typed: then the step itself has ended.
            Some(Ok(Ending::Left | Ending::Menu)) if !lines.is_reading() => return Ok(Exit::Done),
            Some(Err(error)) => screen.write_error(&neutral(&error.report())),
            Some(Ok(Ending::Left | Ending::Menu | Ending::Finished)) | None => {}
        }
        if !watch.has_next() && !desk.is_saved(&watch, &mut lines, &mut screen)? {
            return Ok(Exit::Done);
        }
        scene = watch.take_next();
        screen.say(Tone::Info, ANEW);
    }
}

/// Says why a file that was saved is not played.
fn broken(report: &str) -> String {
    format!("The file was saved, and cannot be played so. The step stays as it was.\n\n```\n{}\n```", report.trim_end())
}

/// What a step is played on.
struct Desk<'a> {
    place: &'a Place,
    options: &'a Options,
    runtime: &'a Runtime,
}

impl Desk<'_> {
    fn play(
        &self,
        scene: Scene,
        watch: Option<&Watch<'_>>,
        lines: &mut dyn LineSource,
        screen: &mut Screen,
    ) -> Result<Ending, Error> {
        let Self { place, runtime, .. } = *self;
        let Scene { course, step, records, home } = scene;
        let options = Options { home: home.path().to_owned(), ..self.options.clone() };
        let input = if options.console.is_interactive() { Input::Terminal } else { Input::Pipe };
        let tutor = crate::tutor::Options { learner: options.learner.clone(), seed: options.seed, input };
        let session = Session::open(&course, place.kind, &place.id, tutor, &records);
        let session = session.expect("the course had it when it was loaded").without_welcome();
        let name = WorkspaceName::Work { pack: course.pack.manifest.id.clone(), id: place.id.clone() };
        let bench = open::bench(&options, runtime, &name)?;
        let journal = Journal::of(home.path());
        let mut stage = Stage { lines, screen, bench: &bench, journal: &journal };
        drive(&mut OneStep { session, step, watch, done: false }, &mut stage)
    }

    /// Waits for the file to be saved so that it can be played; `false` where the person leaves.
    fn is_saved(&self, watch: &Watch<'_>, lines: &mut Waiting<'_>, screen: &mut Screen) -> Result<bool, Error> {
        screen.say(Tone::Info, WAITS);
        while lines.is_reading() {
            // The prompt stands there, and nothing is asked.
            match lines.next_line("").map_err(Error::Input)? {
                Heard::Line(_) => screen.say(Tone::Info, WAITS),
                Heard::Interrupted | Heard::Ended => return Ok(watch.has_next()),
            }
        }
        loop {
            let saved = async {
                while !watch.is_saved() {
                    tokio::time::sleep(POLL).await;
                }
            };
            if self.runtime.run_until_interrupted(saved)?.is_none() {
                return Ok(false);
            }
            match watch.look_at_once() {
                Look::Same => {}
                Look::Say(report) => screen.say(Tone::Info, &broken(&report)),
                Look::Leave => return Ok(true),
            }
        }
    }
}

/// A session that ends when its step is done, or when the file was saved.
struct OneStep<'a> {
    session: Session,
    step: String,
    watch: Option<&'a Watch<'a>>,
    done: bool,
}

impl OneStep<'_> {
    /// A file that was saved since comes before the line.
    fn saved(&self, event: &Event) -> Look {
        match (self.watch, event) {
            (Some(watch), _) if watch.has_next() => Look::Leave,
            (Some(watch), Event::Line(_)) => watch.look_at_once(),
            (Some(_) | None, _) => Look::Same,
        }
    }

    fn heard(&mut self, event: Event, world: &dyn World) -> Vec<Effect> {
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

impl Tutor for OneStep<'_> {
    fn step(&mut self, event: Event, world: &dyn World) -> Vec<Effect> {
        if self.done {
            return vec![Effect::Leave];
        }
        match self.saved(&event) {
            Look::Leave => vec![Effect::Leave],
            Look::Say(report) => {
                let mut effects = vec![Effect::Say { tone: Tone::Info, text: broken(&report) }];
                effects.extend(self.heard(event, world));
                effects
            }
            Look::Same => self.heard(event, world),
        }
    }
}
