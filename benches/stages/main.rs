//! How fast each stage is. `cargo bench` times all of them, `cargo bench -- layer` those with `layer` in their names.
//!
//! Whole commands beside those of other programs are timed by `benches/peers.sh`.

mod classroom;
mod layers;
mod lessons;
mod queries;

fn main() {
    divan::main();
}

/// When everything is made that the engines here make.
fn now() -> jiff::Timestamp {
    jiff::Timestamp::UNIX_EPOCH
}
