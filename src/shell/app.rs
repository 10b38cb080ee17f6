//! The tasks of the command line.

use std::io::BufRead;

use super::bench::{Bench, Show};
use super::input::{Heard, LineSource, Pipe};
use super::menu::{self, Choice};
use super::screen::{Screen, Sink};
use super::study::{Study, study};
use super::terminal::Terminal;
use super::{Error, Exit, Journal, Options, Painter, ReportForm, Runtime, Task, doctor, open, packs, serve};
use crate::docker::{self, Output, View};
use crate::lesson::Course;
use crate::tutor::{Progress, Tone};

/// The three standard streams, as values.
pub struct Stdio {
    /// Where lines come from when nobody types them.
    pub input: Box<dyn BufRead + Send>,
    /// Standard output.
    pub out: Sink,
    /// Standard error.
    pub err: Sink,
}

/// Does a task; what went wrong is told on standard error.
pub fn run(task: Task, options: &Options, stdio: Stdio) -> Exit {
    let painter = Painter::new(options.style);
    let mut screen = Screen::new(stdio.out.clone(), stdio.err.clone(), painter);
    let runtime = Runtime::default();
    let done = match task {
        Task::Docker(words) => {
            let mut input = stdio.input;
            docker_words(&words, options, &runtime, &screen, &mut *input)
        }
        Task::Workbook => Workbook::open(options, &runtime, stdio, &mut screen).and_then(|mut book| book.menu()),
        Task::Study { kind, name, report } => Workbook::open(options, &runtime, stdio, &mut screen)
            .and_then(|mut book| book.study(kind, name.as_deref(), report)),
        Task::Progress => progress(options, &mut screen),
        Task::Serve { address } => serve::serve(&address, options, &runtime, &screen),
        Task::PackBuild(folder) => packs::build(&folder, options, &mut screen),
        Task::PackList => packs::list(options, &mut screen),
        Task::PackCheck(folder) => packs::check(folder.as_deref(), options, &mut screen),
        Task::Doctor => Ok(doctor::doctor(options, &mut screen)),
    };
    done.unwrap_or_else(|error| {
        screen.write_error(&super::paint::neutral(&error.report()));
        error.exit()
    })
}

/// One docker command on the shell's images, Docker's output and exit status and nothing else. Ctrl-C ends the program
/// as it ends any other.
fn docker_words(
    words: &[String],
    options: &Options,
    runtime: &Runtime,
    screen: &Screen,
    input: &mut (dyn BufRead + Send),
) -> Result<Exit, Error> {
    let bench = open::bench(options, runtime, &open::shell_workspace(options))?;
    let view = View { terminal: bench.is_redrawn(), ..bench.view() };
    let (mut out, mut err) = (screen.out.clone(), screen.err.clone());
    let mut output = Output { out: &mut out, err: &mut err, input: Some(&mut *input), console: None };
    let status = runtime.run(docker::execute(words, &bench.engine, &view, &mut output))?;
    bench.tell_of_the_classroom(&mut Screen::new(screen.out.clone(), screen.err.clone(), screen.painter()));
    Ok(Exit::Docker(status))
}

fn progress(options: &Options, screen: &mut Screen) -> Result<Exit, Error> {
    let course = open::course(options)?;
    let records = Journal::of(&options.home).read()?.records;
    let progress = Progress::read(&course, &records);
    screen.say(Tone::Title, &course.pack.manifest.title);
    screen.say(Tone::Prose, &menu::overview(&progress));
    screen.say(Tone::Prose, &menu::next(&progress));
    Ok(Exit::Done)
}

/// The workbook: a course, the learner's journal, and someone to talk to.
struct Workbook<'a> {
    options: &'a Options,
    runtime: &'a Runtime,
    screen: &'a mut Screen,
    lines: Box<dyn LineSource>,
    course: Course,
    journal: Journal,
}

impl<'a> Workbook<'a> {
    fn open(options: &'a Options, runtime: &'a Runtime, stdio: Stdio, screen: &'a mut Screen) -> Result<Self, Error> {
        let course = open::course(options)?;
        let journal = Journal::of(&options.home);
        crate::store::Store::open(&options.home)?;
        let lines: Box<dyn LineSource> = if options.console.is_interactive() {
            Box::new(Terminal::open(&options.home, screen.painter()).map_err(Error::Input)?)
        } else {
            Box::new(Pipe::new(stdio.input, stdio.out))
        };
        Ok(Self { options, runtime, screen, lines, course, journal })
    }

