//! A program that runs in a container: who it is, where it is, what it knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::compound::Jump;
use super::lines::Waiting;
use super::read::Reading;
use super::state::{Dialect, Leaves, Origin, Own, Place, SEPARATORS, Variable};
use super::{Found, Stream, Written};
use crate::container::files::{Errno, Files, Follow, Kind, NodeId, ROOT, Want, Who};
use crate::container::{Container, Error};

/// What a session needs to know from outside.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The one clock.
    pub clock: fn() -> Timestamp,
    /// Who runs it, as `-u` has it; empty for the image's user.
    pub user: String,
    /// Where it starts, as `-w` has it; empty for the image's place.
    pub working_dir: String,
    /// More variables, `NAME=value`.
    pub env: Vec<String>,
    /// Whether someone types.
    pub tty: bool,
    /// Tells the columns of their terminal.
    pub columns: fn() -> usize,
    /// What programs of a model image are declared to print, by their command line.
    pub prints: BTreeMap<String, String>,
    /// The machine that the image is for, `x86_64` for example.
    pub machine: String,
}

/// A program in a container.
pub struct Session<'c> {
    pub(in crate::container) container: &'c mut Container,
    pub(in crate::container) settings: Settings,
    pub(in crate::container) who: Who,
    pub(in crate::container) at: NodeId,
    pub(super) previous: String,
    pub(in crate::container) variables: Vec<Variable>,
    pub(super) arguments: Vec<String>,
    pub(super) status: i32,
    /// What has ended before its last command.
    pub(super) leaves: Leaves,
    /// How many scripts are read in, one in the other.
    pub(super) sourcing: usize,
    /// How many conditions run, one in the other: a command that fails there is an answer.
    pub(super) conditions: usize,
    pub(super) own: Own,
    pub(super) place: Place,
    pub(super) history: Vec<String>,
    /// How many loops run, one in the other, and where the innermost goes on.
    pub(super) loops: usize,
    pub(super) jump: Option<Jump>,
    /// What was read of the input.
    pub(super) reading: Reading,
    /// How many of the lines were typed since the shell began.
    pub(super) remembered: usize,
    /// Lines of something that has not ended yet.
    pub(super) pending: String,
    /// A line whose programs wait for what is typed.
    pub(super) waiting: Option<Waiting>,
    pub(super) dialect: Dialect,
    /// How deep scripts call one another.
    pub(super) depth: usize,
    /// Whether what runs now writes to a pipe or a file.
    pub(super) piped: bool,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With this exit status.
    Exited(i32),
    /// It is a shell that wants lines.
    Shell,
    /// It is a program that a workbook cannot run; the sentence says what it is.
    CannotRun(String),
    /// It is not there, or may not be run: what runc says behind `exec: "NAME": `, and the exit status.
    NotStarted {
        /// runc's words.
        reason: &'static str,
        /// 126 or 127.
        status: i32,
    },
}

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const HOST_NAMES: &str = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\nff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";

impl<'c> Session<'c> {
    /// Gets ready to run something in a container.
    pub fn new(container: &'c mut Container, settings: Settings) -> Self {
        let config = container.record().config.clone();
        let user = if settings.user.is_empty() { config.user.clone() } else { settings.user.clone() };
        let place =
            if settings.working_dir.is_empty() { config.working_dir.clone() } else { settings.working_dir.clone() };
        let origin = if settings.tty { Origin::Typed } else { Origin::Input };
        let mut session = Self {
            container,
            settings,
            who: Who::ROOT,
            at: ROOT,
            previous: String::new(),
            variables: Vec::new(),
            arguments: Vec::new(),
            status: 0,
            leaves: Leaves::Nothing,
            sourcing: 0,
            conditions: 0,
            own: Own::default(),
            place: Place { origin, name: "sh".to_owned(), before: 0, line: 1 },
            history: Vec::new(),
            remembered: 0,
            loops: 0,
            jump: None,
            reading: Reading::default(),
            pending: String::new(),
            waiting: None,
            dialect: Dialect::Dash,
            depth: 0,
            piped: false,
        };
        session.mount();
        session.who = session.read_user(&user);
        session.set_variables(config.env.as_deref().unwrap_or_default());
        if !place.is_empty() {
            session.enter(&place);
        }
        session
    }

