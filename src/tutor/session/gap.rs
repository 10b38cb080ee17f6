//! The gap of a command: what was put into it, and what was typed along.

use crate::lesson::GAP;

/// What stands in the gap of a whole command; `None` where the rest of the command is another one.
pub(super) fn in_gap(line: &str, command: &str) -> Option<String> {
    let (before, after) = command.split_once(GAP)?;
    let (line, before, after) = (spaced(line), spaced(before), spaced(after));
    let before = before.trim_end().to_owned() + if command.contains(&format!(" {GAP}")) { " " } else { "" };
    let rest = line.strip_prefix(&before)?;
    let given = rest.strip_suffix(after.trim_end())?;
    (!given.trim().is_empty()).then(|| given.trim().to_owned())
}

/// What was typed for a gap behind dashes, `--____`, without dashes of its own.
pub(super) fn behind_dashes(typed: &str, command: &str) -> String {
    let is_flag = command.split_once(GAP).is_some_and(|(before, _)| before.ends_with('-'));
    if is_flag { typed.trim_start_matches('-').to_owned() } else { typed.to_owned() }
}

fn spaced(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.starts_with(' ') { format!(" {joined}") } else { joined }
}

/// Blanks and quotes around do not matter.
fn squeeze(text: &str) -> String {
    text.trim().trim_matches(['`', '"', '\'']).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The one of these texts that was given.
pub(super) fn right_of<'g>(given: &str, texts: &'g [String]) -> Option<&'g str> {
    texts.iter().find(|text| squeeze(text) == squeeze(given)).map(String::as_str)
}

pub(super) fn not_wanted(given: &str, command: &str) -> String {
    let whole = command.replace(GAP, given);
    format!("With `{given}` in the gap the command is `{whole}`, and that is not the one that is wanted.")
}

/// What was given without what stands beside the gap, where it was typed along: of `-f ____=true` the `=true`, of
/// `pull ____ redis` the `redis`. The most that can be taken off comes first.
pub(super) fn without_neighbours(given: &str, command: &str) -> Vec<String> {
    let Some((before, after)) = command.split_once(GAP) else { return Vec::new() };
    let given = squeeze(given);
    let (before, after) = (spaced_end(before), spaced(after));
    let fronts = cuts(&before).into_iter().filter_map(|at| given.strip_prefix(&before[at..]));
    let fronts: Vec<&str> = fronts.chain([given.as_str()]).collect();
    let mut found: Vec<String> = Vec::new();
    for front in fronts {
        let backs = cuts(&after).into_iter().rev().filter_map(|at| front.strip_suffix(&after[..at]));
        for bare in backs.chain([front]) {
            let bare = bare.trim();
            if !bare.is_empty() && bare != given && !found.iter().any(|known| known == bare) {
                found.push(bare.to_owned());
            }
        }
    }
    found
}

/// Places where a text may be cut: its ends, and wherever a word or a sign begins or ends.
fn cuts(text: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let inner = text.char_indices().zip(text.chars().skip(1)).filter_map(|((at, one), next)| {
        let parted = !(is_word(one) && is_word(next)) || (one == '-') != (next == '-');
        parted.then_some(at + one.len_utf8())
    });
    let mut cuts: Vec<usize> = inner.collect();
    cuts.insert(0, 0);
    cuts.push(text.len());
    cuts
}

/// Whether one command has the words of the other, in whatever order.
pub(super) fn has_same_words(line: &str, command: &str) -> bool {
    let words = |text: &str| {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        words.sort();
        words
    };
    words(line) == words(command)
}

/// Blanks are single ones, and the one at the end stays.
fn spaced_end(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.ends_with(' ') { format!("{joined} ") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_before_a_gap_may_be_typed_again() {
        assert_eq!(behind_dashes("--platform", "docker pull --____ linux/arm/v7 busybox"), "platform");
        assert_eq!(behind_dashes("platform", "docker pull --____ linux/arm/v7 busybox"), "platform");
        assert_eq!(behind_dashes("--digests", "docker images ____"), "--digests");
    }

    #[test]
    fn the_gap_of_a_whole_command_is_found() {
        let check = |line: &str, command: &str, given: Option<&str>| {
            assert_eq!(in_gap(line, command).as_deref(), given, "{line}");
        };
        check("docker pull nginx:alpine", "docker pull nginx:____", Some("alpine"));
        check("docker  pull   nginx:1.25", "docker pull nginx:____", Some("1.25"));
        check("docker pull redis", "docker pull nginx:____", None);
        check("docker history redis", "docker ____ redis", Some("history"));
        check("docker images", "docker ____ redis", None);
        check(
            "docker inspect -f '{{len .RootFS.Layers}}' postgres",
            "docker inspect -f '{{len .RootFS.____}}' postgres",
            Some("Layers"),
        );
    }

    #[test]
    fn what_stands_beside_a_gap_may_be_typed_along() {
        let check = |given: &str, command: &str, bare: &str| {
            let found = without_neighbours(given, command);
            assert!(found.iter().any(|found| found == bare), "{given}: {found:?}");
        };
        check("dangling=true", "docker images -f ____=true", "dangling");
        check("-f dangling=true", "docker images -f ____=true", "dangling");
        check("is-official=true", "docker search --filter ____=true redis", "is-official");
        check(".Cmd", "docker inspect -f '{{json .Config.____}}' redis", "Cmd");
        check(".Config.Cmd", "docker inspect -f '{{json .Config.____}}' redis", "Cmd");
        check("-q redis", "docker pull ____ redis", "-q");
        check("pull -q", "docker pull ____ redis", "-q");
        assert_eq!(without_neighbours("redis:8", "docker pull ____"), Vec::<String>::new());
        assert_eq!(without_neighbours("dangling", "docker images -f ____=true"), Vec::<String>::new());
    }

    #[test]
    fn words_may_stand_in_another_order() {
        assert!(has_same_words("docker pull redis  -q", "docker pull -q redis"));
        assert!(!has_same_words("docker pull redis", "docker pull -q redis"));
    }
}
