//! The part of Go's text/template that docker's `--format` needs, with Go's values, printing and error sentences.
//!
//! A template is parsed once and executed over JSON in one of three ways: [`Template::inspect`] as `docker inspect`
//! does, [`Template::row`] and [`Template::header`] as list commands do. Templates are data: they call nothing but the
//! functions listed in `functions`, and their size, depth, work and output are bounded. Refused: complex numbers and
//! hexadecimal floats. Texts cut inside a character (`slice`, `truncate`) show U+FFFD where Go shows a part of it.

mod ast;
mod compare;
mod container;
mod escape;
mod exec;
mod float;
mod functions;
mod image;
mod index;
mod json;
mod lex;
mod methods;
mod number;
mod parse;
mod printf;
mod quote;
mod shape;
mod time;
mod value;
mod write;

use serde_json::Value as Json;

pub use container::CONTAINER;
pub use image::IMAGE;
pub use shape::{Field, Place, Record, Shape};

use ast::Tree;
use exec::MissingKey;
use functions::Library;
use value::Value;

/// Why a template cannot be used; the text is Docker's sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is no template.
    #[error("template parsing error: template: :{line}: {reason}")]
    Parse {
        /// The line, from 1.
        line: usize,
        /// Go's reason.
        reason: String,
    },
    /// The template does not fit the value.
    #[error("template parsing error: template: :{line}:{column}: executing {tree} at <{context}>: {reason}")]
    Execute {
        /// The line, from 1.
        line: usize,
        /// The byte in the line, from 0.
        column: usize,
        /// The named template at work, in quotes; the main one has no name.
        tree: String,
        /// The node at work as Go shows it.
        context: String,
        /// Go's reason.
        reason: String,
    },
}

/// A parsed template.
#[derive(Debug)]
pub struct Template {
    source: String,
    trees: Vec<Tree>,
}

impl Template {
    /// Parses a template's text as it stands; `\t` and `\n` outside actions are two characters each.
    pub fn parse(text: &str) -> Result<Template, Error> {
        Ok(Template { trees: parse::parse(text)?, source: text.to_owned() })
    }

    /// Executes the template as `docker inspect --format` does: on the typed struct, and after any error again on the
    /// plain JSON, where a missing key is an error. The second error is the one returned. No newline is added.
    pub fn inspect(&self, json: &Json, shape: &'static Shape) -> Result<String, Error> {
        let typed = self.run(Value::decode(json, shape), MissingKey::NoValue, Library::Rows);
        typed.or_else(|_| self.run(Value::decode(json, &Shape::Any), MissingKey::Fails, Library::Rows))
    }

    /// Executes the template on a typed struct alone, as Go does by itself. Returns what was written up to the end or up to the
    /// failure.
    pub fn typed(&self, json: &Json, shape: &'static Shape) -> (String, Result<(), Error>) {
        let root = Value::decode(json, shape);
        let (text, ended) = exec::run(&self.trees, root, MissingKey::NoValue, Library::Rows);
        (text, ended.map_err(|failure| failure.locate(&self.source)))
    }

    /// Executes the template on one line of a list command; the object's keys are the fields that the line has.
    /// `type_name` is the Go type for complaints, as in `*formatter.imageContext`.
    pub fn row(&self, json: &Json, type_name: &str) -> Result<String, Error> {
        self.run(Value::row(json, type_name, &[]), MissingKey::NoValue, Library::Rows)
    }

    /// Executes the template on a value that has lists of lines in it; `nested` names the Go types of the lines under their keys.
    /// Returns what was written up to the end or up to the failure: Docker prints it before it complains.
    pub fn whole(&self, json: &Json, type_name: &str, nested: &[(&str, &str)]) -> (String, Result<(), Error>) {
        let root = Value::row(json, type_name, nested);
        let (text, ended) = exec::run(&self.trees, root, MissingKey::NoValue, Library::Rows);
        (text, ended.map_err(|failure| failure.locate(&self.source)))
    }

    /// Executes the template on a table's column headings, a JSON object of texts; `json`, `upper` and their like
    /// leave them as they are.
    pub fn header(&self, headings: &Json) -> Result<String, Error> {
        self.run(Value::decode(headings, &Shape::Map(&Shape::Text)), MissingKey::NoValue, Library::Header)
    }

    fn run(&self, root: Value, missing: MissingKey, library: Library) -> Result<String, Error> {
        let (text, ended) = exec::run(&self.trees, root, missing, library);
        ended.map(|()| text).map_err(|failure| failure.locate(&self.source))
    }
}

/// Replaces typed `\t` and `\n` by the characters they mean, as list commands do before parsing.
pub fn unescape(format: &str) -> String {
    format.replace("\\t", "\t").replace("\\n", "\n")
}
