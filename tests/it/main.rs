//! One integration crate, one module a subject.

mod architecture;
mod model;
mod pipe;
mod docker;
mod reference;
mod rootfs;
mod server;
mod support;