    /// Opens one lesson or problem, by name or the next one.
    fn study(&mut self, kind: crate::lesson::Kind, name: Option<&str>, report: ReportForm) -> Result<Exit, Error> {
        let progress = self.progress()?;
        let entry = match name {
            Some(name) => menu::find(name, Some(kind), &progress).map_err(|nearest| Error::Unknown {
                kind,
                name: name.to_owned(),
                nearest,
            })?,
            None => menu::next_of(kind, &progress).ok_or(Error::Empty(kind))?,
        };
        let exit = self.play(kind, &entry.id, report)?;
        if exit == Exit::Done && self.options.console.is_interactive() {
            let progress = self.progress()?;
            self.screen.say(Tone::Info, &menu::next(&progress));
        }
        Ok(exit)
    }

    fn play(&mut self, kind: crate::lesson::Kind, id: &str, report: ReportForm) -> Result<Exit, Error> {
        let request = Study { kind, id, report, options: self.options, runtime: self.runtime };
        study(&request, &self.course, &self.journal, &mut *self.lines, self.screen)
    }

    fn progress(&self) -> Result<Progress, Error> {
        Ok(Progress::read(&self.course, &self.journal.read()?.records))
    }

    /// The first screen, then the menu until the learner leaves.
    fn menu(&mut self) -> Result<Exit, Error> {
        let bench = open::bench(self.options, self.runtime, &open::shell_workspace(self.options))?;
        if self.journal.read()?.records.is_empty() && !self.welcome()? {
            return Ok(Exit::Done);
        }
        loop {
            let progress = self.progress()?;
            self.screen.say(Tone::Prose, &menu::overview(&progress));
            self.screen.say(Tone::Prose, menu::HELP);
            match self.choice(&progress, &bench)? {
                Some((kind, id)) => self.play(kind, &id, ReportForm::None)?,
                None => return Ok(Exit::Done),
            };
        }
    }

    /// Says what this is; `false` where the learner leaves at once.
    fn welcome(&mut self) -> Result<bool, Error> {
        self.screen.say(Tone::Prose, menu::WELCOME);
        if !self.options.console.is_interactive() {
            return Ok(true);
        }
        self.screen.gap();
        let heard = self.lines.next_line("Press Enter > ").map_err(Error::Input)?;
        self.screen.was_written_to();
        Ok(match heard {
            Heard::Line(line) => !matches!(line.trim(), ":quit" | "quit" | "exit"),
            Heard::Interrupted | Heard::Ended => false,
        })
    }

    /// Waits for a lesson or problem to be chosen; `None` where the learner leaves.
    fn choice(
        &mut self,
        progress: &Progress,
        bench: &Bench<'_>,
    ) -> Result<Option<(crate::lesson::Kind, String)>, Error> {
        loop {
            self.lines.offer(&mut || menu::known(progress, bench));
            let heard = self.lines.next_line("layerbook > ").map_err(Error::Input)?;
            self.screen.was_written_to();
            let line = match heard {
                Heard::Line(line) => line,
                Heard::Interrupted => continue,
                Heard::Ended => return Ok(None),
            };
            match menu::choose(&line, progress) {
                Choice::Open(kind, id) => return Ok(Some((kind, id))),
                Choice::Quit => return Ok(None),
                Choice::Help => self.screen.say(Tone::Info, menu::HELP),
                Choice::Docker(line) => bench.run_and_advise(&line, self.screen, &mut *self.lines)?,
                Choice::Unknown(near) => self.screen.say(Tone::Unreadable, &menu::unknown(near.as_deref())),
            }
        }
    }
}

impl Bench<'_> {
    /// Runs a line that the learner typed outside of any lesson.
    fn run_and_advise(&self, line: &str, screen: &mut Screen, lines: &mut dyn LineSource) -> Result<(), Error> {
        let ran = self.run(line, Show::Live, screen, Some(lines))?;
        let interactive = self.options.console.is_interactive();
        if let Some(ran) = ran.filter(|_| interactive)
            && let Some(text) = super::advice::advice(&ran, self)?
        {
            screen.advise(&text);
        }
        Ok(())
    }
}
