//! A pack to begin with: small, whole, and its comments teach the format.

const PACK: &str = include_str!("pack.yaml");
const LESSON: &str = include_str!("lesson.yaml");
const EXERCISE: &str = include_str!("exercise.yaml");

/// The files of a new pack, path and text. `name` is the folder's; the pack's id is made of it.
pub fn sample(name: &str) -> Vec<(&'static str, String)> {
    vec![
        ("pack.yaml", PACK.replace("ID-OF-THE-PACK", &id(name))),
        ("lessons/counting-layers.yaml", LESSON.to_owned()),
        ("exercises/count-them.yaml", EXERCISE.to_owned()),
    ]
}

/// Small letters, digits and `-`; the built-in pack keeps its own id.
fn id(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let id: String = name.chars().map(fits).take(64).collect();
    match id.trim_matches('-') {
        "" | "layerbook" => "my-pack".to_owned(),
        id => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::id;

    #[test]
    fn a_folders_name_becomes_an_id() {
        let check = |name: &str, expected: &str| assert_eq!(id(name), expected);
        check("Docker for us", "docker-for-us");
        check("layerbook", "my-pack");
        check("..", "my-pack");
        check("été", "t");
    }
}
