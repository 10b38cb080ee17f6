//! The loop of a lesson or problem: events go to the tutor, its effects are carried out. Decides nothing about teaching.

use std::fs::File;
use std::io::{ErrorKind, Write as _};

use super::advice::advice;
use super::bench::{self, Bench, Show};
use super::complete::Known;
use super::cut::Cut;
use super::fold::{Fold, follows_a_log};
use super::input::{Heard, LineSource};
use super::patience::{LONG, telling_after};
use super::screen::Screen;
use super::sight::Sight;
use super::{Error, Journal};
use crate::lesson::World;
use crate::tutor::{Effect, Event, Prompt, Session, Tone};

/// Said while what a step needs is fetched or made.
const PREPARING: &str = "Preparing the images ...";

/// Who hears events and says what is to be done: a [`Session`], or a script in tests.
pub(super) trait Tutor {
    /// Hears what happened and says what is to be done, in order.
    fn step(&mut self, event: Event, world: &dyn World) -> Vec<Effect>;
}

impl Tutor for Session {
    fn step(&mut self, event: Event, world: &dyn World) -> Vec<Effect> {
        Self::step(self, event, world)
    }
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Completed.
    Finished,
    /// The learner asked to leave.
    Left,
    /// The learner asked for the menu.
    Menu,
    /// The input ended.
    InputEnded,
}

/// What a session plays on.
pub(super) struct Stage<'a> {
    /// Where lines come from.
    pub(super) lines: &'a mut dyn LineSource,
    /// Where the workbook speaks.
    pub(super) screen: &'a mut Screen,
    /// The engine.
    pub bench: &'a Bench<'a>,
    /// Where progress is kept.
    pub(super) journal: &'a Journal,
}

/// Plays a session to its end.
pub(super) fn drive(tutor: &mut dyn Tutor, stage: &mut Stage<'_>) -> Result<Ending, Error> {
    let sight = Sight::new(stage.bench.options);
    let mut play = Play { stage, prompt: None, known: String::new(), typed: String::new(), sight, cut: Cut::default() };
    let mut event = Event::Opened;
    loop {
        let input_ended = matches!(event, Event::Left);
        let effects = tutor.step(event, &play.stage.bench.engine);
        event = match play.perform(effects)? {
            Next::End(Ending::Left) | Next::Event(_) if input_ended => return Ok(Ending::InputEnded),
            Next::End(ending) => return Ok(ending),
            Next::Event(event) => event,
        };
    }
}

/// Writes notes to a file that is not there yet, and says what came of it.
fn write_notes(file: &str, text: &str, screen: &mut Screen) {
    let written =
        File::create_new(file).and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    let told = match written {
        Ok(()) => format!("Written to `{file}`."),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            format!("`{file}` is there already and was left as it is. Name another file.")
        }
        Err(error) => format!("`{file}` cannot be written: {error}."),
    };
    screen.say(Tone::Info, &told);
}

/// What follows a list of effects.
enum Next {
    Event(Event),
    End(Ending),
}

struct Play<'a, 'b> {
    stage: &'a mut Stage<'b>,
    /// The last prompt, for a tutor that has nothing to say.
    prompt: Option<Prompt>,
    /// The line that was heard, as long as nothing is said below it: a command that stands there needs no announcement.
    known: String,
    /// The last line that was heard, until a command runs.
    typed: String,
    /// What of the task is in sight.
    sight: Sight,
    /// What was cut off an output.
    cut: Cut,
}

impl Play<'_, '_> {
    fn perform(&mut self, effects: Vec<Effect>) -> Result<Next, Error> {
        for effect in effects {
            match effect {
                Effect::Say { tone, text } => {
                    self.stage.screen.say(tone, &text);
                    self.sight.said(tone, &text);
                    self.known.clear();
                }
                Effect::Save(record) => self.stage.journal.append(&record, self.stage.bench.now())?,
                Effect::Run(line) => return self.run(&line).map(Next::Event),
                Effect::RunQuietly(line) => return self.run_quietly(&line).map(Next::Event),
                Effect::Gather(needs) => self.stage.bench.gather(&needs)?,
                Effect::Resolve(names) => {
                    let frozen = self.preparing(|bench, _| bench.freeze(&names))?;
                    return Ok(Next::Event(Event::Resolved(frozen)));
                }
                Effect::Reset(images) => {
                    let laid_out = self.preparing(|bench, _| bench.reset(&images))?;
                    self.stage.bench.tell_of_online(self.stage.screen);
                    return Ok(Next::Event(Event::Ran(laid_out)));
                }
                Effect::Ask(prompt) => return self.ask(prompt).map(Next::Event),
                Effect::Keep(name) => self.stage.bench.keep(&name)?,
                Effect::Restore(name) => return Ok(Next::Event(Event::Ran(self.stage.bench.restore(&name)?))),
                Effect::Registry(day) => self.stage.bench.set_moment(day.as_deref()),
                Effect::Publish(day) => self.stage.bench.publish(day.as_deref())?,
                Effect::Write { file, text } => write_notes(&file, &text, self.stage.screen),
                Effect::Draw(line) => {
                    let drawn = self.stage.bench.draw(&line, self.stage.screen)?;
                    self.sight.wrote(&drawn);
                }
                Effect::More(portion) => {
                    self.cut.more(portion, self.prompt.as_ref(), &mut self.sight, self.stage.screen);
                }
                Effect::Menu => return Ok(Next::End(Ending::Menu)),
                Effect::Finish => return Ok(Next::End(Ending::Finished)),
                Effect::Leave => return Ok(Next::End(Ending::Left)),
            }
        }
        let again = self.prompt.take().unwrap_or_else(|| Prompt {
            place: "layerbook".to_owned(),
            words: Vec::new(),
            enter_goes_on: false,
        });
        self.ask(again).map(Next::Event)
    }

