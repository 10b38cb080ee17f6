//! Teaching: events in, effects out. No I/O, no clock, not async.

mod effect;

pub use effect::{Effect, Event, Prompt, Ran, Tone};
