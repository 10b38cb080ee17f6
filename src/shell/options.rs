//! What the program was asked for, after the command line and the environment have been read.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::doctor::Reach;
use super::packs::PackTask;
use super::paint::Style;
use crate::author::Classroom;
use crate::engine::Clock;
use crate::oci::Platform;
use crate::server::Sparse;

/// Settings that hold for every task.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where images and progress are kept.
    pub home: PathBuf,
    /// A lesson pack, a folder or a `.tar`; `None` is the built-in one.
    pub pack: Option<PathBuf>,
    /// Who plays the registries.
    pub origin: Origin,
    /// A classroom that is open already, for rehearsals: it stands for everything outside, its word is taken for layers, and nothing
    /// is synced. The command line never gives one.
    pub rehearsal: Option<Arc<Classroom>>,
    /// Docker's own `config.json`, whose logins are read.
    pub docker_config: Option<PathBuf>,
    /// Base URL that Docker Hub's images are asked from.
    pub mirror: Option<String>,
    /// Registries, and ranges of addresses, that may speak plain HTTP.
    pub insecure: Vec<String>,
    /// The learner's name, part of each draw.
    pub learner: String,
    /// The seed of each draw, below 2^53.
    pub seed: u64,
    /// How texts look.
    pub style: Style,
    /// Tells the columns of the terminal, whose size changes; texts take no more than the style's width.
    pub columns: fn() -> usize,
    /// Tells the rows of the terminal.
    pub rows: fn() -> usize,
    /// What the three standard streams are connected to.
    pub console: Console,
    /// The one clock.
    pub clock: Clock,
    /// The zone for times in full, asked for where one is written: to find it takes a look through the system's zones.
    pub zone: fn() -> TimeZone,
    /// Platform that is taken from an index where none is asked for.
    pub platform: Platform,
    /// Looks up a variable of the environment that a docker command runs in.
    pub variable: fn(&str) -> Option<String>,
}

/// Who plays the registries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The classroom plays the names in its catalogue; all others are real.
    Classroom,
    /// Every registry is the real one.
    Online,
}

/// What a standard stream is connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// A person.
    Terminal,
    /// A pipe or a file.
    Pipe,
}

/// The three standard streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Console {
    /// Standard input.
    pub input: Stream,
    /// Standard output.
    pub output: Stream,
    /// Standard error.
    pub error: Stream,
    /// Whether the terminal is one that cannot move its cursor: what is typed there cannot be hidden.
    pub dumb: bool,
}

impl Console {
    /// Tells whether a person sits at both ends: lines are then edited and the output may be redrawn.
    pub fn is_interactive(&self) -> bool {
        self.input == Stream::Terminal && self.output == Stream::Terminal
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// The workbook: first screen, then the menu.
    Workbook,
    /// A lesson or a problem; without a name, the next one.
    Study {
        /// Which of the two.
        kind: crate::lesson::Kind,
        /// Its id, or its number in the menu.
        name: Option<String>,
        /// What stands at the end.
        report: ReportForm,
    },
    /// What is due again, one problem after the other.
    Review(ReportForm),
    /// Show by two variants without a slip that a lesson is not needed; without a name, the next one.
    TestOut(Option<String>),
    /// What is done and what is next.
    Progress(ReportForm),
    /// A picture: `layers`, `name`, `tags` or `sizes`, and of what.
    Show(Vec<String>),
    /// One line of docker words.
    Docker(Vec<String>),
    /// Serve the pack's model images over HTTP.
    Serve(Serving),
    /// What an author does with a pack.
    Pack(PackTask),
    /// What works here.
    Doctor(Reach),
}

/// What stands at the end of a lesson's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportForm {
    /// Nothing.
    None,
    /// One line of JSON.
    Json,
}

/// How model images are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serving {
    /// Address to listen on.
    pub address: String,
    /// The day whose tags are served, as typed; without one, the newest of each.
    pub day: Option<String>,
    /// Where what is pushed goes.
    pub pushes: Pushes,
    /// Whether manifests may be pushed without some of their layers.
    pub sparse: Sparse,
}

/// Where what is pushed to the served registry goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushes {
    /// Nothing can be pushed.
    Refused,
    /// Into a folder that is removed at the end.
    Forgotten,
    /// Into this folder.
    Kept(PathBuf),
}
