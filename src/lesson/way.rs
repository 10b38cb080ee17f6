//! The lines of a way, as `solve` has them: docker commands, and pictures that the workbook draws. Runs neither.

/// Words that draw a picture.
pub const PICTURES: &[&str] = &[":layers", ":name", ":tags", ":hub", ":sizes"];

/// Tells whether a line asks for a picture: `:hub redis`.
pub fn is_picture(line: &str) -> bool {
    line.split_whitespace().next().is_some_and(|word| PICTURES.contains(&word))
}

/// Tells whether a line only shows something, and leaves images and containers as they are.
pub fn only_looks(line: &str) -> bool {
    const LOOKING: &[&str] =
        &["images", "history", "inspect", "search", "ps", "diff", "logs", "version", "info", "port"];
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["docker", "image" | "container", second, ..] => LOOKING.contains(second) || matches!(*second, "ls" | "list"),
        ["docker", "manifest" | "buildx", ..] | ["docker", "system", "df", ..] | ["docker", "run", "--rm", ..] => true,
        ["docker", first, ..] => LOOKING.contains(first),
        _ => is_picture(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_changes_nothing() {
        for line in
            [":hub redis", "docker image ls", "docker manifest inspect redis", "docker run --rm redis env | wc -l"]
        {
            assert!(only_looks(line), "{line}");
        }
        for line in ["docker pull redis", "docker image rm a", "docker run redis", ":hint", "docker"] {
            assert!(!only_looks(line), "{line}");
        }
    }
}
