//! What `s` puts in the place of a match.

use regex::Captures;

/// A replacement: texts, parts of the match, and changes of case.
pub(super) struct Template(Vec<Piece>);

enum Piece {
    Text(String),
    /// `&` is 0, `\1` the first group.
    Group(usize),
    Case(Case),
}

#[derive(Clone, Copy, PartialEq)]
enum Case {
    Upper,
    Lower,
    NextUpper,
    NextLower,
    AsItIs,
}

impl Template {
    pub(super) fn read(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut letters = text.chars();
        while let Some(c) = letters.next() {
            pieces.push(match c {
                '&' => Piece::Group(0),
                '\\' => match letters.next() {
                    Some(digit @ '0'..='9') => Piece::Group(usize::from(digit as u8 - b'0')),
                    Some('n') => Piece::Text("\n".to_owned()),
                    Some('t') => Piece::Text("\t".to_owned()),
                    Some('U') => Piece::Case(Case::Upper),
                    Some('L') => Piece::Case(Case::Lower),
                    Some('u') => Piece::Case(Case::NextUpper),
                    Some('l') => Piece::Case(Case::NextLower),
                    Some('E') => Piece::Case(Case::AsItIs),
                    Some(other) => Piece::Text(other.to_string()),
                    None => Piece::Text("\\".to_owned()),
                },
                c => Piece::Text(c.to_string()),
            });
        }
        Self(pieces)
    }

    pub(super) fn fill(&self, captures: &Captures<'_>) -> String {
        let (mut done, mut case, mut next) = (String::new(), Case::AsItIs, Case::AsItIs);
        for piece in &self.0 {
            let text = match piece {
                Piece::Text(text) => text.as_str(),
                Piece::Group(number) => captures.get(*number).map_or("", |found| found.as_str()),
                Piece::Case(change @ (Case::NextUpper | Case::NextLower)) => {
                    next = *change;
                    continue;
                }
                Piece::Case(change) => {
                    case = *change;
                    continue;
                }
            };
            for c in text.chars() {
                match std::mem::replace(&mut next, Case::AsItIs) {
                    Case::NextUpper => done.extend(c.to_uppercase()),
                    Case::NextLower => done.extend(c.to_lowercase()),
                    _ if case == Case::Upper => done.extend(c.to_uppercase()),
                    _ if case == Case::Lower => done.extend(c.to_lowercase()),
                    _ => done.push(c),
                }
            }
        }
        done
    }
}
