//! The anatomy of a name: its parts, and which of them Docker fills in.

use super::{Frame, Look};
use crate::lesson::NamePart;
use crate::oci::Reference;

/// Takes a name apart, as it was typed.
///
/// # Errors
/// Where it is no name; the text says why.
pub fn name(typed: &str, frame: Frame) -> Result<String, String> {
    let reference: Reference = typed.parse().map_err(|error| format!("`{typed}` is no name of an image: {error}."))?;
    let whole = reference.clone().or_latest();
    let parts: Vec<Part> =
        NamePart::ALL.iter().filter_map(|(word, part)| part_of(word, *part, typed, &whole)).collect();
    let digest =
        whole.digest().map(|digest| format!("The digest {} names the bytes themselves; it never moves.\n", digest));
    let picture = match frame.look {
        Look::Drawn if width(&parts) <= frame.width => drawn(&parts),
        Look::Drawn | Look::Linear => linear(&parts),
    };
    Ok(format!("{picture}\nIn full: {}\n{}", whole.normalized(), digest.unwrap_or_default()))
}

struct Part {
    word: &'static str,
    text: String,
    from: &'static str,
    /// What stands before it in a name.
    joint: &'static str,
}

fn part_of(word: &'static str, part: NamePart, typed: &str, whole: &Reference) -> Option<Part> {
    let text = part.of(whole);
    if text.is_empty() {
        return None;
    }
    let typed_name = typed.split('@').next().unwrap_or(typed);
    let was_typed = match part {
        NamePart::Registry => typed_name.starts_with(&format!("{text}/")),
        NamePart::Namespace => typed_name.contains(&format!("{text}/")),
        NamePart::Repository => true,
        NamePart::Tag => typed_name.ends_with(&format!(":{text}")),
    };
    let joint = match part {
        NamePart::Registry => "",
        NamePart::Namespace | NamePart::Repository => "/",
        NamePart::Tag => ":",
    };
    Some(Part { word, text, from: if was_typed { "typed" } else { "filled in" }, joint })
}

fn columns(parts: &[Part]) -> Vec<usize> {
    let longest = |part: &Part| [&part.text, part.word, part.from].iter().map(|text| text.chars().count()).max();
    parts.iter().map(|part| longest(part).unwrap_or_default()).collect()
}

fn width(parts: &[Part]) -> usize {
    columns(parts).iter().map(|column| column + 3).sum()
}

fn drawn(parts: &[Part]) -> String {
    let columns = columns(parts);
    let row = |cell: &dyn Fn(&Part) -> (String, &'static str)| {
        let cells = parts.iter().zip(&columns).map(|(part, column)| {
            let (text, joint) = cell(part);
            let joint = if part.joint.is_empty() { String::new() } else { format!(" {joint:1} ") };
            format!("{joint}{text:column$}")
        });
        cells.collect::<String>().trim_end().to_owned()
    };
    let rows = [
        row(&|part| (part.text.clone(), part.joint)),
        row(&|part| ("─".repeat(part.text.chars().count()), "")),
        row(&|part| (part.word.to_owned(), "")),
        row(&|part| (part.from.to_owned(), "")),
    ];
    rows.join("\n") + "\n"
}

fn linear(parts: &[Part]) -> String {
    parts.iter().map(|part| format!("{}: {} ({})\n", part.word, part.text, part.from)).collect()
}
