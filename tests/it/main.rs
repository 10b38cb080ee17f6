//! One integration crate, one module a subject.

mod architecture;
mod model;
mod reference;
mod rootfs;
mod server;
mod support;
