//! `:notes`: what was learned and typed, as Markdown.

use super::{Effect, Outcome, Session, Tone};
use crate::lesson::{StepKind, World};

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
    pub(super) fn notes_effect(&self, world: &dyn World) -> Effect {
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
        Effect::Say { tone: Tone::Prose, text }
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
        for step in &self.activity.steps {
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
                text.push_str(&format!("  - `{}`{outcome}\n", line.typed.replace('`', "'")));
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
