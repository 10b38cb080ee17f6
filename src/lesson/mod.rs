//! Lessons and problems as data, and how an answer is judged. Prints nothing, teaches nothing.
//!
//! A file is read into the [`model`](Activity), every mistake in it told at once. While a lesson runs, a [`Scope`]
//! fills in texts and computes facts; [`judge()`] compares what was typed with what is so. Computing can fail, and then it
//! is nobody's mistake ([`Trouble`]); comparing cannot.

mod bound;
mod choose;
mod command_line;
mod contain;
mod course;
mod deep;
mod draw;
mod expression;
mod fact;
mod given;
mod goal;
mod judge;
pub mod lint;
mod look;
mod model;
mod names;
mod number;
mod output;
mod progress;
mod reached;
mod read;
mod reader;
mod scope;
mod several;
mod slip;
mod template;
mod value;
mod variant;
mod way;
mod world;

pub use choose::letter;
pub use course::Course;
pub use deep::on_each_processor;
pub use draw::Draw;
pub use fact::{Fact, FactKind, NamePart, Trouble};
pub use goal::reached;
pub use judge::{Outcome, Typed, common_slips, holds_for, judge, right_value, speaks};
pub use model::{Activity, Answer, GAP, Goal, Hint, Kind, Note, Row, Rule, Step, StepKind, Test, ValueType, When};
pub use names::Need;
pub use output::value as value_of_output;
pub use progress::progress;
pub use reached::{RanLine, Reached};
pub use reader::in_words;
pub use scope::Scope;
pub use value::{Choice, SetKind, Value, human_size};
pub use variant::Variant;
pub use way::{PICTURES, is_picture, only_looks};
pub use world::World;
