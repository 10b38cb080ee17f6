//! One integration crate, one module a subject.

mod architecture;
mod lesson;
mod reference;
mod tutor;
