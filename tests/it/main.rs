//! One integration crate, one module a subject.

mod reference;