    fn run(&mut self, line: &str) -> Result<Event, Error> {
        if self.known.trim() != line.trim() {
            self.stage.screen.show_command(line);
            self.sight.wrote(&format!("\n$ {line}\n"));
        }
        let fold = self.fold(line);
        let show = fold.as_ref().map_or(Show::Live, Show::Folded);
        let ran = self.stage.bench.run(line, show, self.stage.screen, Some(&mut *self.stage.lines))?;
        let rest = fold.map(|fold| fold.rest()).unwrap_or_default();
        let Some(ran) = ran else {
            self.stage.screen.write("\n");
            self.cut.off(rest, &mut self.sight, self.stage.screen);
            return Ok(Event::Interrupted);
        };
        self.sight.wrote(&ran.stdout);
        self.sight.wrote(&ran.stderr);
        self.sight.kept_back(&rest);
        self.cut.off(rest, &mut self.sight, self.stage.screen);
        if self.stage.bench.options.console.is_interactive()
            && let Some(text) = advice(&ran, self.stage.bench)?
        {
            self.stage.screen.advise(&text);
            self.sight.said(Tone::Info, &text);
        }
        Ok(Event::Ran(ran))
    }

    /// Returns what an output is cut by: of a command that was typed where something is asked for. What the workbook
    /// shows it speaks about, and what follows a log is not to wait.
    fn fold(&mut self, line: &str) -> Option<Fold> {
        // What was typed runs once: a step that shows the same command afterwards is the workbook's.
        let is_own = std::mem::take(&mut self.typed).trim() == line.trim();
        let room = self.sight.room(self.prompt.as_ref())?;
        (is_own && !follows_a_log(line)).then(|| Fold::new(room, self.sight.columns()))
    }

    /// Says the task again where something long has carried it out of sight.
    fn repeat_task(&mut self, prompt: &Prompt) {
        if let Some(task) = self.sight.lost_task(prompt) {
            self.stage.screen.say(Tone::Task, &task);
            self.sight.said(Tone::Task, &task);
        }
    }

    /// Does what nobody sees; a person who waits long for it is told so.
    fn preparing<T>(&mut self, work: impl FnOnce(&Bench<'_>, &mut Screen) -> T) -> T {
        let (bench, screen) = (self.stage.bench, &mut *self.stage.screen);
        if !bench.options.console.is_interactive() {
            return work(bench, screen);
        }
        let (painted, mut out) = (screen.painter().say(Tone::Info, PREPARING), screen.out.clone());
        // Whoever cannot be written to cannot be told so either.
        let tell = move || drop(out.write_all(painted.as_bytes()).and_then(|()| out.flush()));
        let (came, told) = telling_after(LONG, tell, || work(bench, &mut *screen));
        if told {
            screen.was_written_to();
        }
        came
    }

    fn run_quietly(&mut self, line: &str) -> Result<Event, Error> {
        let ran = self.preparing(|bench, screen| bench.run(line, Show::Nothing, screen, None))?;
        Ok(ran.map_or(Event::Interrupted, Event::Ran))
    }

    fn ask(&mut self, prompt: Prompt) -> Result<Event, Error> {
        self.repeat_task(&prompt);
        let place = format!("{} > ", prompt.place);
        let stage = &mut *self.stage;
        stage.bench.tell_of_online(stage.screen);
        let bench = stage.bench;
        let mut known = || Known {
            words: prompt.words.clone(),
            images: bench.image_names(),
            containers: bench.container_names(),
            offered: bench.offered(),
            commands: bench::commands(),
        };
        stage.lines.offer(&mut known);
        let heard = stage.lines.next_line(&place).map_err(Error::Input)?;
        stage.screen.was_written_to();
        self.prompt = Some(prompt);
        Ok(match heard {
            Heard::Line(line) => {
                self.sight.wrote(&format!("{place}{line}"));
                self.known.clone_from(&line);
                self.typed.clone_from(&line);
                Event::Line(line)
            }
            Heard::Interrupted => Event::Interrupted,
            Heard::Ended => Event::Left,
        })
    }
}

#[cfg(test)]
mod tests;
