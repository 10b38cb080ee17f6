//! Where in a file a proof failed.

use crate::pack::File;
use crate::yaml::{Finding, Findings, Node, Position, Severity, parse};

/// A lesson's or problem's file with what was found in it. The same thing on several variants is told once, with the
/// first of them.
pub(super) struct Page<'f> {
    root: Node,
    findings: Findings<'f>,
    told: Vec<(Position, &'static str)>,
}

impl<'f> Page<'f> {
    /// Opens a file that can be read.
    pub(super) fn of(file: &'f File) -> Option<Self> {
        let root = parse(&file.path, &file.text).ok()?;
        Some(Self { root, findings: Findings::new(&file.path, &file.text), told: Vec::new() })
    }

    /// Notes something about a step, at one of its keys where it has it.
    pub(super) fn at_step(
        &mut self,
        severity: Severity,
        rule: &'static str,
        step: &str,
        key: &str,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        let node = self.step(step);
        let at = node.entry(key).map_or(node.at, |entry| entry.at);
        self.add(severity, rule, at, message, advice);
    }

    /// Notes something about a rule of a step.
    pub(super) fn at_rule(
        &mut self,
        severity: Severity,
        rule: &'static str,
        step: &str,
        number: usize,
        message: impl Into<String>,
        advice: &str,
    ) {
        let node = self.step(step);
        let of_step = node.get("wrong").and_then(|wrong| wrong.items().get(number)).map(|rule| rule.at);
        // Behind a part's own rules stand those of its problem.
        let own = node.get("wrong").map_or(0, |wrong| wrong.items().len());
        let of_problem = self.root.get("wrong").and_then(|wrong| wrong.items().get(number.saturating_sub(own)));
        let at = of_step.or(of_problem.map(|rule| rule.at)).unwrap_or(node.at);
        self.add(severity, rule, at, message, advice);
    }

    /// Notes something about a test.
    pub(super) fn at_test(
        &mut self,
        severity: Severity,
        rule: &'static str,
        number: usize,
        message: impl Into<String>,
        advice: &str,
    ) {
        let test = self.root.get("tests").and_then(|tests| tests.items().get(number));
        let at = test.map_or(self.root.at, |test| test.at);
        self.add(severity, rule, at, message, advice);
    }

    fn add(
        &mut self,
        severity: Severity,
        rule: &'static str,
        at: Position,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        if !self.told.contains(&(at, rule)) {
            self.told.push((at, rule));
            self.findings.breach(severity, rule, at, message, advice);
        }
    }

    /// The step with that id; of a problem's goal the whole file.
    fn step(&self, id: &str) -> &Node {
        let steps = self.root.get("steps").or_else(|| self.root.get("parts"));
        let is = |node: &&Node| node.get("id").and_then(Node::as_written) == Some(id);
        steps.and_then(|steps| steps.items().iter().find(is)).unwrap_or(&self.root)
    }

    /// Returns what was found.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings.into_list()
    }
}
