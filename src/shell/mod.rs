//! The terminal: where lines come from, how texts look, and the loop that carries out what the tutor asks for. The only
//! part that knows colours, keys and standard streams. Teaches nothing and imitates no Docker.
//!
//! `app` does the tasks of the command line, `drive` plays a lesson, `open` puts the engine together, `journal` keeps
//! progress.

mod app;
mod options;
mod study;

mod assistant;
mod drive;
mod input;
mod menu;
mod row;
mod terminal;
mod typing;

mod absent;
mod accounts;
mod advice;
mod bench;
mod complete;
mod cut;
mod paint;
mod picture;
mod screen;

mod doctor;
mod echo;
mod error;
mod fold;
mod journal;
mod lazy;
mod online;
mod open;
mod packs;
#[cfg(test)]
mod paper;
mod patience;
mod person;
mod review;
mod rows;
mod runtime;
mod serve;
mod sight;
mod signals;
mod witnesses;

pub use app::{Stdio, run};
pub use doctor::Reach;
pub use error::{Error, Exit};
pub use journal::{Journal, Records};
pub use options::{Console, Options, Origin, Pushes, ReportForm, Serving, Stream, Task};
pub use packs::{Bar, FindingForm, PackTask};
pub use paint::{Form, Ink, Painter, Style};
pub use screen::Sink;

use runtime::Runtime;
