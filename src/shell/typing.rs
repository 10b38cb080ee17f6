//! The line editor. It reads ahead, so all that is read from the terminal goes through one of it: what was typed or pasted before it is
//! asked for waits inside and answers whoever asks next, be it the workbook, a question of docker or a shell in a container.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::history::{FileHistory, History};
use rustyline::{
    Cmd, ColorMode, CompletionType, ConditionalEventHandler, Config, Editor, Event, EventContext, EventHandler,
    ExternalPrinter as _, KeyCode, KeyEvent, Modifiers, RepeatCount,
};

use super::assistant::{Assistant, Role};
use super::complete::Known;
use super::input::Heard;
use super::paint::{Ink, Painter};
use super::row::Row;
use crate::docker::Completer;

/// How many lines are remembered.
const REMEMBERED: usize = 1000;

/// Writes above a line that is being typed, and leaves the line as it is.
pub(super) type Above = Box<dyn FnMut(String) + Send>;

/// What a line is typed for.
pub(super) enum Purpose<'p> {
    /// The workbook's prompt.
    Workbook,
    /// A shell in a container, with what completes words there and the lines before it.
    Container(Completer, &'p [String]),
    /// A question, or the input of a program: no line can be had again, none is completed.
    Answer,
    /// A secret: an answer that is not shown.
    Secret,
}

/// The line editor; clones are the same one.
#[derive(Clone)]
pub(super) struct Typing {
    editor: Arc<Mutex<Editor<Assistant, FileHistory>>>,
    seen: Arc<Seen>,
    colours: ColorMode,
    /// Tells the columns of the terminal; `None` is a terminal that cannot draw a row again.
    columns: Option<fn() -> usize>,
    row: Row,
}

impl Typing {
    /// Opens the line editor; `columns` tells how wide the terminal is, where it can draw a row again.
    pub(super) fn open(painter: Painter, columns: Option<fn() -> usize>) -> io::Result<Self> {
        let colours = match painter.style().ink {
            Ink::Colour => ColorMode::Forced,
            Ink::None => ColorMode::Disabled,
        };
        let mut editor = Editor::with_history(config()?, FileHistory::with_config(&config()?)).map_err(failure)?;
        editor.set_color_mode(colours);
        editor.set_helper(Some(Assistant::new(painter)));
        let seen = Arc::new(Seen::default());
        for key in Key::ALL {
            editor.bind_sequence(key.event(), EventHandler::Conditional(Box::new(Watched { key, seen: seen.clone() })));
        }
        Ok(Self { editor: Arc::new(Mutex::new(editor)), seen, colours, columns, row: Row::default() })
    }

    /// Draws this row before what is typed.
    pub(super) fn on(self, row: Row) -> Self {
        Self { row, ..self }
    }

    /// Returns the row of the cursor, for whoever writes to the terminal.
    pub(super) fn row(&self) -> Row {
        self.row.clone()
    }

    /// Returns what writes above the line while another thread waits for it; `None` where the terminal cannot.
    pub(super) fn above(&self) -> Option<Above> {
        let mut printer = self.lock().create_external_printer().ok()?;
        // Whoever cannot be written to cannot be told so either.
        Some(Box::new(move |text| drop(printer.print(text))))
    }

    /// Lets others see and change the lines that can be had again.
    pub(super) fn with_history<T>(&self, work: impl FnOnce(&mut FileHistory) -> T) -> T {
        work(self.lock().history_mut())
    }

    /// Learns what can be completed at the workbook's next prompt.
    pub(super) fn offer(&self, known: Known) {
        if let Some(assistant) = self.lock().helper_mut() {
            assistant.known = known;
        }
    }

    /// Tells whether the line that came last was pasted together with what comes behind it.
    pub(super) fn is_pasting(&self) -> bool {
        self.seen.pasting.load(Ordering::Relaxed)
    }

