//! Bash's braces: `{a,b}` and `{1..3}` make several words of one.

use super::syntax::{Part, Piece, Word};

/// Words that braces may make.
const MOST: usize = 10_000;

/// A character outside of quotes, or any other part of a word.
#[derive(Clone)]
enum Token {
    Letter(char),
    Part(Part),
}

/// Makes the words that a word with braces stands for.
pub(super) fn alternatives(word: &Word) -> Vec<Word> {
    let is_plain = |part: &Part| !part.is_quoted && matches!(&part.piece, Piece::Literal(text) if text.contains('{'));
    if !word.parts.iter().any(is_plain) {
        return vec![word.clone()];
    }
    let tokens = word.parts.iter().flat_map(|part| match &part.piece {
        Piece::Literal(text) if !part.is_quoted => text.chars().map(Token::Letter).collect(),
        _ => vec![Token::Part(part.clone())],
    });
    let mut words = Vec::new();
    spread(&[], &tokens.collect::<Vec<_>>(), &mut words);
    words.iter().map(|tokens| joined(tokens)).collect()
}

/// Takes the first braces apart, and those behind them.
fn spread(before: &[Token], rest: &[Token], words: &mut Vec<Vec<Token>>) {
    for open in (0..rest.len()).filter(|at| is(&rest[*at], '{')) {
        let Some((choices, close)) = choices(&rest[open + 1..]) else { continue };
        for choice in choices.into_iter().take(MOST.saturating_sub(words.len())) {
            let mut inside = Vec::new();
            spread(&[], &choice, &mut inside);
            for choice in inside {
                let before = [before, &rest[..open], &choice].concat();
                spread(&before, &rest[open + 1 + close + 1..], words);
            }
        }
        return;
    }
    words.push([before, rest].concat());
}

/// Returns what stands between the commas up to the brace that closes, or the numbers of a range, and where it closes.
fn choices(tokens: &[Token]) -> Option<(Vec<Vec<Token>>, usize)> {
    let (mut depth, mut all, mut open) = (0_usize, Vec::new(), Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Letter('{') => depth += 1,
            Token::Letter('}') if depth == 0 => {
                all.push(open);
                let choices = if all.len() > 1 { Some(all) } else { range(&all[0]) };
                return choices.map(|choices| (choices, at));
            }
            Token::Letter('}') => depth -= 1,
            Token::Letter(',') if depth == 0 => {
                all.push(std::mem::take(&mut open));
                continue;
            }
            Token::Letter(_) | Token::Part(_) => {}
        }
        open.push(token.clone());
    }
    None
}

/// `1..5`, `a..e`.
fn range(tokens: &[Token]) -> Option<Vec<Vec<Token>>> {
    let text: Option<String> =
        tokens.iter().map(|token| if let Token::Letter(c) = token { Some(*c) } else { None }).collect();
    let text = text?;
    let (from, to) = text.split_once("..")?;
    let letters = |text: String| text.chars().map(Token::Letter).collect();
    if let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>()) {
        let count = usize::try_from(from.abs_diff(to)).ok().filter(|count| *count < MOST)?;
        let step = if from <= to { 1 } else { -1 };
        let numbers = std::iter::successors(Some(from), |number| Some(number + step)).take(count + 1);
        return Some(numbers.map(|number| letters(number.to_string())).collect());
    }
    let one = |text: &str| text.chars().next().filter(|c| text.len() == 1 && c.is_ascii_alphabetic());
    let (from, to) = (one(from)?, one(to)?);
    let mut all: Vec<char> = (from.min(to)..=from.max(to)).collect();
    if from > to {
        all.reverse();
    }
    Some(all.into_iter().map(|c| letters(c.to_string())).collect())
}

fn is(token: &Token, letter: char) -> bool {
    matches!(token, Token::Letter(c) if *c == letter)
}

fn joined(tokens: &[Token]) -> Word {
    let mut parts: Vec<Part> = Vec::new();
    for token in tokens {
        match (token, parts.last_mut()) {
            (Token::Letter(c), Some(Part { piece: Piece::Literal(text), is_quoted: false })) => text.push(*c),
            (Token::Letter(c), _) => parts.push(Part { piece: Piece::Literal(c.to_string()), is_quoted: false }),
            (Token::Part(part), _) => parts.push(part.clone()),
        }
    }
    Word { parts }
}
