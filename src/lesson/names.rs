//! All texts of a lesson or problem, the names that they use, and the images that are to be frozen at its opening.

use std::collections::BTreeSet;

use crate::oci::{Platform, Reference, Repository};

use super::expression::Expression;
use super::fact::Fact;
use super::model::{Activity, Answer, Goal, Hint, Rule, Step, StepKind, When};
use super::scope::Scope;
use super::template::Template;

/// What expressions look at beside the images that are frozen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// All tags of a repository.
    Tags(Repository),
    /// An image for another platform than the engine's.
    Platform(Reference, Platform),
}

impl Activity {
    /// What the expressions of these steps look at beside the images that are frozen; of the first steps also those of
    /// frozen values.
    pub fn needs_of(&self, steps: std::ops::Range<usize>, scope: &Scope<'_>) -> Vec<Need> {
        let freeze = self.freeze.iter().filter(|_| steps.start == 0).map(|(_, source)| source.clone());
        let mut sources: Vec<String> = freeze.collect();
        sources.extend(self.steps[steps].iter().flat_map(Step::all_sources));
        let calls = sources.iter().filter_map(|source| Expression::parse(source).ok());
        let mut needs: Vec<Need> = calls
            .flat_map(|expression| expression.calls().iter().filter_map(|call| call.need(scope)).collect::<Vec<_>>())
            .collect();
        needs.sort();
        needs.dedup();
        needs
    }

    /// Images that facts, goals and the start ask about: resolved once, so that prompt, learner and check agree.
    pub fn images(&self, scope: &Scope<'_>) -> Vec<Reference> {
        self.images_of(0..self.steps.len(), scope)
    }

    /// Those of them that these steps ask about; of the first steps also those of the start and of frozen values. Steps
    /// after the registry has moved on may speak of images that are not published before.
    pub fn images_of(&self, steps: std::ops::Range<usize>, scope: &Scope<'_>) -> Vec<Reference> {
        let is_first = steps.start == 0;
        let mut names: Vec<String> = if is_first { self.start.clone() } else { Vec::new() };
        for step in &self.steps[steps] {
            names.extend(step.have.iter().cloned());
            names.extend(step.answer().map(fact_subjects).unwrap_or_default());
            names.extend(step.own_goals().into_iter().flat_map(goal_images));
            let calls = step.expressions();
            names.extend(calls.iter().flat_map(images_of));
            names.extend(step.looked_at());
        }
        names.extend(self.freeze.iter().filter(|_| is_first).flat_map(|(_, source)| images_in(source)));
        references(&names, scope)
    }

    /// Images that a frozen value looks at, as far as its names are known by now: they may be those of values frozen before it.
    pub fn images_of_frozen(&self, name: &str, scope: &Scope<'_>) -> Vec<Reference> {
        let source = self.freeze.iter().find(|(known, _)| known == name).map(|(_, source)| source.as_str());
        references(&source.map(images_in).unwrap_or_default(), scope)
    }
}

