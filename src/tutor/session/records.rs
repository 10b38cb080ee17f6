//! The journal: what a session writes down, and how it goes on from there. The shell adds number and time.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Effect, Outcome, Session, StepState};
use crate::lesson::World;

impl Session {
    /// The opening, or a resumption: drawn values and frozen digests, not only the seed.
    pub(super) fn opening_record(&self, world: &dyn World) -> Effect {
        let digest =
            |reference: &crate::oci::Reference| world.facts(reference).ok().map(|facts| facts.digest.to_string());
        let frozen: Map<String, Value> = self
            .frozen
            .iter()
            .filter_map(|reference| Some((reference.familiar(), Value::String(digest(reference)?))))
            .collect();
        self.record(json!({
            "kind": "open",
            "seed": self.draw.seed,
            "attempt": self.draw.attempt,
            "variant": self.variant(),
            "frozen": frozen,
        }))
    }

    /// Something was typed and judged.
    pub(super) fn attempt_record(&self, typed: &str, unsure: bool, outcome: Outcome, rule: Option<&str>) -> Effect {
        let step = &self.current().id;
        self.record(json!({
            "kind": "attempt", "step": step, "typed": typed, "unsure": unsure, "outcome": outcome, "rule": rule,
        }))
    }

    /// A hint was taken.
    pub(super) fn hint_record(&self) -> Effect {
        self.record(json!({"kind": "hint", "step": self.current().id, "hints": self.state().hints}))
    }

    /// The step is done; `held` are the names in the workspace, for whoever goes on from here.
    pub(super) fn step_record(&self) -> Effect {
        let state = self.state();
        self.record(json!({
            "kind": "step",
            "step": self.current().id,
            "outcome": state.outcome,
            "attempts": state.attempts,
            "rule": state.rule,
            "hints": state.hints,
            "held": self.held,
        }))
    }

    /// All is done.
    pub(super) fn finish_record(&self) -> Effect {
        self.record(json!({"kind": "finish", "attempt": self.draw.attempt}))
    }

    fn record(&self, fields: Value) -> Effect {
        let mut record = Map::new();
        record.insert("pack".to_owned(), self.pack.clone().into());
        record.insert("pack_version".to_owned(), self.pack_version.clone().into());
        record.insert("lesson".to_owned(), self.activity.id.clone().into());
        if let Value::Object(fields) = fields {
            record.extend(fields);
        }
        Effect::Save(Value::Object(record))
    }

    /// Takes up what the journal says; records that it does not understand are skipped.
    pub(super) fn restore(&mut self, records: &[Value]) {
        let text = |record: &Value, key: &str| record.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut attempt = 0;
        let mut variant: Option<BTreeMap<String, String>> = None;
        for record in records {
            if text(record, "pack").as_ref() != Some(&self.pack)
                || text(record, "lesson").as_ref() != Some(&self.activity.id)
            {
                continue;
            }
            match text(record, "kind").as_deref() {
                Some("open") => {
                    self.draw.seed = record.get("seed").and_then(Value::as_u64).unwrap_or(self.draw.seed);
                    variant = record.get("variant").and_then(words);
                }
                Some("finish") => {
                    attempt += 1;
                    variant = None;
                    self.held = None;
                    self.progress.iter_mut().for_each(|state| *state = StepState::new());
                }
                Some("attempt" | "hint" | "step") => self.restore_step(record),
                Some(_) | None => {}
            }
        }
        self.draw.attempt = attempt;
        self.variables = variant.filter(|drawn| self.is_whole(drawn)).unwrap_or_else(|| self.drawn());
    }

    fn restore_step(&mut self, record: &Value) {
        let id = record.get("step").and_then(Value::as_str);
        let Some(at) = self.activity.steps.iter().position(|step| Some(step.id.as_str()) == id) else { return };
        let state = &mut self.progress[at];
        let outcome = record.get("outcome").cloned().and_then(|outcome| serde_json::from_value(outcome).ok());
        let rule = record.get("rule").and_then(Value::as_str).map(str::to_owned);
        match record.get("kind").and_then(Value::as_str) {
            Some("hint") => state.hints += 1,
            Some("step") => {
                state.done = true;
                (state.outcome, state.rule) = (outcome.unwrap_or(Outcome::Right), rule);
                self.held = record.get("held").and_then(names).or(self.held.take());
            }
            Some("attempt") if !state.done => {
                let counts = matches!(outcome, Some(Outcome::Right | Outcome::Wrong));
                state.attempts += u32::from(counts);
                (state.outcome, state.rule) = (outcome.unwrap_or(Outcome::Open), rule);
            }
            Some(_) | None => {}
        }
    }

    /// Whether recorded values are still those of the problem, which may have changed since.
    fn is_whole(&self, drawn: &BTreeMap<String, String>) -> bool {
        self.activity.vary.iter().all(|(name, values)| drawn.get(name).is_some_and(|value| values.contains(value)))
    }

    /// Draws the values of this attempt; those of the first are the author's, where there are some.
    fn drawn(&self) -> BTreeMap<String, String> {
        let draw = |(n, (name, values)): (usize, &(String, Vec<String>))| {
            let first = self.activity.first.get(name).filter(|_| self.draw.attempt == 0);
            let value = first.unwrap_or_else(|| &values[self.draw.pick(n as u64, values.len())]);
            (name.clone(), value.clone())
        };
        self.activity.vary.iter().enumerate().map(draw).collect()
    }
}

fn words(value: &Value) -> Option<BTreeMap<String, String>> {
    value.as_object()?.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

fn names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}
