//! One integration crate, one module a subject.

mod architecture;
mod reference;
mod template;
