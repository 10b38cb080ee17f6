//! What an author does with a pack besides writing it: beginning one, telling an editor what belongs into its files, and
//! proving that its checks are right. Opens no file and prints nothing: texts and findings come back.

mod prove;
mod sample;
mod schema;

pub use prove::{Classroom, Proof, SetDay, prove, prove_on_threads, records_before};
pub use sample::sample;
pub use schema::{Shape, schema};
