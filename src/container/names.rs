//! Names for containers that were given none: two words, as Docker makes them, from lists of our own.

const LEFT: &[&str] = &[
    "amber", "ample", "autumn", "bold", "brave", "breezy", "bright", "brisk", "calm", "candid", "careful", "cheery",
    "civil", "clear", "clever", "copper", "cosy", "crisp", "curious", "dapper", "daring", "deft", "eager", "early",
    "earnest", "easy", "fair", "fleet", "fond", "frank", "fresh", "gentle", "glad", "golden", "grand", "handy",
    "happy", "hardy", "hearty", "honest", "humble", "jolly", "keen", "kind", "lively", "loyal", "lucid", "mellow",
    "merry", "mild", "modest", "neat", "nimble", "noble", "patient", "placid", "plucky", "polite", "proud", "quick",
    "quiet", "rapid", "ready", "robust", "rosy", "sharp", "silent", "silver", "sleek", "smart", "snug", "solid",
    "spry", "steady", "stout", "sunny", "supple", "swift", "tidy", "trusty", "upbeat", "vivid", "warm", "wise",
    "witty", "zesty",
];

const RIGHT: &[&str] = &[
    "acorn", "alder", "anchor", "badger", "barley", "beacon", "beaver", "birch", "bison", "bridge", "brook", "canyon",
    "cedar", "cinder", "clover", "comet", "compass", "coral", "crane", "cricket", "dolphin", "ember", "falcon", "fern",
    "finch", "fjord", "fox", "garnet", "glacier", "harbour", "hare", "hawk", "hazel", "heron", "ibis", "island",
    "jasper", "juniper", "kestrel", "lagoon", "lantern", "lark", "lemur", "lilac", "lynx", "magnet", "maple", "marten",
    "meadow", "meteor", "moose", "nutmeg", "oak", "orchid", "osprey", "otter", "owl", "panda", "pebble", "pelican",
    "pepper", "pine", "plover", "prairie", "puffin", "quartz", "raven", "reed", "river", "robin", "saffron", "salmon",
    "sparrow", "spruce", "squirrel", "stork", "summit", "swallow", "thistle", "tulip", "walnut", "willow", "wren",
    "yarrow",
];

/// Makes the name of that number; numbers that are far apart give names that differ.
pub(super) fn of(number: u64) -> String {
    let pick = |list: &[&'static str], number: u64| list[usize::try_from(number % list.len() as u64).unwrap_or(0)];
    format!("{}_{}", pick(LEFT, number), pick(RIGHT, number / LEFT.len() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_adjective_and_a_noun() {
        assert_eq!(of(0), "amber_acorn");
        assert_eq!(of(1), "ample_acorn");
        assert_eq!(of(LEFT.len() as u64), "amber_alder");
    }

    #[test]
    fn words_are_lower_case_sorted_and_there_once() {
        for list in [LEFT, RIGHT] {
            assert!(list.is_sorted());
            assert!(list.windows(2).all(|pair| pair[0] != pair[1]));
            assert!(list.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
        }
    }
}
