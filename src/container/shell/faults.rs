//! What a shell says about a line that it cannot read.

use super::state::Origin;
use super::syntax::SyntaxError;
use super::{Dialect, Session};

impl Session<'_> {
    /// Says what is wrong with a line, in the words of the shell.
    pub(super) fn fault_in(&self, error: &SyntaxError, line: &str) -> String {
        match error {
            SyntaxError::Missing(what) => format!("{}: {what}: more than this small shell has", self.speaker()),
            SyntaxError::TooDeep => format!("{}: nested too deep for this small shell", self.speaker()),
            SyntaxError::TooLong => format!("{}: too long for this small shell", self.speaker()),
            error => match self.dialect {
                Dialect::Bash => self.fault_in_bash(error, line),
                Dialect::Dash => format!("{}: Syntax error: {}", self.speaker(), fault_in_ash(error, Dialect::Dash)),
                Dialect::Busybox => {
                    format!("{}: syntax error: {}", self.speaker(), fault_in_ash(error, Dialect::Busybox))
                }
            },
        }
    }

    fn fault_in_bash(&self, error: &SyntaxError, line: &str) -> String {
        // It looks for the end on the line behind the last one.
        let is_behind = matches!(error, SyntaxError::EndOfFile(_) | SyntaxError::Substitution);
        let speaker = match self.place.origin {
            Origin::Words => format!("{}: -c: line {}", self.place.name, self.place.line + usize::from(is_behind)),
            Origin::Typed | Origin::Input | Origin::File => self.speaker(),
        };
        let partner = |quote: char| format!("{speaker}: unexpected EOF while looking for matching `{quote}'");
        match error {
            SyntaxError::Unexpected(token) => {
                let said = format!("{speaker}: syntax error near unexpected token `{}'", token.as_typed());
                match self.place.origin {
                    Origin::Typed => said,
                    Origin::Words | Origin::Input | Origin::File => format!("{said}\n{speaker}: `{line}'"),
                }
            }
            SyntaxError::BadName { name, .. } => format!("{}: `{name}': not a valid identifier", self.speaker()),
            SyntaxError::Quote(quote) => partner(*quote),
            SyntaxError::Brace => partner('}'),
            SyntaxError::Substitution | SyntaxError::Arithmetic => partner(')'),
            _ => format!("{speaker}: syntax error: unexpected end of file"),
        }
    }
}

/// The words of dash, and of busybox's shell, which comes from it.
fn fault_in_ash(error: &SyntaxError, dialect: Dialect) -> String {
    let is_dash = dialect == Dialect::Dash;
    let capital = |dash: &str, busybox: &str| if is_dash { dash.to_owned() } else { busybox.to_owned() };
    match error {
        SyntaxError::EndOfFile(end) => {
            let end = end.map(|end| format!(" (expecting \"{end}\")")).unwrap_or_default();
            if is_dash { format!("end of file unexpected{end}") } else { format!("unexpected end of file{end}") }
        }
        SyntaxError::Substitution => fault_in_ash(&SyntaxError::EndOfFile(Some(")")), dialect),
        SyntaxError::Quote('`') => "EOF in backquote substitution".to_owned(),
        SyntaxError::Quote(_) => capital("Unterminated quoted string", "unterminated quoted string"),
        SyntaxError::Brace => capital("Missing '}'", "missing '}'"),
        SyntaxError::Arithmetic => capital("Missing '))'", "missing '))'"),
        SyntaxError::Unexpected(token) if is_dash => format!("{} unexpected", token.in_quotes()),
        SyntaxError::Unexpected(token) => format!("unexpected {}", token.in_quotes()),
        SyntaxError::BadName { what, .. } => format!("{} {what}", if is_dash { "Bad" } else { "bad" }),
        SyntaxError::Missing(_) | SyntaxError::TooDeep | SyntaxError::TooLong => String::new(),
    }
}
