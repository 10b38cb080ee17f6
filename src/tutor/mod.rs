//! Teaching: events in, effects out. No I/O, no clock, not async.

mod effect;
pub mod picture;
mod progress;
mod report;
mod session;

pub use effect::{Effect, Event, Prompt, Ran, Tone};
pub use progress::{Entry, Progress, State};
pub use report::{Outcome, Report, StepReport};
pub use session::{Input, Options, Session};
