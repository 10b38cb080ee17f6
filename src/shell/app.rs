//! The tasks of the command line.

use std::io::BufRead;

use super::bench::{Bench, Show};
use super::drive::Ending;
use super::input::{Heard, LineSource, Pipe};
use super::menu::{self, Choice};
use super::person::OnDemand;
use super::row::Row;
use super::screen::{Screen, Sink};
use super::sight::Sight;
use super::study::{Played, Study, study};
use super::terminal::Terminal;
use super::{
    Error, Exit, Journal, Options, PackTask, Painter, ReportForm, Runtime, Stream, Task, doctor, open, packs, picture,
    serve, signals,
};
use crate::docker::{self, Output, Terminals, View};
use crate::lesson::Course;
use crate::tutor::{Overview, Progress, Review, Tone};

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
    let painter = Painter::new(options.style).within(options.columns);
    let mut screen = Screen::new(stdio.out.clone(), stdio.err.clone(), painter);
    let runtime = Runtime::default();
    // A server and a proof end in their own way, and leave the terminal as it is.
    let ends_itself = matches!(task, Task::Serve(_) | Task::Pack(PackTask::Test { .. }));
    if options.console.is_interactive() && !ends_itself {
        signals::give_terminal_back();
    }
    let done = match task {
        Task::Docker(words) => {
            let mut input = stdio.input;
            docker_words(&words, options, &runtime, &screen, &mut *input)
        }
        Task::Workbook => Workbook::open(options, &runtime, stdio, &mut screen).and_then(|mut book| book.menu()),
        Task::Study { kind, name, report } => Workbook::open(options, &runtime, stdio, &mut screen)
            .and_then(|mut book| book.study(kind, name.as_deref(), report)),
        Task::Review(report) => {
            Workbook::open(options, &runtime, stdio, &mut screen).and_then(|mut book| book.review(report))
        }
        Task::TestOut(lesson) => Workbook::open(options, &runtime, stdio, &mut screen)
            .and_then(|mut book| book.test_out_by_name(lesson.as_deref())),
        Task::Show(words) => picture::show(&words, options, &runtime, &mut screen),
        Task::Progress(form) => progress(form, options, &mut screen),
        Task::Serve(serving) => serve::serve(&serving, options, &runtime, &screen),
        Task::Pack(task) => packs::run(task, options, &runtime, stdio.input, &mut screen),
        Task::Doctor(reach) => Ok(doctor::doctor(reach, options, &runtime, &mut screen)),
    };
    let told = |screen: &mut Screen, error: &Error| {
        screen.write_error(&super::paint::neutral(&error.report()));
        error.exit()
    };
    let exit = done.unwrap_or_else(|error| told(&mut screen, &error));
    match screen.out.failure() {
        Some(cause) => {
            let failed = told(&mut screen, &Error::System { action: "write to standard output".to_owned(), cause });
            if exit.status() == 0 { failed } else { exit }
        }
        None => exit,
    }
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
    let view = View { terminal: bench.is_redrawn(), variable: options.variable, ..bench.view() };
    let row = Row::default();
    let watched = |stream, sink: &Sink| if stream == Stream::Terminal { row.sink(sink.clone()) } else { sink.clone() };
    let mut out = watched(options.console.output, &screen.out);
    let mut err = watched(options.console.error, &screen.err);
    let mut typing = OnDemand::of(options, screen.painter(), &row, screen.out.clone());
    let mut person = typing.clone();
    let person = person.as_mut().map(|person| person as &mut dyn docker::Person);
    let is_terminal = |stream| stream == Stream::Terminal;
    let terminals =
        Terminals { input: is_terminal(options.console.input), output: is_terminal(options.console.output) };
    let console = typing.as_mut().map(|typing| typing as &mut dyn docker::Console);
    let mut output = Output::new(&mut out, &mut err);
    output.input = Some(&mut *input);
    output.person = person;
    output.console = console;
    output.terminals = terminals;
    output.columns = options.columns;
    let status = runtime.run(docker::execute(words, &bench.engine, &view, &mut output))?;
    bench.tell_of_the_classroom(&mut Screen::new(screen.out.clone(), screen.err.clone(), screen.painter()));
    Ok(Exit::Docker(status))
}

fn progress(form: ReportForm, options: &Options, screen: &mut Screen) -> Result<Exit, Error> {
    let course = open::course(options)?;
    let records = Journal::of(&options.home).read()?.records;
    let progress = Progress::read(&course, &records);
    if form == ReportForm::Json {
        let review = Review::read(&course, &records);
        let overview = Overview::new(&course, &progress, &review, (options.clock)());
        screen.write(&format!("{}\n", overview.to_json()));
        return Ok(Exit::Done);
    }
    screen.say(Tone::Title, &course.pack.manifest.title);
    screen.say(Tone::Prose, &menu::overview(&progress));
    screen.say(Tone::Prose, &menu::next(&progress));
    Ok(Exit::Done)
}

/// Rows below the menu: what is due, what can be typed, the blanks between, the prompt.
const BELOW_MENU: usize = 6;

/// What was chosen at the menu.
enum Next {
    Open(crate::lesson::Kind, String),
    Review,
    Leave,
}

/// The workbook: a course, the learner's journal, and someone to talk to.
pub(super) struct Workbook<'a> {
    pub(super) options: &'a Options,
    runtime: &'a Runtime,
    pub(super) screen: &'a mut Screen,
    lines: Box<dyn LineSource>,
    pub(super) course: Course,
    pub(super) journal: Journal,
}

