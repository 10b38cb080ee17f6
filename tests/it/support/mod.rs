//! What several subjects need: a server that misbehaves on demand.

pub mod server;
