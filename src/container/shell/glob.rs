//! Patterns for names: `*`, `?` and `[...]`.

/// A character, and whether it stood in quotes.
pub(super) type Marked = (char, bool);

/// A pattern, ready to be compared.
pub(in crate::container) struct Pattern(Vec<Token>);

enum Token {
    Exactly(char),
    One,
    Any,
    Class { ranges: Vec<(char, char)>, inverted: bool },
}

impl Pattern {
    /// Reads a pattern; what stood in quotes means itself.
    pub(super) fn read(text: &[Marked]) -> Self {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let [(c, quoted), more @ ..] = rest {
            rest = more;
            tokens.push(match c {
                '*' if !quoted => Token::Any,
                '?' if !quoted => Token::One,
                '[' if !quoted => match class(more) {
                    Some((token, more)) => {
                        rest = more;
                        token
                    }
                    None => Token::Exactly('['),
                },
                c => Token::Exactly(*c),
            });
        }
        Self(tokens)
    }

    /// Reads a pattern that a program gets, as `find -name` does.
    pub(in crate::container) fn of(text: &str) -> Self {
        Self::read(&text.chars().map(|c| (c, false)).collect::<Vec<_>>())
    }

    /// Returns the text of a pattern that fits only one.
    pub(super) fn literal(&self) -> Option<String> {
        self.0.iter().map(|token| if let Token::Exactly(c) = token { Some(*c) } else { None }).collect()
    }

    /// Tells whether a file's name fits; one that begins with a dot needs a dot.
    pub(super) fn fits(&self, name: &str) -> bool {
        let hidden = name.starts_with('.') && !matches!(self.0.first(), Some(Token::Exactly('.')));
        !hidden && self.fits_text(name)
    }

    /// Tells whether a text fits.
    pub(in crate::container) fn fits_text(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        // Where the last star is, and how much it has taken so far.
        let (mut token, mut at, mut star) = (0, 0, None);
        while at < text.len() || token < self.0.len() {
            let fits = match self.0.get(token) {
                Some(Token::Any) => {
                    star = Some((token, at));
                    token += 1;
                    continue;
                }
                Some(one) => text.get(at).is_some_and(|c| one.takes(*c)),
                None => false,
            };
            match star {
                _ if fits => (token, at) = (token + 1, at + 1),
                Some((from, taken)) if taken < text.len() => {
                    star = Some((from, taken + 1));
                    (token, at) = (from + 1, taken + 1);
                }
                Some(_) | None => return false,
            }
        }
        true
    }
}

impl Token {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Exactly(own) => *own == c,
            Self::One | Self::Any => true,
            Self::Class { ranges, inverted } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *inverted,
        }
    }
}

/// Reads what stands behind `[`; nothing where it is never closed.
fn class(text: &[Marked]) -> Option<(Token, &[Marked])> {
    let inverted = matches!(text.first(), Some(('!' | '^', false)));
    let body = &text[usize::from(inverted)..];
    // A bracket in the first place is one of the characters.
    let end = 1 + body.get(1..)?.iter().position(|(c, quoted)| *c == ']' && !quoted)?;
    let (mut ranges, mut rest) = (Vec::new(), &body[..end]);
    while let [(from, _), more @ ..] = rest {
        rest = match more {
            [('-', false), (to, _), more @ ..] => {
                ranges.push((*from, *to));
                more
            }
            more => {
                ranges.push((*from, *from));
                more
            }
        };
    }
    Some((Token::Class { ranges, inverted }, &body[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, fitting: &[&str], others: &[&str]) {
        let pattern = Pattern::of(pattern);
        assert!(fitting.iter().all(|name| pattern.fits(name)));
        assert!(!others.iter().any(|name| pattern.fits(name)));
    }

    #[test]
    fn stars_take_any_number_of_characters() {
        check("*", &["a", "abc"], &["", ".hidden"].map(|name| if name.is_empty() { ".x" } else { name }));
        check("*.conf", &["a.conf", "a.b.conf"], &["a.conf.bak", "conf", ".conf"]);
        check("a*b*c", &["abc", "aXbYc", "abbcc"], &["ab", "acb"]);
        check(".*", &[".a"], &["a"]);
    }

    #[test]
    fn classes_and_question_marks_take_one() {
        check("?", &["a", "é"], &["ab"]);
        check("[a-c]x", &["ax", "cx"], &["dx", "x"]);
        check("[!a-c]", &["d"], &["a"]);
        check("[]a]", &["]", "a"], &["b"]);
        check("[a", &["[a"], &["a"]);
    }
}
