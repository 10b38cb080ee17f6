//! Compiling a jq program, and jq's complaints about one that does not compile.

use jaq_core::compile::Undefined;
use jaq_core::load::lex::{Lexer, StrPart, Tok, Token};
use jaq_core::load::{self, Arena, File, Loader, parse};
use jaq_core::{Compiler, Filter};
use jaq_std::input;

use super::data::Data;

/// Functions of jq that the workbook has not: the environment and the clock belong to nobody's answer.
const WITHHELD: &[&str] = &["env", "now", "localtime", "strflocaltime", "mktime", "halt"];

/// Compiles a program; the error is all that jq would print.
pub(super) fn compile(program: &str) -> Result<Filter<Data>, String> {
    if let Ok(tokens) = Lexer::new(program).lex()
        && defines(&tokens)
    {
        return Err("jq: error: `def` is not available in this workbook\njq: 1 compile error".into());
    }
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs()).chain(prelude());
    let functions = jaq_core::funs::<Data>()
        .chain(jaq_std::funs::<Data>())
        .chain(input::funs::<Data>().into_vec().into_iter().map(|function| jaq_core::native::run::<Data>(function)))
        .chain(jaq_json::funs::<Data>())
        .filter(|(name, ..)| *name == "halt" || !WITHHELD.contains(name));
    let arena = Arena::default();
    let file = File { code: program, path: () };
    let modules = Loader::new(definitions).load(&arena, file).map_err(|errors| {
        let problems = errors.into_iter().flat_map(|(_, error)| syntax(program, error)).take(1).collect();
        report(program, problems)
    })?;
    Compiler::default().with_funs(functions).compile(modules).map_err(|errors| {
        let problems = errors.into_iter().flat_map(|(_, errors)| errors).map(|error| undefined(&error)).collect();
        report(program, problems)
    })
}

fn prelude() -> impl Iterator<Item = parse::Def<&'static str>> {
    load::parse(include_str!("prelude.jq"), |parser| parser.defs()).into_iter().flatten()
}

/// Whether any function is defined, inside interpolated texts too.
fn defines(tokens: &[Token<&str>]) -> bool {
    tokens.iter().any(|Token(text, token)| match token {
        Tok::Word => *text == "def",
        Tok::Block(inner) => defines(inner),
        Tok::Str(parts) => parts.iter().any(|part| match part {
            StrPart::Term(token) => defines(std::slice::from_ref(token)),
            StrPart::Str(_) | StrPart::Char(_) => false,
        }),
        Tok::Var | Tok::Fmt | Tok::Num | Tok::Sym => false,
    })
}

/// A complaint and the piece of the program that it is about; none for its end.
type Problem<'p> = (String, Option<&'p str>);

fn undefined<'p>((name, kind): &(&'p str, Undefined)) -> Problem<'p> {
    let what = match kind {
        Undefined::Filter(arity) => format!("{name}/{arity} is not defined"),
        Undefined::Var if name.starts_with('$') => format!("{name} is not defined"),
        Undefined::Var => format!("${name} is not defined"),
        Undefined::Label => format!("$*label-{} is not defined", name.trim_start_matches('$')),
        other => format!("{} {name} is not defined", other.as_str()),
    };
    (what, Some(name))
}

fn syntax<'p>(program: &'p str, error: load::Error<&'p str>) -> Vec<Problem<'p>> {
    let unexpected = |found: Option<&'p str>| {
        let shown = found.map_or("$end".into(), token_name);
        let first = found.is_some_and(|found| load::span(program, found).start == 0);
        let expecting = if first { ", expecting $end" } else { "" };
        (format!("syntax error, unexpected {shown}{expecting} (Unix shell quoting issues?)"), found)
    };
    match error {
        load::Error::Io(paths) => paths.into_iter().map(|(path, problem)| (problem, Some(path))).collect(),
        load::Error::Lex(errors) => errors
            .into_iter()
            .map(|(expected, found)| match expected {
                load::lex::Expect::Token => (unexpected(Some(found)).0, Some(found)),
                _ => unexpected(None),
            })
            .collect(),
        load::Error::Parse(errors) => errors
            .into_iter()
            .map(|(_, found): parse::Error<&str>| unexpected((!found.is_empty() && found != program).then_some(found)))
            .collect(),
    }
}

/// Names a token as jq's grammar does.
fn token_name(text: &str) -> String {
    const KEYWORDS: &[&str] = &[
        "as", "and", "or", "if", "then", "else", "elif", "end", "try", "catch", "label", "reduce", "foreach", "import",
        "include",
    ];
    match text.chars().next() {
        None => "$end".into(),
        Some('"') => "QQSTRING_START".into(),
        Some('@') => "FORMAT".into(),
        Some(c) if c.is_ascii_digit() => "LITERAL".into(),
        Some(c) if c.is_alphabetic() || c == '_' => {
            let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if KEYWORDS.contains(&word.as_str()) { word } else { "IDENT".into() }
        }
        Some('.') if text[1..].starts_with(|c: char| c.is_alphabetic() || c == '_') => "FIELD".into(),
        Some(c) if ".[]{}()|,:;=<>+-*/%$?!".contains(c) && !"]})".contains(c) => format!("'{c}'"),
        Some(_) => "INVALID_CHARACTER".into(),
    }
}

/// Writes complaints as jq does: each with the program's line, padded to the place, and their number.
fn report(program: &str, problems: Vec<Problem<'_>>) -> String {
    let mut out = String::new();
    let count = problems.len();
    for (what, place) in problems {
        let at = place.map_or_else(|| last_token(program), |place| load::span(program, place).start);
        let at = at.min(program.len());
        let start = program[..at].rfind('\n').map_or(0, |at| at + 1);
        let number = 1 + program[..start].matches('\n').count();
        let line = program[start..].lines().next().unwrap_or_default();
        let padding = " ".repeat(at - start);
        out += &["jq: error: ", &what, " at <top-level>, line ", &number.to_string(), ":\n", line, &padding, "\n"]
            .concat();
    }
    format!("{out}jq: {count} compile error{}", if count == 1 { "" } else { "s" })
}

/// Finds the last thing in the program, where jq notices that it ended too early.
fn last_token(program: &str) -> usize {
    let end = program.trim_end();
    let word = end.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
    if word < end.len() { word } else { end.char_indices().last().map_or(0, |(at, _)| at) }
}
