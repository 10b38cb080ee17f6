//! Loops and conditions: `for`, `while`, `until` and `if`, put together from the steps of a script.

use super::run::negated;
use super::{Session, Written};
use crate::pipe::{Command, Script, Step, When, Word};

/// Rounds of one loop: nothing here changes by itself, so a loop that waits would never end.
const MOST_ROUNDS: usize = 10_000;

/// A step, or a construct that holds steps.
#[derive(Debug, Clone)]
enum Node {
    Step(Step),
    For {
        name: String,
        words: Vec<Word>,
        body: Vec<Node>,
    },
    Loop {
        ends_on_success: bool,
        condition: Vec<Node>,
        body: Vec<Node>,
    },
    If {
        branches: Vec<(Vec<Node>, Vec<Node>)>,
        otherwise: Vec<Node>,
    },
    /// `{ ...; }`.
    Group(Vec<Node>),
    /// A construct, when it runs, the commands before its pipe, and what stands behind its end: redirections, and commands behind
    /// pipes.
    Block {
        when: When,
        feeding: Vec<Command>,
        node: Box<Node>,
        tail: Step,
    },
    /// A construct behind the pipe of another one.
    Chain {
        when: When,
        first: Box<Node>,
        then: Box<Node>,
    },
}

impl Node {
    /// Tells when it runs.
    fn when(&self) -> When {
        match self {
            Self::Step(Step { when, .. }) | Self::Block { when, .. } | Self::Chain { when, .. } => *when,
            Self::For { .. } | Self::Loop { .. } | Self::If { .. } | Self::Group(_) => When::Always,
        }
    }

    /// Puts commands and a pipe before a construct.
    fn feed(&mut self, commands: Vec<Command>) {
        match self {
            Self::Block { feeding, .. } => *feeding = commands,
            Self::Chain { first, .. } => first.feed(commands),
            Self::Step(_) | Self::For { .. } | Self::Loop { .. } | Self::If { .. } | Self::Group(_) => {}
        }
    }
}

/// Where a loop goes on, by `break` or `continue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jump {
    /// Whether the loop has another round.
    pub(super) again: bool,
    /// The loop that is meant, from the innermost, which is 1.
    pub(super) level: usize,
}

/// Why steps make no construct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// More is to come.
    Incomplete(&'static str),
    /// A word where none of its kind may stand.
    Unexpected(String),
}

/// A script whose constructs were put together.
#[derive(Debug)]
pub(super) struct Program(Vec<Node>);

impl Program {
    /// Puts a script's constructs together.
    pub(super) fn of(script: &Script) -> Result<Self, Fault> {
        let mut reader = Reader { steps: script.steps.iter().cloned().rev().collect() };
        let nodes = reader.nodes(&[])?;
        match reader.steps.last().and_then(keyword) {
            Some(word) => Err(Fault::Unexpected(word)),
            None => Ok(Self(nodes)),
        }
    }
}

/// Steps that were not read yet, the next one last.
struct Reader {
    steps: Vec<Step>,
}

impl Reader {
    /// Reads up to one of the words in `ends`, which stays.
    fn nodes(&mut self, ends: &[&'static str]) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        while let Some(step) = self.steps.last() {
            match keyword(step).as_deref() {
                Some(word) if ends.contains(&word) => return Ok(nodes),
                Some(word @ ("do" | "done" | "then" | "elif" | "else" | "fi" | "}")) => {
                    return Err(Fault::Unexpected(word.to_owned()));
                }
                Some("for" | "while" | "until" | "if" | "{") => nodes.push(self.blocks()?),
                _ if is_piped_into_construct(step) => nodes.push(self.fed_block()?),
                _ => nodes.extend(self.steps.pop().map(Node::Step)),
            }
        }
        ends.last().map_or(Ok(nodes), |end| Err(Fault::Incomplete(end)))
    }

    /// `COMMAND | while ...`.
    fn fed_block(&mut self) -> Result<Node, Fault> {
        let mut step = self.steps.pop().ok_or(Fault::Incomplete("done"))?;
        let last = step.commands.pop().into_iter().collect();
        self.steps.push(Step { when: step.when, commands: last });
        let mut block = self.blocks()?;
        block.feed(step.commands);
        Ok(block)
    }

    /// A construct, and those behind its pipe.
    fn blocks(&mut self) -> Result<Node, Fault> {
        let mut first = self.block()?;
        let Node::Block { when, tail, .. } = &mut first else { return Ok(first) };
        if !is_piped_into_construct(tail) {
            return Ok(first);
        }
        let (when, last) = (*when, tail.commands.pop().into_iter().collect());
        self.steps.push(Step { when: When::Always, commands: last });
        Ok(Node::Chain { when, first: Box::new(first), then: Box::new(self.blocks()?) })
    }

