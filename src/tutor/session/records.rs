//! The journal: what a session writes down, and how it goes on from there. The shell adds number and time.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::notes::Logged;
use super::{Effect, Outcome, Ran, Session, StepState};
use crate::lesson::{StepKind, World};

impl Session {
    /// The opening, or a resumption: drawn values and frozen digests, not only the seed.
    pub(super) fn opening_record(&self, world: &dyn World) -> Effect {
        let values = self.activity.freeze.iter().filter_map(|(name, _)| self.variables.get_key_value(name));
        let values: Map<String, Value> =
            values.map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
        self.record(json!({
            "kind": "open",
            "seed": self.draw.seed,
            "attempt": self.draw.attempt,
            "variant": self.variant(),
            "values": values,
            "registry": self.moment,
            "frozen": self.frozen_digests(world),
        }))
    }

    fn frozen_digests(&self, world: &dyn World) -> Map<String, Value> {
        let digest =
            |reference: &crate::oci::Reference| world.facts(reference).ok().map(|facts| facts.digest.to_string());
        let known = |reference: &crate::oci::Reference| Some((reference.familiar(), Value::String(digest(reference)?)));
        self.frozen.iter().filter_map(known).collect()
    }

    /// Something was typed and judged.
    pub(super) fn attempt_record(&self, typed: &str, unsure: bool, outcome: Outcome, rule: Option<&str>) -> Effect {
        let step = &self.current().id;
        self.record(json!({
            "kind": "attempt", "step": step, "typed": typed, "unsure": unsure, "outcome": outcome, "rule": rule,
        }))
    }

    /// Something was typed and judged: noted, and recorded.
    pub(super) fn attempted(&mut self, typed: &str, unsure: bool, outcome: Outcome, rule: Option<&str>) -> Effect {
        let is_command = matches!(self.current().kind, StepKind::Do { .. } | StepKind::Explore { .. });
        if !is_command {
            self.log(typed, Some(outcome));
        }
        self.attempt_record(typed, unsure, outcome, rule)
    }

    /// A command of the learner's own has run.
    pub(super) fn command_record(&self, ran: &Ran) -> Effect {
        let step = &self.current().id;
        self.record(json!({
            "kind": "command", "step": step, "typed": ran.line, "status": ran.status, "sandbox": self.sandbox.is_some(),
        }))
    }

    /// A free text was given.
    pub(super) fn reflection_record(&self, typed: &str) -> Effect {
        self.record(json!({"kind": "reflection", "step": self.current().id, "typed": typed}))
    }

    /// The learner's own rating of a free text: 1 to 3.
    pub(super) fn rating_record(&self, rating: u8) -> Effect {
        self.record(json!({"kind": "rating", "step": self.current().id, "rating": rating}))
    }

    /// The registry moved on, and names mean something else.
    pub(super) fn moment_record(&self, world: &dyn World) -> Effect {
        self.record(json!({"kind": "moment", "registry": self.moment, "frozen": self.frozen_digests(world)}))
    }

    /// All begins anew: `reset` with the same values, `again` with others.
    pub(super) fn start_over_record(&self, kind: &str) -> Effect {
        self.record(json!({"kind": kind, "attempt": self.draw.attempt}))
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
        let mut frozen = BTreeMap::new();
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
                    frozen = record.get("values").and_then(words).unwrap_or_default();
                }
                Some("reset") => self.forget(),
                Some("finish" | "again") => {
                    attempt += 1;
                    variant = None;
                    frozen.clear();
                    self.forget();
                }
                Some("attempt" | "hint" | "step" | "command") => self.restore_step(record),
                Some(_) | None => {}
            }
        }
        self.draw.attempt = attempt;
        self.variables =
            variant.filter(|drawn| self.is_whole(drawn)).unwrap_or_else(|| self.activity.variant(&self.draw));
        if self.is_resumed() {
            self.variables.extend(frozen);
        }
    }

    /// What was done before counts no more.
    fn forget(&mut self) {
        self.held = None;
        self.log.clear();
        self.progress.iter_mut().for_each(|state| *state = StepState::new());
    }

    fn restore_step(&mut self, record: &Value) {
        let id = record.get("step").and_then(Value::as_str).unwrap_or_default();
        let is_it = |step: &crate::lesson::Step| step.id == id || step.was.iter().any(|was| was == id);
        let Some(at) = self.activity.steps.iter().position(is_it) else { return };
        self.restore_log(at, record);
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

    /// What was typed, for the notes.
    fn restore_log(&mut self, at: usize, record: &Value) {
        let is = |kind: &str| record.get("kind").and_then(Value::as_str) == Some(kind);
        let in_sandbox = record.get("sandbox").and_then(Value::as_bool) == Some(true);
        let step = &self.activity.steps[at];
        let asks = !matches!(step.kind, StepKind::Do { .. } | StepKind::Explore { .. });
        if !(is("command") && !in_sandbox || is("attempt") && asks) {
            return;
        }
        let outcome = record.get("outcome").cloned().and_then(|outcome| serde_json::from_value(outcome).ok());
        let typed = record.get("typed").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.log.push(Logged { step: step.id.clone(), typed, outcome });
    }
}

fn words(value: &Value) -> Option<BTreeMap<String, String>> {
    value.as_object()?.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

fn names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}