    /// Puts what the engine mounts into every running container.
    fn mount(&mut self) {
        let name = self.container.record().hostname().to_owned();
        let hosts = format!("{HOST_NAMES}172.17.0.2\t{name}\n");
        let now = self.seconds();
        let files = self.files_mut();
        for (device, minor) in [("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)] {
            files.mount(&format!("dev/{device}"), Kind::Character { major: 1, minor }, 0o666, now);
        }
        files.mount("dev/tty", Kind::Character { major: 5, minor: 0 }, 0o666, now);
        for (link, target) in [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1")] {
            files.mount(&format!("dev/{link}"), Kind::Symlink { target: target.into() }, 0o777, now);
        }
        files.mount("dev/stderr", Kind::Symlink { target: b"/proc/self/fd/2".to_vec() }, 0o777, now);
        for (path, text) in [
            ("etc/hostname", format!("{name}\n")),
            ("etc/hosts", hosts),
            ("etc/resolv.conf", "nameserver 127.0.0.11\noptions ndots:0\n".to_owned()),
        ] {
            let size = text.len() as u64;
            let source = crate::container::files::Source::Text(Arc::from(text.into_bytes()));
            files.mount(path, Kind::File { size, source }, 0o644, now);
        }
    }

    fn set_variables(&mut self, of_image: &[String]) {
        self.set("IFS", SEPARATORS);
        self.export("PATH", DEFAULT_PATH);
        let hostname = self.container.record().hostname().to_owned();
        self.export("HOSTNAME", &hostname);
        if self.settings.tty {
            self.export("TERM", "xterm");
        }
        let own = self.settings.env.clone();
        for pair in of_image.iter().chain(&own) {
            if let Some((name, value)) = pair.split_once('=') {
                self.export(name, value);
            }
        }
        if self.value("HOME").is_none() {
            let home = self.home();
            self.export("HOME", &home);
        }
    }

    pub(in crate::container) fn files(&self) -> &Files {
        &self.container.files
    }

    pub(in crate::container) fn files_mut(&mut self) -> &mut Files {
        Arc::make_mut(&mut self.container.files)
    }

    /// Goes to where the program starts; runc makes the place if it is not there.
    fn enter(&mut self, place: &str) {
        let now = self.seconds();
        let mut at = ROOT;
        for part in place.split('/').filter(|part| !part.is_empty()) {
            let found = self.files().find(at, part, Follow::Last, Who::ROOT);
            let made = found
                .or_else(|_| self.files_mut().create(at, part.as_bytes(), Kind::directory(), 0o755, Who::ROOT, now));
            match made {
                Ok(id) => at = id,
                Err(_) => return,
            }
        }
        self.at = at;
    }

    /// Tells whether a program writes to someone's terminal.
    pub(in crate::container) fn writes_to_terminal(&self) -> bool {
        self.settings.tty && !self.piped
    }

    /// Returns the time in seconds since 1970.
    pub(in crate::container) fn seconds(&self) -> i64 {
        (self.settings.clock)().as_second()
    }

    pub(in crate::container) fn value(&self, name: &str) -> Option<&str> {
        self.variable(name).map(|variable| variable.value.as_str())
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    pub(in crate::container) fn set(&mut self, name: &str, value: &str) {
        if let Some(variable) = self.variables.iter_mut().find(|variable| variable.name == name) {
            value.clone_into(&mut variable.value);
        } else {
            let exported = self.own.will_export.remove(name);
            self.variables.push(Variable { name: name.to_owned(), value: value.to_owned(), exported });
        }
    }

    pub(in crate::container) fn export(&mut self, name: &str, value: &str) {
        self.set(name, value);
        self.mark(name);
    }

    pub(super) fn mark(&mut self, name: &str) {
        self.variables
            .iter_mut()
            .filter(|variable| variable.name == name)
            .for_each(|variable| variable.exported = true);
    }

    /// Finds a path as the program sees it.
    pub(in crate::container) fn find(&self, path: &str, follow: Follow) -> Result<NodeId, Errno> {
        self.files().find(self.at, path, follow, self.who)
    }

    /// Reads a file whole.
    pub(in crate::container) fn read(&self, path: &str) -> Result<Vec<u8>, Errno> {
        let id = self.find(path, Follow::Last)?;
        if !self.who.may(Want::Read, self.files().node(id)) {
            return Err(Errno::Access);
        }
        self.read_node(id, u64::MAX)
    }

    /// Reads the first bytes of a file.
    pub(in crate::container) fn read_node(&self, id: NodeId, most: u64) -> Result<Vec<u8>, Errno> {
        match &self.files().node(id).kind {
            Kind::File { size, source } if most >= *size => Ok(self.container.bodies.read(source, *size)?.to_vec()),
            Kind::File { size, source } => Ok(self.container.bodies.read_head(source, *size, most)?.to_vec()),
            Kind::Directory { .. } => Err(Errno::IsDirectory),
            Kind::Character { major: 1, minor: 3 } => Ok(Vec::new()),
            Kind::Character { .. } | Kind::Block { .. } | Kind::Fifo => Err(Errno::NoDevice),
            Kind::Symlink { .. } => Err(Errno::Loop),
        }
    }

    /// Writes a file, a new one or over an old one.
    pub(in crate::container) fn write(&mut self, path: &str, bytes: &[u8], mode: u16) -> Result<NodeId, Errno> {
        let (who, now) = (self.who, self.seconds());
        let found = self.find(path, Follow::Last);
        if let Ok(id) = found
            && matches!(self.files().node(id).kind, Kind::Character { major: 1, minor: 3 | 5 })
        {
            return Ok(id);
        }
        if let Ok(id) = found
            && self.files().node(id).is_directory()
        {
            return Err(Errno::IsDirectory);
        }
        let (source, size) = (self.container.bodies.write(bytes).map_err(|_| Errno::Io)?, bytes.len() as u64);
        match found {
            Ok(id) => self.files_mut().set_body(id, source, size, who, now).map(|()| id),
            Err(Errno::NoEntry) => {
                let (parent, name) = self.files().find_parent(self.at, path, who)?;
                let name = name.to_vec();
                self.files_mut().create(parent, &name, Kind::File { size, source }, mode, who, now)
            }
            Err(error) => Err(error),
        }
    }

    /// Runs a program with its arguments. What it writes goes to `write` as it comes; its changes are on disk afterwards. Without an
    /// input it reads what is typed, line by line ([`Self::type_line`]); `None` where it waits for some.
    pub fn start(
        &mut self,
        words: &[String],
        input: Option<&[u8]>,
        write: &mut dyn FnMut(Stream, &[u8]),
    ) -> Result<Option<Ended>, Error> {
        let Some(input) = input else { return self.start_typed(words, write) };
        let mut written = Written::default();
        let ended = self.main_program(words, input, &mut written);
        written.pieces.iter().for_each(|(stream, bytes)| write(*stream, bytes));
        self.container.save()?;
        Ok(Some(ended))
    }

    /// Looks a program up and runs it.
    pub(super) fn main_program(&mut self, words: &[String], input: &[u8], written: &mut Written) -> Ended {
        let Some(name) = words.first() else { return Ended::Exited(0) };
        match self.look_up(name) {
            Found::Nothing => {
                let reason = if name.contains('/') { "stat" } else { "executable file not found in $PATH" };
                Ended::NotStarted { reason, status: 127 }
            }
            Found::Directory => Ended::NotStarted { reason: "is a directory", status: 126 },
            Found::NotExecutable => Ended::NotStarted { reason: "permission denied", status: 126 },
            Found::Program(id) => {
                let ended = self.execute(id, words, input, written);
                if ended == Ended::Shell {
                    self.recall();
                }
                ended
            }
        }
    }

    /// Returns the exit status of the last command.
    pub fn status(&self) -> i32 {
        self.status
    }
}
