//! Options of the filters as GNU's getopt reads them: bundled short flags, abbreviated long ones, operands anywhere.

/// One option of a filter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag<Id> {
    pub(super) id: Id,
    pub(super) short: Option<char>,
    /// The long name; empty if there is none.
    pub(super) long: &'static str,
    pub(super) takes: Takes,
}

/// Whether an option has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Value,
    /// A value only with `=`, and only in the long form.
    Optional,
}

/// What was typed: options with their values in order, and operands.
#[derive(Debug)]
pub(super) struct Parsed<Id> {
    pub(super) options: Vec<(Id, String)>,
    pub(super) operands: Vec<String>,
}

/// Makes an option without a value.
pub(super) const fn switch<Id>(id: Id, short: char, long: &'static str) -> Flag<Id> {
    Flag { id, short: Some(short), long, takes: Takes::Nothing }
}

/// Makes an option with a value.
pub(super) const fn valued<Id>(id: Id, short: char, long: &'static str) -> Flag<Id> {
    Flag { id, short: Some(short), long, takes: Takes::Value }
}

/// Reads arguments by a table of options; the error is getopt's sentence without the program's name.
pub(super) fn parse<Id: Copy>(flags: &[Flag<Id>], arguments: &[String]) -> Result<Parsed<Id>, String> {
    let mut parsed = Parsed { options: Vec::new(), operands: Vec::new() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            parsed.operands.extend(rest.cloned());
            break;
        }
        if let Some(long) = argument.strip_prefix("--") {
            parsed.options.push(read_long(flags, long, &mut rest)?);
        } else if let Some(letters) = argument.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            read_short(flags, letters, &mut rest, &mut parsed.options)?;
        } else {
            parsed.operands.push(argument.clone());
        }
    }
    Ok(parsed)
}

fn read_short<Id: Copy>(
    flags: &[Flag<Id>],
    letters: &str,
    rest: &mut std::slice::Iter<'_, String>,
    options: &mut Vec<(Id, String)>,
) -> Result<(), String> {
    for (at, letter) in letters.char_indices() {
        let flag = flags.iter().find(|flag| flag.short == Some(letter));
        let flag = flag.ok_or_else(|| format!("invalid option -- '{letter}'"))?;
        if flag.takes != Takes::Value {
            options.push((flag.id, String::new()));
            continue;
        }
        let attached = &letters[at + letter.len_utf8()..];
        let value = if attached.is_empty() { rest.next().cloned() } else { Some(attached.to_owned()) };
        options.push((flag.id, value.ok_or_else(|| format!("option requires an argument -- '{letter}'"))?));
        break;
    }
    Ok(())
}

fn read_long<Id: Copy>(
    flags: &[Flag<Id>],
    typed: &str,
    rest: &mut std::slice::Iter<'_, String>,
) -> Result<(Id, String), String> {
    let (name, value) = match typed.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (typed, None),
    };
    let flag = find(flags, name).map_err(|problem| match problem {
        None => format!("unrecognized option '--{typed}'"),
        Some(possible) => format!("option '--{typed}' is ambiguous; possibilities:{possible}"),
    })?;
    match (flag.takes, value) {
        (Takes::Nothing, Some(_)) => Err(format!("option '--{}' doesn't allow an argument", flag.long)),
        (Takes::Nothing | Takes::Optional, None) => Ok((flag.id, String::new())),
        (Takes::Value | Takes::Optional, Some(value)) => Ok((flag.id, value)),
        (Takes::Value, None) => {
            let value = rest.next().cloned();
            Ok((flag.id, value.ok_or_else(|| format!("option '--{}' requires an argument", flag.long))?))
        }
    }
}

/// Finds a long option by its name or an unambiguous beginning; else lists the candidates, if any.
fn find<'f, Id>(flags: &'f [Flag<Id>], name: &str) -> Result<&'f Flag<Id>, Option<String>> {
    if let Some(exact) = flags.iter().find(|flag| flag.long == name && !name.is_empty()) {
        return Ok(exact);
    }
    let candidates: Vec<_> = flags.iter().filter(|flag| !flag.long.is_empty() && flag.long.starts_with(name)).collect();
    match candidates[..] {
        [] => Err(None),
        [only] => Ok(only),
        _ => {
            let names: Vec<_> = candidates.iter().map(|flag| format!(" '--{}'", flag.long)).collect();
            Err(Some(names.concat()))
        }
    }
}