impl<'a> Workbook<'a> {
    fn open(options: &'a Options, runtime: &'a Runtime, stdio: Stdio, screen: &'a mut Screen) -> Result<Self, Error> {
        let course = open::course(options)?;
        let journal = Journal::of(&options.home);
        crate::store::Store::open(&options.home)?;
        let lines: Box<dyn LineSource> = if options.console.is_interactive() {
            let columns = (!options.console.dumb).then_some(options.columns);
            Box::new(Terminal::open(&options.home, screen.painter(), columns).map_err(Error::Input)?)
        } else {
            Box::new(Pipe::new(stdio.input, stdio.out))
        };
        Ok(Self { options, runtime, screen, lines, course, journal })
    }

    /// Tests out of a lesson, by name or the next one.
    fn test_out_by_name(&mut self, name: Option<&str>) -> Result<Exit, Error> {
        let id = self.named(crate::lesson::Kind::Lesson, name)?;
        self.test_out(&id)
    }

    /// Finds a lesson or problem by name, or the next one.
    fn named(&self, kind: crate::lesson::Kind, name: Option<&str>) -> Result<String, Error> {
        let progress = self.progress()?;
        let entry = match name {
            Some(name) => menu::find(name, Some(kind), &progress).map_err(|nearest| Error::Unknown {
                kind,
                name: name.to_owned(),
                nearest,
            })?,
            None => menu::next_of(kind, &progress).ok_or(Error::Empty(kind))?,
        };
        Ok(entry.id.clone())
    }

    /// Opens one lesson or problem, by name or the next one.
    fn study(&mut self, kind: crate::lesson::Kind, name: Option<&str>, report: ReportForm) -> Result<Exit, Error> {
        let id = self.named(kind, name)?;
        let Played { exit, ending, .. } = self.play(kind, &id, report)?;
        if ending == Ending::Menu && self.options.console.is_interactive() {
            return self.menu();
        }
        if exit == Exit::Done && self.options.console.is_interactive() {
            let text = self.comes_back(&id)?;
            self.screen.say(Tone::Info, &text);
            let progress = self.progress()?;
            self.screen.say(Tone::Info, &menu::next(&progress));
        }
        Ok(exit)
    }

    pub(super) fn play(&mut self, kind: crate::lesson::Kind, id: &str, report: ReportForm) -> Result<Played, Error> {
        let request = Study { kind, id, report, options: self.options, runtime: self.runtime };
        study(&request, &self.course, &self.journal, &mut *self.lines, self.screen)
    }

    fn progress(&self) -> Result<Progress, Error> {
        Ok(Progress::read(&self.course, &self.journal.read()?.records))
    }

    /// The first screen, then the menu until the learner leaves.
    fn menu(&mut self) -> Result<Exit, Error> {
        let bench = open::bench(self.options, self.runtime, &open::shell_workspace(self.options))?;
        let mut typed = None;
        if self.journal.read()?.records.is_empty() {
            match self.welcome()? {
                Heard::Line(line) => typed = Some(line).filter(|line| !line.trim().is_empty()),
                Heard::Interrupted | Heard::Ended => return Ok(Exit::Done),
            }
        }
        loop {
            let progress = self.progress()?;
            let whole = menu::overview(&progress);
            let fits = Sight::new(self.options).has_room_for(&whole, BELOW_MENU);
            self.screen.say(Tone::Prose, &if fits { whole } else { menu::in_short(&progress) });
            let due = self.due_line()?;
            if !due.is_empty() {
                self.screen.say(Tone::Prose, &due);
            }
            self.screen.say(Tone::Prose, menu::HELP);
            match self.choice(&progress, &bench, typed.take())? {
                Next::Open(kind, id) => {
                    let played = self.play(kind, &id, ReportForm::None)?;
                    if played.ending == Ending::Finished {
                        let text = self.comes_back(&id)?;
                        self.screen.say(Tone::Info, &text);
                    }
                }
                Next::Review => drop(self.review(ReportForm::None)?),
                Next::Leave => return Ok(Exit::Done),
            }
        }
    }

    /// Says what this is, and waits for Enter; who has typed more than that has chosen already.
    fn welcome(&mut self) -> Result<Heard, Error> {
        self.screen.say(Tone::Prose, menu::WELCOME);
        if !self.options.console.is_interactive() {
            return Ok(Heard::Line(String::new()));
        }
        self.screen.gap();
        let heard = self.lines.next_line("Press Enter > ").map_err(Error::Input)?;
        self.screen.was_written_to();
        Ok(match heard {
            Heard::Line(line) if matches!(line.trim(), ":quit" | "quit" | "exit") => Heard::Ended,
            heard => heard,
        })
    }

    fn line(&mut self, progress: &Progress, bench: &Bench<'_>) -> Result<Heard, Error> {
        self.lines.offer(&mut || menu::known(progress, bench));
        let heard = self.lines.next_line("layerbook > ").map_err(Error::Input)?;
        self.screen.was_written_to();
        Ok(heard)
    }

    /// Waits for a lesson or problem to be chosen, unless one was typed.
    fn choice(&mut self, progress: &Progress, bench: &Bench<'_>, mut typed: Option<String>) -> Result<Next, Error> {
        loop {
            let line = match typed.take() {
                Some(line) => line,
                None => match self.line(progress, bench)? {
                    Heard::Line(line) => line,
                    Heard::Interrupted => continue,
                    Heard::Ended => return Ok(Next::Leave),
                },
            };
            match menu::choose(&line, progress) {
                Choice::Open(kind, id) => return Ok(Next::Open(kind, id)),
                Choice::Review => return Ok(Next::Review),
                Choice::Quit => return Ok(Next::Leave),
                Choice::List(kind) => self.screen.say(Tone::Prose, &menu::list(kind, progress)),
                Choice::Help => self.screen.say(Tone::Info, menu::HELP),
                Choice::Picture(line) => drop(bench.draw(&line, self.screen)?),
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