    fn block(&mut self) -> Result<Node, Fault> {
        let when = self.steps.last().map_or(When::Always, |step| step.when);
        let word = self.take()?;
        let (node, tail) = match word.as_str() {
            "for" => {
                let step = self.steps.pop().ok_or(Fault::Incomplete("do"))?;
                let mut words = step.commands.into_iter().next().unwrap_or_default().words.into_iter();
                let name = words.next().and_then(|word| word.literal()).unwrap_or_default();
                match words.next().map(|word| word.literal()) {
                    Some(Some(word)) if word == "in" && is_name(&name) => {}
                    _ => return Err(Fault::Unexpected(name)),
                }
                let (body, tail) = self.body()?;
                (Node::For { name, words: words.collect(), body }, tail)
            }
            "while" | "until" => {
                let condition = self.nodes(&["do"])?;
                let (body, tail) = self.body()?;
                (Node::Loop { ends_on_success: word == "until", condition, body }, tail)
            }
            "{" => {
                let body = self.nodes(&["}"])?;
                (Node::Group(body), self.steps.pop().ok_or(Fault::Incomplete("}"))?)
            }
            _ => {
                let mut branches = Vec::new();
                let mut otherwise = Vec::new();
                loop {
                    let condition = self.nodes(&["then"])?;
                    self.take()?;
                    branches.push((condition, self.nodes(&["elif", "else", "fi"])?));
                    match self.steps.last().and_then(keyword).as_deref() {
                        Some("elif") => drop(self.take()?),
                        Some("else") => {
                            self.take()?;
                            otherwise = self.nodes(&["fi"])?;
                            break;
                        }
                        _ => break,
                    }
                }
                (Node::If { branches, otherwise }, self.steps.pop().ok_or(Fault::Incomplete("fi"))?)
            }
        };
        Ok(Node::Block { when, feeding: Vec::new(), node: Box::new(node), tail })
    }

    /// `do ... done`, with what stands behind it.
    fn body(&mut self) -> Result<(Vec<Node>, Step), Fault> {
        match self.steps.last().map(keyword) {
            None => return Err(Fault::Incomplete("do")),
            Some(Some(word)) if word == "do" => {}
            Some(other) => return Err(Fault::Unexpected(other.unwrap_or_default())),
        }
        self.take()?;
        let body = self.nodes(&["done"])?;
        Ok((body, self.steps.pop().ok_or(Fault::Incomplete("done"))?))
    }

    /// Takes the keyword off the next step; the step stays where something stands behind it.
    fn take(&mut self) -> Result<String, Fault> {
        let step = self.steps.last_mut().ok_or(Fault::Incomplete("done"))?;
        let word = keyword(step).unwrap_or_default();
        step.when = When::Always;
        let first = &mut step.commands[0];
        first.words.remove(0);
        if first.words.is_empty() && first.redirections.is_empty() && step.commands.len() == 1 {
            self.steps.pop();
        }
        Ok(word)
    }
}

/// Tells whether a step's last command is the beginning of a construct, and others stand before it.
fn is_piped_into_construct(step: &Step) -> bool {
    let word = step.commands.last().and_then(keyword_of);
    step.commands.len() > 1 && word.is_some_and(|word| matches!(word.as_str(), "for" | "while" | "until" | "if" | "{"))
}

/// The word of the shell that a step begins with.
fn keyword(step: &Step) -> Option<String> {
    step.commands.first().and_then(keyword_of)
}

