//! The parts of a line that is being typed: commands, flags, quotations, what joins commands; a word to the workbook.
//! Nothing is added and nothing left out.

use super::theme::Part;

/// Words to the workbook that need no colon.
const WORDS: &[&str] = &["quit", "exit", "learn", "practice", "review", "help"];
/// Programs that may stand behind a pipe.
const FILTERS: &[&str] = &["cut", "grep", "head", "jq", "sort", "tail", "uniq", "wc"];

/// Takes a line apart.
pub(super) fn pieces(line: &str) -> Vec<(Part, &str)> {
    let first = line.split_whitespace().next().unwrap_or_default();
    if first.starts_with(':') || WORDS.contains(&first) {
        return vec![(Part::Help, line)];
    }
    if first != "docker" {
        return vec![(Part::Text, line)];
    }
    let mut pieces = Vec::new();
    // A command's name may come: at the beginning, and behind what joins commands.
    let (mut rest, mut is_first) = (line, true);
    while let Some(length) = next(rest) {
        let (text, behind) = rest.split_at(length);
        let part = part(text, is_first);
        if !text.trim().is_empty() {
            is_first = joins(text);
        }
        pieces.push((part, text));
        rest = behind;
    }
    pieces
}

/// Bytes of the next piece: blanks, what joins commands, a quotation, a word.
fn next(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    let up_to = |end: &dyn Fn(char) -> bool| rest.find(end).unwrap_or(rest.len());
    Some(match first {
        blank if blank.is_whitespace() => up_to(&|c: char| !c.is_whitespace()),
        '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |at| at + 2),
        '$' if rest.starts_with("$(") => 2,
        joint if is_joint(joint) => up_to(&|c: char| c != joint),
        _ => {
            let ends = |c: char| c.is_whitespace() || is_joint(c) || matches!(c, '\'' | '"' | '$');
            let begin = first.len_utf8();
            begin + rest[begin..].find(ends).unwrap_or(rest.len() - begin)
        }
    })
}

fn is_joint(character: char) -> bool {
    matches!(character, '|' | ';' | '&' | '(' | ')' | '>' | '<')
}

fn joins(text: &str) -> bool {
    text == "$(" || text.starts_with(['|', ';', '&', '('])
}

fn part(text: &str, is_first: bool) -> Part {
    match text {
        "docker" if is_first => Part::Code,
        filter if is_first && FILTERS.contains(&filter) => Part::Code,
        quoted if quoted.starts_with(['\'', '"']) => Part::Emphasis,
        flag if flag.starts_with('-') && flag.len() > 1 => Part::Sign,
        joint if joint == "$(" || joint.starts_with(is_joint) => Part::Strong,
        _ => Part::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[(Part, &str)]) {
        let found = pieces(line);
        assert_eq!(found.iter().map(|(_, text)| *text).collect::<String>(), line, "nothing is lost");
        let found: Vec<(Part, &str)> = found.into_iter().filter(|(part, _)| *part != Part::Text).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn a_line_is_taken_apart() {
        use Part::{Code, Emphasis, Help, Sign, Strong};
        check("docker images -q | wc -l", &[(Code, "docker"), (Sign, "-q"), (Strong, "|"), (Code, "wc"), (Sign, "-l")]);
        check("docker inspect -f '{{.Id}}' redis", &[(Code, "docker"), (Sign, "-f"), (Emphasis, "'{{.Id}}'")]);
        check(
            "docker rmi $(docker images -q); docker ps 2>&1",
            &[
                (Code, "docker"),
                (Strong, "$("),
                (Code, "docker"),
                (Sign, "-q"),
                (Strong, ")"),
                (Strong, ";"),
                (Code, "docker"),
                (Strong, ">"),
                (Strong, "&"),
            ],
        );
        check(":layers redis", &[(Help, ":layers redis")]);
        check("quit", &[(Help, "quit")]);
        check("seven", &[]);
        check("docker pull docker 'half", &[(Code, "docker"), (Emphasis, "'half")]);
        check("docker run é $é \"", &[(Code, "docker"), (Emphasis, "\"")]);
        check("", &[]);
    }
}
