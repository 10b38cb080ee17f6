//! `wc`.

use super::args::{Arg, Spec};
use super::{Outcome, no_file};

const SPEC: Spec = Spec {
    program: "wc",
    flags: "lwcm",
    values: "",
    long: &[("lines", 'l'), ("words", 'w'), ("bytes", 'c'), ("chars", 'm')],
    usage_status: 1,
};

pub(super) fn run(arguments: &[String], input: &[u8]) -> Result<Outcome, Outcome> {
    let mut wanted = String::new();
    for arg in SPEC.parse(arguments)? {
        match arg {
            Arg::Flag(letter) => wanted.push(letter),
            Arg::Operand(name) if name != "-" => return Err(no_file("wc", &name, 1)),
            Arg::Operand(_) | Arg::Value(..) => {}
        }
    }
    let text = String::from_utf8_lossy(input);
    let counts = [
        ('l', input.iter().filter(|byte| **byte == b'\n').count()),
        ('w', text.split_whitespace().count()),
        ('m', text.chars().count()),
        ('c', input.len()),
    ];
    let shown: Vec<usize> = counts
        .iter()
        .filter(|(letter, _)| if wanted.is_empty() { *letter != 'm' } else { wanted.contains(*letter) })
        .map(|(_, count)| *count)
        .collect();
    // From a pipe GNU's wc knows no size to fit columns to: 7 wide, unless there is one number only.
    let line = match shown.as_slice() {
        [one] => one.to_string(),
        many => many.iter().map(|count| format!("{count:7}")).collect::<Vec<_>>().join(" "),
    };
    Ok(Outcome::ok(format!("{line}\n").into_bytes()))
}
