//! One integration crate, one module a subject.

mod architecture;
mod model;
mod pipe;
mod reference;
mod rootfs;
mod server;
mod support;
