//! What the tutor says of its own: sentences that no lesson holds.

use super::{Effect, Input, Session, Stage, Tone, Whole};
use crate::lesson::{Kind, StepKind, Value, World, letter};
use crate::tutor::Prompt;

pub(super) fn say(tone: Tone, text: impl Into<String>) -> Effect {
    Effect::Say { tone, text: text.into() }
}

pub(super) fn info(text: impl Into<String>) -> Effect {
    say(Tone::Info, text)
}

impl Session {
    /// Says a lesson's text, its names filled in; where that fails, says why, in place of a wrong number.
    pub(super) fn text(&self, tone: Tone, text: &str, world: &dyn World) -> Effect {
        match self.scope(world).expand(text) {
            Ok(text) => say(tone, text.trim_end()),
            Err(trouble) => say(Tone::CannotCheck, format!("A text cannot be shown: {trouble}.")),
        }
    }

    /// Waits for a line at the step's prompt.
    pub(super) fn ask(&mut self) -> Effect {
        self.stage = match self.whole {
            Whole::Open => Stage::Asking,
            Whole::Solved => Stage::Solved,
        };
        let words = self.valid_words().iter().map(|(word, _)| (*word).to_owned()).collect();
        Effect::Ask(Prompt { place: self.place(), words, enter_goes_on: self.enter_goes_on() })
    }

    /// Whether Enter alone goes on: at a text, or at a step that is done.
    pub(super) fn enter_goes_on(&self) -> bool {
        let reads_nothing =
            matches!(self.current().kind, StepKind::Say(_) | StepKind::Show { .. } | StepKind::Recap(_));
        self.input == Input::Terminal && self.sandbox.is_none() && !self.rating && (reads_nothing || self.state().done)
    }

    /// `naming 3/8`, or `practice redis-facts`.
    fn place(&self) -> String {
        if self.sandbox.is_some() {
            return "sandbox".to_owned();
        }
        match self.activity.kind {
            Kind::Lesson => {
                let present = self.progress.iter().filter(|state| !state.absent).count();
                let before = self.progress[..self.at].iter().filter(|state| !state.absent).count();
                format!("{} {}/{present}", self.activity.id, before + 1)
            }
            Kind::Problem => format!("practice {}", self.activity.id),
        }
    }

    /// How to go on later.
    pub(super) fn goodbye(&self) -> Effect {
        let (word, id) = (self.command_word(), &self.activity.id);
        let counted = self.activity.steps.iter().zip(&self.progress).filter(|(_, state)| !state.absent);
        let (done, of) = counted.fold((0, 0), |(done, of), (_, state)| (done + usize::from(state.done), of + 1));
        let what = match self.activity.kind {
            Kind::Lesson => format!("{done} of {of} steps are done and saved."),
            Kind::Problem => format!("{done} of {of} parts are done and saved."),
        };
        info(format!("{what} `layerbook {word} {id}` goes on from here."))
    }

    pub(super) fn command_word(&self) -> &'static str {
        match self.activity.kind {
            Kind::Lesson => "learn",
            Kind::Problem => "practice",
        }
    }
}

/// What is right, of options as they were shown with the question: one a line, since each may be a sentence.
pub(super) fn the_answer(right: &Value) -> String {
    let listed = |ats: &mut dyn Iterator<Item = (usize, &String)>| {
        ats.map(|(at, text)| format!("- {}) {text}", letter(at))).collect::<Vec<_>>().join("\n")
    };
    match right {
        Value::Choice(options) | Value::Choices(options) => {
            let options = options.iter().enumerate().filter(|(_, option)| option.right);
            format!("The answer is:\n\n{}", listed(&mut options.map(|(at, option)| (at, &option.text))))
        }
        Value::Order(items, order) => {
            let items = order.iter().filter_map(|at| Some((*at, items.get(*at)?)));
            format!("The answer is, in this order:\n\n{}", listed(&mut items.into_iter()))
        }
        Value::Match(items, groups, right) => {
            let line = |(at, (item, group)): (usize, (&String, &usize))| {
                format!("{}. {item}: {}", at + 1, groups.get(*group).map_or("", String::as_str))
            };
            let lines = items.iter().zip(right).enumerate().map(line).collect::<Vec<_>>();
            format!("The answer is:\n\n{}", lines.join("\n"))
        }
        Value::Set(_, words) if words.len() > 1 => {
            let words = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>();
            format!("The answer is {}.", words.join(", "))
        }
        Value::Count(_)
        | Value::Size(_)
        | Value::Digest(_)
        | Value::Argv(_)
        | Value::Set(..)
        | Value::Text(_)
        | Value::Number(_)
        | Value::Ratio(_)
        | Value::Ref(_)
        | Value::Platform(_)
        | Value::Reflect(_)
        | Value::YesNo(_) => format!("The answer is `{}`.", right.display()),
    }
}

/// A question with its options, where it has some.
pub(super) fn with_options(question: &str, right: &Value) -> String {
    let lettered = |texts: &[&str]| {
        let line = |(at, text): (usize, &&str)| format!("- {}) {text}", letter(at));
        texts.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    };
    let question = question.trim_end();
    match right {
        Value::Choice(options) | Value::Choices(options) => {
            let texts: Vec<&str> = options.iter().map(|option| option.text.as_str()).collect();
            format!("{question}\n\n{}", lettered(&texts))
        }
        Value::Order(items, _) => {
            let texts: Vec<&str> = items.iter().map(String::as_str).collect();
            format!("{question}\n\n{}", lettered(&texts))
        }
        Value::Match(items, groups, _) => {
            let numbered = items.iter().enumerate().map(|(at, item)| format!("{}. {item}", at + 1)).collect::<Vec<_>>();
            let texts: Vec<&str> = groups.iter().map(String::as_str).collect();
            format!("{question}\n\n{}\n\n{}", numbered.join("\n"), lettered(&texts))
        }
        Value::Count(_)
        | Value::Size(_)
        | Value::Digest(_)
        | Value::Argv(_)
        | Value::Set(..)
        | Value::Text(_)
        | Value::Number(_)
        | Value::Ratio(_)
        | Value::Ref(_)
        | Value::Platform(_)
        | Value::Reflect(_)
        | Value::YesNo(_) => question.to_owned(),
    }
}