    /// Waits for a line.
    pub(super) fn read(&self, prompt: &str, purpose: Purpose<'_>) -> io::Result<Heard> {
        let mut editor = self.lock();
        let before = self.begun_row()?;
        let (role, past, colours) = match purpose {
            Purpose::Workbook => (Role::Workbook, None, self.colours),
            Purpose::Container(completer, before) => (Role::Container(completer), Some(before), self.colours),
            Purpose::Answer => (Role::Answer, Some(&[][..]), self.colours),
            // Only with colours is the editor's helper asked how the line looks.
            Purpose::Secret => (Role::Secret, Some(&[][..]), ColorMode::Forced),
        };
        let own = match past {
            Some(past) => Some(std::mem::replace(editor.history_mut(), history_of(past)?)),
            None => None,
        };
        editor.set_color_mode(colours);
        take_role(&mut editor, role);
        let prompt = format!("{before}{prompt}");
        let read = editor.readline(&prompt);
        take_role(&mut editor, Role::Workbook);
        if let Some(own) = own {
            *editor.history_mut() = own;
        }
        match read {
            Ok(_) if self.seen.ended.swap(false, Ordering::Relaxed) => {
                if prompt.is_empty() && self.columns.is_some() {
                    // The editor has ended a row on which nothing stands.
                    written("\x1b[A")?;
                }
                Ok(Heard::Ended)
            }
            Ok(line) => Ok(Heard::Line(line)),
            Err(ReadlineError::Eof) => Ok(Heard::Ended),
            Err(ReadlineError::Interrupted) => {
                self.seen.pasting.store(false, Ordering::Relaxed);
                Ok(Heard::Interrupted)
            }
            // Bytes that are no text void the line that they stand in.
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => Ok(Heard::Interrupted),
            Err(error) => Err(failure(error)),
        }
    }

    /// Returns what the editor draws before its prompt. A row that cannot be drawn again ends; a terminal that draws none keeps it.
    fn begun_row(&self) -> io::Result<String> {
        let Some(columns) = self.columns else {
            drop(self.row.take(usize::MAX));
            return Ok(String::new());
        };
        match self.row.take(columns()) {
            Some(before) => Ok(before),
            None => written("\n").map(|()| String::new()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Editor<Assistant, FileHistory>> {
        self.editor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn config() -> io::Result<Config> {
    let builder = Config::builder().max_history_size(REMEMBERED).map_err(failure)?;
    Ok(builder
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .build())
}

fn history_of(lines: &[String]) -> io::Result<FileHistory> {
    let mut history = FileHistory::with_config(&config()?);
    history.ignore_space(false);
    for line in lines {
        // A line that is not taken cannot be had again, and nothing else.
        let _ = history.add(line);
    }
    Ok(history)
}

fn take_role(editor: &mut Editor<Assistant, FileHistory>, role: Role) {
    if let Some(assistant) = editor.helper_mut() {
        assistant.role = role;
    }
}

/// Writes past the editor.
fn written(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

fn failure(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// What certain keys have told.
#[derive(Default)]
struct Seen {
    /// Whether what comes was pasted: the terminal marks where it begins and ends.
    pasting: AtomicBool,
    /// Whether the input has ended.
    ended: AtomicBool,
}

/// A key that means more than the editor makes of it.
#[derive(Clone, Copy)]
enum Key {
    /// The terminal's mark before pasted text, whose lines come as if they were typed.
    PasteBegins,
    /// The mark behind it.
    PasteEnds,
    /// In pasted text a character like any other.
    Tab,
    /// Ctrl-D ends one input: what is behind it is for the next one.
    End,
}

impl Key {
    const ALL: [Self; 4] = [Self::PasteBegins, Self::PasteEnds, Self::Tab, Self::End];

    fn event(self) -> Event {
        let key = match self {
            Self::PasteBegins => KeyEvent(KeyCode::BracketedPasteStart, Modifiers::NONE),
            Self::PasteEnds => KeyEvent(KeyCode::BracketedPasteEnd, Modifiers::NONE),
            Self::Tab => KeyEvent(KeyCode::Tab, Modifiers::NONE),
            Self::End => KeyEvent::ctrl('D'),
        };
        Event::from(key)
    }
}

/// A key and what it has told.
struct Watched {
    key: Key,
    seen: Arc<Seen>,
}

impl ConditionalEventHandler for Watched {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        match self.key {
            Key::PasteBegins => {
                self.seen.pasting.store(true, Ordering::Relaxed);
                Some(Cmd::Noop)
            }
            Key::PasteEnds => {
                self.seen.pasting.store(false, Ordering::Relaxed);
                Some(Cmd::Noop)
            }
            Key::Tab => self.seen.pasting.load(Ordering::Relaxed).then_some(Cmd::SelfInsert(1, '\t')),
            Key::End if context.line().is_empty() => {
                self.seen.ended.store(true, Ordering::Relaxed);
                Some(Cmd::AcceptLine)
            }
            Key::End => None,
        }
    }
}
