//! Running loops, conditions and groups.

use super::glob::Pattern;
use super::syntax::{Arm, Compound, Condition, List, Part, Word};
use super::{Session, Written};
use crate::container::programs;

/// Rounds of one loop: nothing here changes by itself, so a loop that waits would never end.
const MOST_ROUNDS: usize = 10_000;

/// Where a loop goes on, by `break` or `continue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jump {
    /// Whether the loop has another round.
    pub(super) again: bool,
    /// The loop that is meant, from the innermost, which is 1.
    pub(super) level: usize,
}

impl Session<'_> {
    pub(super) fn compound(&mut self, compound: &Compound, input: &[u8], written: &mut Written) {
        match compound {
            Compound::Group(body) => self.list(body, input, written),
            Compound::Subshell(body) => self.apart(|session| {
                session.own.traps.clear();
                session.list(body, input, written);
                session.run_exit_trap(written);
            }),
            Compound::If { branches, otherwise } => self.branches(branches, otherwise, input, written),
            Compound::For { name, words, body } => self.for_each(name, words.as_deref(), body, input, written),
            Compound::Count { first, condition, step, body } => {
                self.counted(first, [condition, step], body, input, written);
            }
            Compound::Loop { ends_on_success, condition, body } => {
                self.rounds(*ends_on_success, condition, body, input, written);
            }
            Compound::Case { word, arms } => self.case(word, arms, input, written),
            Compound::Function { name, body } => {
                self.own.functions.insert(name.clone(), body.clone());
                self.status = 0;
            }
            Compound::Condition(condition) => {
                let holds = self.holds(condition, written);
                self.status = if self.stops() { self.status } else { i32::from(!holds) };
            }
            Compound::Arithmetic(word) => {
                let number = self.number(word, written);
                self.status = if self.stops() { self.status } else { i32::from(number == 0) };
            }
        }
    }

    fn branches(&mut self, branches: &[(List, List)], otherwise: &List, input: &[u8], written: &mut Written) {
        for (condition, body) in branches {
            self.asked(condition, input, written);
            if self.stops() {
                return;
            }
            if self.status == 0 {
                return self.list(body, input, written);
            }
        }
        self.status = 0;
        self.list(otherwise, input, written);
    }

    fn for_each(&mut self, name: &str, words: Option<&[Word]>, body: &List, input: &[u8], written: &mut Written) {
        let values: Vec<String> = match words {
            Some(words) => words.iter().flat_map(|word| self.expand(word, written)).collect(),
            None => self.arguments.clone(),
        };
        if self.stops() {
            return;
        }
        self.status = 0;
        for value in values.iter().take(MOST_ROUNDS) {
            self.trace_loop(name, &values, written);
            self.assign(name, value, written);
            if self.stops() || !self.round(body, input, written) {
                break;
            }
        }
    }

    fn counted(&mut self, first: &Word, then: [&Word; 2], body: &List, input: &[u8], written: &mut Written) {
        let [condition, step] = then;
        self.status = 0;
        self.number(first, written);
        for _ in 0..MOST_ROUNDS {
            let is_empty = condition.parts.iter().all(Part::is_empty);
            let goes_on = is_empty || self.number(condition, written) != 0;
            if !goes_on || self.stops() || !self.round(body, input, written) {
                return;
            }
            self.number(step, written);
        }
        self.tell_endless(written);
        self.status = 1;
    }

    fn number(&mut self, word: &Word, written: &mut Written) -> i64 {
        let expression = self.expand_to_one(word, written);
        self.calculated(&expression, written).unwrap_or(0)
    }

    fn tell_endless(&self, written: &mut Written) {
        written.complain(&format!(
            "{}: stopped after {MOST_ROUNDS} rounds: nothing in a workbook changes by itself",
            self.own_name()
        ));
    }

    fn rounds(&mut self, ends_on_success: bool, condition: &List, body: &List, input: &[u8], written: &mut Written) {
        let mut last = 0;
        for round in 0.. {
            self.asked(condition, input, written);
            if self.stops() {
                return;
            }
            if (self.status == 0) == ends_on_success {
                break;
            }
            if round == MOST_ROUNDS {
                self.tell_endless(written);
                last = 1;
                break;
            }
            let goes_on = self.round(body, input, written);
            last = self.status;
            if !goes_on {
                break;
            }
        }
        self.status = last;
    }

    /// Runs a loop's body once; `false` where the loop ends by it.
    fn round(&mut self, body: &List, input: &[u8], written: &mut Written) -> bool {
        self.loops += 1;
        self.list(body, input, written);
        self.loops -= 1;
        match self.jump.take() {
            None => !self.stops(),
            Some(Jump { again, level: 1 }) => again,
            Some(jump) => {
                self.jump = Some(Jump { level: jump.level - 1, ..jump });
                false
            }
        }
    }

    fn case(&mut self, word: &Word, arms: &[Arm], input: &[u8], written: &mut Written) {
        let text = self.expand_to_one(word, written);
        self.status = 0;
        for arm in arms {
            for pattern in &arm.patterns {
                let pattern = self.marked(pattern, written);
                if self.stops() {
                    return;
                }
                if Pattern::read(&pattern).fits_text(&text) {
                    return self.list(&arm.body, input, written);
                }
            }
        }
    }

    fn holds(&mut self, condition: &Condition, written: &mut Written) -> bool {
        match condition {
            Condition::Not(inner) => !self.holds(inner, written),
            Condition::And(left, right) => self.holds(left, written) && self.holds(right, written),
            Condition::Or(left, right) => self.holds(left, written) || self.holds(right, written),
            Condition::Compare { left, operator, right } => {
                let left = self.expand_to_one(left, written);
                let right = self.marked(right, written);
                let text: String = right.iter().map(|(c, _)| *c).collect();
                match operator.as_str() {
                    "<" => left < text,
                    ">" => left > text,
                    "=~" => regex::Regex::new(&text).is_ok_and(|expression| expression.is_match(&left)),
                    "!=" => !Pattern::read(&right).fits_text(&left),
                    _ => Pattern::read(&right).fits_text(&left),
                }
            }
            Condition::Test(words) => {
                let words: Vec<String> = words.iter().map(|word| self.expand_to_one(word, written)).collect();
                match programs::holds(self, &words) {
                    Ok(holds) => holds,
                    Err(sentence) => {
                        self.fail(&format!("[[: {sentence}"), 2, written);
                        false
                    }
                }
            }
        }
    }
}
