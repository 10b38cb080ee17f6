//! `:notes`: what was learned and typed, as Markdown.

use super::{Effect, Outcome, Session, Tone};
use crate::lesson::{StepKind, Typed, World, in_words, right_value};

/// Something that the learner typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Logged {
    /// Id of the step.
    pub(super) step: String,
    /// The line.
    pub(super) typed: String,
    /// What came of it; `None` for a command.
    pub(super) outcome: Option<Outcome>,
}

impl Session {
    pub(super) fn log(&mut self, typed: &str, outcome: Option<Outcome>) {
        let step = self.current().id.clone();
        self.log.push(Logged { step, typed: typed.to_owned(), outcome });
    }

    /// What was learned: the ideas of what is done; what was typed: commands and answers, step by step.
    /// A file's name has them written there too.
    pub(super) fn notes_effects(&self, file: &str, world: &dyn World) -> Vec<Effect> {
        let text = self.notes_text(world);
        let mut effects = vec![Effect::Say { tone: Tone::Prose, text: text.clone() }];
        if !file.is_empty() {
            effects.push(Effect::Write { file: file.to_owned(), text });
        }
        effects
    }

    fn notes_text(&self, world: &dyn World) -> String {
        let mut text = format!("# {}\n", self.activity.title);
        let kept = self.kept(world);
        if !kept.is_empty() {
            text.push_str("\n## What was learned\n\n");
            text.extend(kept.iter().map(|idea| format!("- {idea}\n")));
        }
        let typed = self.typed(world);
        if !typed.is_empty() {
            text.push_str("\n## What was typed\n\n");
            text.push_str(&typed);
        }
        if kept.is_empty() && typed.is_empty() {
            text.push_str("\nNothing yet: notes come from what you do.\n");
        }
        text
    }

    /// Reasons and ideas of the steps that are done, each on one line.
    fn kept(&self, world: &dyn World) -> Vec<String> {
        let done = self.activity.steps.iter().zip(&self.progress).filter(|(_, state)| state.done);
        let mut kept = Vec::new();
        for (step, _) in done {
            let texts: Vec<&String> = match &step.kind {
                StepKind::Recap(ideas) => ideas.iter().map(|idea| self.ideas.get(idea).unwrap_or(idea)).collect(),
                StepKind::Say(_)
                | StepKind::Show { .. }
                | StepKind::Predict { .. }
                | StepKind::Fill { .. }
                | StepKind::Do { .. }
                | StepKind::Ask { .. }
                | StepKind::Explore { .. } => step.explain.iter().collect(),
            };
            let texts = texts.into_iter().filter_map(|text| self.scope(world).expand(text).ok());
            kept.extend(texts.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        kept
    }

    fn typed(&self, world: &dyn World) -> String {
        let mut text = String::new();
        for (at, step) in self.activity.steps.iter().enumerate() {
            // Letters mean options in the order in which they were shown.
            let options = step
                .answer()
                .and_then(|answer| right_value(answer, &self.scope(world), &self.draw, Self::first_draw_of(at)).ok());
            let lines: Vec<&Logged> = self.log.iter().filter(|line| line.step == step.id).collect();
            if lines.is_empty() {
                continue;
            }
            if let Some(question) = question(&step.kind) {
                let question = self.scope(world).expand(question).unwrap_or_else(|_| question.to_owned());
                text.push_str(&format!("- {}\n", question.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
            for line in lines {
                let outcome = match line.outcome {
                    None => String::new(),
                    Some(outcome) => format!(": {}", outcome.word()),
                };
                let words = options.as_ref().filter(|_| line.outcome.is_some());
                match words.and_then(|right| in_words(right, Typed::new(&line.typed).text)) {
                    Some(words) => text.push_str(&format!("  - {words}{outcome}\n")),
                    None => text.push_str(&format!("  - `{}`{outcome}\n", line.typed.replace('`', "'"))),
                }
            }
        }
        text
    }
}

fn question(kind: &StepKind) -> Option<&str> {
    match kind {
        StepKind::Predict { question, .. } | StepKind::Ask { question, .. } => Some(question),
        StepKind::Do { task, .. } | StepKind::Explore { task, .. } => Some(task),
        StepKind::Fill { command, .. } | StepKind::Show { command, .. } => Some(command),
        StepKind::Say(_) | StepKind::Recap(_) => None,
    }
}
