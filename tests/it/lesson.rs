//! Lessons and problems: what a file may hold, what an answer comes to.

use layerbook::lesson::{Course, Kind};
use layerbook::pack::Pack;

#[test]
fn the_built_in_pack_is_sound() {
    let findings = match Pack::built_in().and_then(Course::load) {
        Ok(_) => Vec::new(),
        Err(findings) => findings,
    };
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
