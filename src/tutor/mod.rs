//! Teaching: events in, effects out. No I/O, no clock, not async.

mod effect;
mod overview;
pub mod picture;
mod progress;
mod report;
mod review;
mod session;

pub use effect::{Effect, Event, Portion, Prompt, Ran, Tone};
pub use overview::Overview;
pub use progress::{Entry, Progress, State};
pub use report::{Outcome, Report, StepReport};
pub use review::{Item, Review, problems_of};
pub use session::{Input, Options, Session};
