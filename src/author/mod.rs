//! What an author does with a pack besides writing it: beginning one, telling an editor what belongs into its files, proving
//! that its checks are right, and playing a lesson without a slip. Opens no file and prints nothing: texts and findings come back.

mod prove;
mod sample;
mod schema;

pub use prove::{Classroom, LEARNER, Proof, SEED, SetDay, prove, prove_on_threads, records_before, script};
pub use sample::sample;
pub use schema::{Shape, schema};
