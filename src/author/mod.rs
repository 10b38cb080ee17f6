//! What an author does with a pack besides writing it: proving that its checks are right. Opens no file and prints
//! nothing; what is wrong comes back as findings.

mod prove;

pub use prove::{Classroom, Proof, prove};
