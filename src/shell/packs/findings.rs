//! How findings are told: to a person, or to a program.

use serde_json::{Value, json};

use super::super::error::counted;
use super::super::screen::Screen;
use super::{Bar, FindingForm};
use crate::pack::Manifest;
use crate::yaml::{Finding, Severity};

/// Findings about a pack.
pub(super) struct Told<'f> {
    /// The pack, where it can be read.
    pub(super) manifest: Option<&'f Manifest>,
    /// What was found, sorted.
    pub(super) findings: &'f [Finding],
    /// What there is to say where nothing was found, `3 lessons and problems` for example.
    pub(super) looked_at: String,
}

impl Told<'_> {
    /// Tells them.
    pub(super) fn tell(&self, form: FindingForm, screen: &mut Screen) {
        match form {
            FindingForm::Text => self.as_text(screen),
            FindingForm::Json => screen.write(&format!("{}\n", self.as_json())),
        }
    }

    /// How many there are.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether they are too many.
    pub(super) fn fails(&self, bar: Bar) -> bool {
        let severity = |severity| self.count(severity) > 0;
        match bar {
            Bar::Errors => severity(Severity::Error),
            Bar::Warnings => severity(Severity::Error) || severity(Severity::Warning),
        }
    }

    fn as_text(&self, screen: &mut Screen) {
        for finding in self.findings {
            screen.write(&format!("{}\n\n", super::super::paint::neutral(&finding.to_string())));
        }
        let name = self.manifest.map_or_else(
            || "this is no pack that can be read".to_owned(),
            |manifest| format!("`{}` {}", manifest.id, manifest.version),
        );
        let line = match (self.count(Severity::Error), self.count(Severity::Warning)) {
            (0, 0) => format!("✓ {name}: {}, nothing wrong found", self.looked_at),
            (errors, warnings) => format!("{name}: {} and {}", counted(errors, "error"), counted(warnings, "warning")),
        };
        screen.write(&format!("{}\n", super::super::paint::neutral(&line)));
    }

    fn as_json(&self) -> Value {
        let one = |finding: &Finding| {
            json!({
                "severity": finding.severity.word(),
                "rule": finding.rule,
                "file": finding.file,
                "line": finding.line,
                "column": finding.column,
                "message": finding.message,
                "suggestion": finding.suggestion,
            })
        };
        json!({
            "schema": 1,
            "pack": self.manifest.map(|manifest| &manifest.id),
            "pack_version": self.manifest.map(|manifest| &manifest.version),
            "errors": self.count(Severity::Error),
            "warnings": self.count(Severity::Warning),
            "findings": self.findings.iter().map(one).collect::<Vec<_>>(),
        })
    }
}