fn keyword_of(command: &Command) -> Option<String> {
    const WORDS: &[&str] = &["for", "while", "until", "if", "do", "done", "then", "elif", "else", "fi", "{", "}"];
    let word = command.words.first()?;
    if word.parts.iter().any(|part| part.quoted) {
        return None;
    }
    word.literal().filter(|text| WORDS.contains(&text.as_str()))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl Session<'_> {
    /// Runs a script's constructs and steps.
    pub(super) fn program(&mut self, program: &Program, input: &[u8], written: &mut Written) {
        self.nodes(&program.0, input, written);
    }

    fn nodes(&mut self, nodes: &[Node], input: &[u8], written: &mut Written) {
        for (number, node) in nodes.iter().enumerate() {
            let runs = match node.when() {
                When::Always => true,
                When::Succeeded => self.status == 0,
                When::Failed => self.status != 0,
            };
            if runs && !self.leaving && !self.reading.starved && self.jump.is_none() {
                self.node(node, input, written);
                let is_asked = nodes.get(number + 1).is_some_and(|next| next.when() != When::Always);
                let is_plain = matches!(node, Node::Step(step) if negated(&step.commands).is_none());
                if self.status != 0 && is_plain && !is_asked && self.on_failure.conditions == 0 {
                    self.leaving |= self.on_failure.ends;
                }
            }
        }
    }

    /// Runs commands whose status is asked for.
    fn condition(&mut self, nodes: &[Node], input: &[u8], written: &mut Written) {
        self.on_failure.conditions += 1;
        self.nodes(nodes, input, written);
        self.on_failure.conditions -= 1;
    }

    fn node(&mut self, node: &Node, input: &[u8], written: &mut Written) {
        match node {
            Node::Step(step) => self.pipeline(&step.commands, input, written),
            Node::Block { feeding, node, tail, .. } if feeding.is_empty() => self.block(node, tail, input, written),
            Node::Block { feeding, node, tail, .. } => self.fed_block(feeding, node, tail, input, written),
            Node::Chain { first, then, .. } => {
                let Some(out) = self.captured(written, |session, here| session.node(first, input, here)) else {
                    return;
                };
                self.apart(|session| session.with_input(|session| session.node(then, &out, written)));
            }
            Node::For { name, words, body } => {
                let mut values = Vec::new();
                for word in words {
                    values.extend(self.expand(word, written));
                }
                self.status = 0;
                for value in values.iter().take(MOST_ROUNDS) {
                    self.set(name, value);
                    if !self.round(body, input, written) {
                        break;
                    }
                }
            }
            Node::Loop { ends_on_success, condition, body } => {
                let mut last = 0;
                for round in 0.. {
                    self.condition(condition, input, written);
                    if (self.status == 0) == *ends_on_success || self.leaving || self.reading.starved {
                        break;
                    }
                    if round == MOST_ROUNDS {
                        let name = self.own_name();
                        written.complain(&format!(
                            "{name}: stopped after {MOST_ROUNDS} rounds: nothing in a workbook changes by itself"
                        ));
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
            Node::Group(body) => self.nodes(body, input, written),
            Node::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.condition(condition, input, written);
                    if self.status == 0 {
                        return self.nodes(body, input, written);
                    }
                }
                self.status = 0;
                self.nodes(otherwise, input, written);
            }
        }
    }

    /// Runs a loop's body once; `false` where the loop ends by it.
    fn round(&mut self, body: &[Node], input: &[u8], written: &mut Written) -> bool {
        self.loops += 1;
        self.nodes(body, input, written);
        self.loops -= 1;
        match self.jump.take() {
            None => !self.leaving && !self.reading.starved,
            Some(Jump { again, level: 1 }) => again,
            Some(jump) => {
                self.jump = Some(Jump { level: jump.level - 1, ..jump });
                false
            }
        }
    }

    /// A construct behind a pipe: a shell of its own, whose variables go with it.
    fn fed_block(&mut self, feeding: &[Command], node: &Node, tail: &Step, input: &[u8], written: &mut Written) {
        let fed = self.captured(written, |session, here| session.pipeline(feeding, input, here));
        if let Some(out) = fed {
            self.apart(|session| session.with_input(|session| session.block(node, tail, &out, written)));
        }
    }

    /// A construct with what stands behind its end: `done > list`, `fi | wc -l`.
    fn block(&mut self, node: &Node, tail: &Step, input: &[u8], written: &mut Written) {
        let Some((Command { redirections, .. }, behind)) = tail.commands.split_first() else { return };
        let alone = |session: &mut Self, here: &mut Written| {
            session.redirected(redirections, input, here, |session, input, here| session.node(node, input, here));
        };
        if behind.is_empty() {
            return alone(self, written);
        }
        if let Some(out) = self.captured(written, alone) {
            self.apart(|session| session.with_input(|session| session.pipeline(behind, &out, written)));
        }
    }

    /// Does what stands before a pipe and returns its output; nothing where it waits for more input.
    fn captured(&mut self, written: &mut Written, work: impl FnOnce(&mut Self, &mut Written)) -> Option<Vec<u8>> {
        let mut here = Written::default();
        let piped = std::mem::replace(&mut self.piped, true);
        self.apart(|session| work(session, &mut here));
        self.piped = piped;
        let (out, rest) = here.part();
        written.pieces.extend(rest);
        (!self.reading.starved).then_some(out)
    }
}