impl Step {
    /// The answer that it asks for.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.kind {
            StepKind::Predict { answer, .. } | StepKind::Ask { answer, .. } => Some(answer),
            StepKind::Say(_)
            | StepKind::Show { .. }
            | StepKind::Fill { .. }
            | StepKind::Do { .. }
            | StepKind::Explore { .. }
            | StepKind::Recap(_) => None,
        }
    }

    /// The goals that it asks for.
    fn own_goals(&self) -> Vec<&Goal> {
        match &self.kind {
            StepKind::Do { goal, .. } => vec![goal],
            StepKind::Explore { find, .. } => find.iter().collect(),
            StepKind::Say(_)
            | StepKind::Show { .. }
            | StepKind::Predict { .. }
            | StepKind::Fill { .. }
            | StepKind::Ask { .. }
            | StepKind::Recap(_) => Vec::new(),
        }
    }

    /// The goals that it asks for and those that its rules watch for.
    pub(super) fn goals(&self) -> Vec<&Goal> {
        let of_rules = self.wrong.iter().filter_map(|rule| match &rule.when {
            When::State(goal) => Some(goal),
            When::Is(_) | When::Expression(_) => None,
        });
        self.own_goals().into_iter().chain(of_rules).collect()
    }

    /// Every text that is said or run, its names not yet filled in.
    pub(super) fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.explain.iter().map(String::as_str).collect();
        texts.extend(self.solve.iter().map(String::as_str));
        texts.extend(self.goals().into_iter().filter_map(|goal| match goal {
            Goal::Said(_, say) => Some(say.as_str()),
            _ => None,
        }));
        texts.extend(
            self.hints.iter().filter_map(|hint| if let Hint::Text(text) = hint { Some(text.as_str()) } else { None }),
        );
        texts.extend(self.wrong.iter().map(|Rule { say, .. }| say.as_str()));
        match &self.kind {
            StepKind::Say(text) => texts.push(text),
            StepKind::Show { command, notes } => {
                texts.push(command);
                texts.extend(notes.iter().map(|note| note.say.as_str()));
            }
            StepKind::Predict { question, reveal, .. } => {
                texts.extend([question].into_iter().chain(reveal).map(String::as_str));
            }
            StepKind::Fill { command, gap } => texts.extend([command].into_iter().chain(gap).map(String::as_str)),
            StepKind::Do { task, .. } | StepKind::Explore { task, .. } => texts.push(task),
            StepKind::Ask { question, .. } => texts.push(question),
            StepKind::Recap(ideas) => texts.extend(ideas.iter().map(String::as_str)),
        }
        texts.extend(self.answer().map(answer_texts).unwrap_or_default());
        texts
    }

    /// Whether its question or its answer uses one of these names.
    pub fn asks_with(&self, names: &[&str]) -> bool {
        let question = match &self.kind {
            StepKind::Predict { question, .. } | StepKind::Ask { question, .. } => question.as_str(),
            _ => "",
        };
        let mut texts = vec![question];
        texts.extend(self.answer().map(answer_texts).unwrap_or_default());
        let in_texts = texts.into_iter().filter_map(|text| Template::parse(text).ok()).any(|text| {
            let sources = text.expressions().filter_map(|source| Expression::parse(source).ok());
            text.names().any(|name| names.contains(&name)) || sources.into_iter().any(|source| source.uses(names))
        });
        let source = match self.answer() {
            Some(Answer::Cel { source, .. }) => Expression::parse(source).ok(),
            _ => None,
        };
        in_texts || source.is_some_and(|source| source.uses(names))
    }

    /// All facts that its texts and expressions ask for.
    fn expressions(&self) -> Vec<Fact> {
        let sources = self.texts().into_iter().filter_map(|text| Template::parse(text).ok());
        let mut facts: Vec<Fact> =
            sources.flat_map(|text| text.expressions().map(facts_in).collect::<Vec<_>>()).flatten().collect();
        facts.extend(self.sources().into_iter().flat_map(facts_in));
        facts
    }

    /// Images that its expressions look into as a whole.
    fn looked_at(&self) -> Vec<String> {
        let sources = self.all_sources();
        let calls = sources.iter().filter_map(|source| Expression::parse(source).ok());
        calls.flat_map(|expression| expression.looked_at()).collect()
    }

    /// Sources of all expressions, in texts and apart from them.
    fn all_sources(&self) -> Vec<String> {
        let texts = self.texts().into_iter().filter_map(|text| Template::parse(text).ok());
        let mut sources: Vec<String> =
            texts.flat_map(|text| text.expressions().map(str::to_owned).collect::<Vec<_>>()).collect();
        sources.extend(self.sources().into_iter().map(str::to_owned));
        sources
    }

    /// Sources of expressions that are no part of a text.
    pub(super) fn sources(&self) -> Vec<&str> {
        let mut sources: Vec<&str> = self.condition.iter().map(String::as_str).collect();
        if let Some(Answer::Cel { source, .. }) = self.answer() {
            sources.push(source);
        }
        sources.extend(self.wrong.iter().filter_map(|rule| match &rule.when {
            When::Expression(source) => Some(source.as_str()),
            When::Is(_) | When::State(_) => None,
        }));
        for goal in self.goals() {
            if let Goal::Cel(source) = goal.bare() {
                sources.push(source);
            }
        }
        sources
    }
}

fn answer_texts(answer: &Answer) -> Vec<&str> {
    match answer {
        Answer::Fact(fact) => fact.subjects().chain(&fact.part).map(String::as_str).collect(),
        Answer::Command { line, .. } => vec![line],
        Answer::Reflect(model) => vec![model],
        Answer::Choice(options) | Answer::Choices(options) => options
            .iter()
            .flat_map(|option| [Some(&option.text), option.say.as_ref()])
            .flatten()
            .map(String::as_str)
            .collect(),
        Answer::Text(texts) | Answer::Order(texts) => texts.iter().map(String::as_str).collect(),
        Answer::Number(text) => vec![text],
        Answer::YesNo(_) | Answer::Match(_) | Answer::Cel { .. } => Vec::new(),
    }
}

fn fact_subjects(answer: &Answer) -> Vec<String> {
    match answer {
        Answer::Fact(fact) => images_of(fact),
        _ => Vec::new(),
    }
}

/// The images that a fact needs to know.
fn images_of(fact: &Fact) -> Vec<String> {
    if fact.kind.needs_image() { fact.subjects().cloned().collect() } else { Vec::new() }
}

/// The images that an expression looks at, as it writes them.
fn images_in(source: &str) -> Vec<String> {
    let mut names: Vec<String> = facts_in(source).iter().flat_map(images_of).collect();
    names.extend(Expression::parse(source).map(|expression| expression.looked_at()).unwrap_or_default());
    names
}

/// The names that can be read, each once.
fn references(names: &[String], scope: &Scope<'_>) -> Vec<Reference> {
    let references: BTreeSet<Reference> = names.iter().filter_map(|name| scope.reference(name).ok()).collect();
    references.into_iter().collect()
}

fn facts_in(source: &str) -> Vec<Fact> {
    let expression = Expression::parse(source).ok();
    expression
        .map(|expression| expression.calls().iter().filter_map(super::expression::Call::fact).collect())
        .unwrap_or_default()
}

/// Images that a goal needs to know; a name that is made or removed need not exist in a registry.
fn goal_images(goal: &Goal) -> Vec<String> {
    match goal {
        Goal::Said(goal, _) => goal_images(goal),
        Goal::Pulled(names) => names.clone(),
        Goal::Tagged { image, .. } => image.iter().cloned().collect(),
        Goal::SharesBaseWith(name) => vec![name.clone()],
        Goal::SameImage(..)
        | Goal::Gone(_)
        | Goal::NoDangling
        | Goal::FileInContainer { .. }
        | Goal::ContainerChanged { .. }
        | Goal::Ran(_)
        | Goal::Cel(_) => Vec::new(),
    }
}
