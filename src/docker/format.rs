//! `--format` of commands that list: rows as tables, as JSON lines or by a template (docker/cli, cli/command/formatter).

use std::io::{self, Write};

use serde_json::Value;

use super::failure::Failure;
use super::table;
use crate::template::{self, Template};

/// One row of a list. Making a text that nobody sees takes time in a long list, so each is made when it is asked for.
pub(super) trait Cells {
    /// Names the fields that a template knows, in alphabetical order.
    fn fields(&self) -> Vec<&'static str>;

    /// Appends the text of a field; nothing where there is no such field.
    fn put(&self, field: &str, text: &mut String);
}

/// A row whose texts are there, in alphabetical order of the fields.
pub(super) type Row = Vec<(&'static str, String)>;

impl Cells for Row {
    fn fields(&self) -> Vec<&'static str> {
        self.iter().map(|(name, _)| *name).collect()
    }

    fn put(&self, field: &str, text: &mut String) {
        text.extend(self.iter().find(|(name, _)| *name == field).map(|(_, own)| own.as_str()));
    }
}

/// How rows are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Format {
    /// The columns that the command shows by itself.
    Columns(&'static [&'static str]),
    /// The IDs alone.
    Ids,
    /// An object a row.
    Json,
    /// `table TEMPLATE`: a header and a row each.
    Table(String),
    /// A template, a row each.
    Template(String),
}

impl Format {
    /// Reads `--format` and `-q` of a command that lists.
    pub(super) fn list(format: Option<&str>, quiet: bool, columns: &'static [&'static str]) -> Self {
        match format {
            None | Some("table") if quiet => Self::Ids,
            None | Some("table") => Self::Columns(columns),
            Some("json") => Self::Json,
            Some(text) => match text.strip_prefix("table") {
                Some(template) => Self::Table(template::unescape(template.trim_matches(' '))),
                None => Self::Template(template::unescape(text.trim_matches(' '))),
            },
        }
    }

    /// A template of Docker's own.
    pub(super) fn template(text: &str) -> Self {
        Self::Template(text.to_owned())
    }

    /// Writes rows. Nothing is written where the template fails on one of them.
    pub(super) fn write(
        &self,
        rows: &[impl Cells],
        headers: &[(&'static str, &'static str)],
        go_type: &'static str,
        out: &mut (dyn Write + Send),
    ) -> io::Result<Result<(), Failure>> {
        let laid_out = Sheet::of(self, go_type).and_then(|mut sheet| {
            rows.iter().try_for_each(|row| sheet.add(row))?;
            Ok(sheet)
        });
        match laid_out {
            Ok(sheet) => sheet.write(headers, out),
            Err(failure) => Ok(Err(failure)),
        }
    }
}

/// A list that is laid out row by row: none of its rows need be kept.
pub(super) struct Sheet<'f> {
    format: &'f Format,
    template: Option<Template>,
    go_type: &'static str,
    lines: String,
}

impl<'f> Sheet<'f> {
    /// Begins a list. `go_type` is what Docker calls the type of its rows.
    ///
    /// # Errors
    /// The template cannot be read.
    pub(super) fn of(format: &'f Format, go_type: &'static str) -> Result<Self, Failure> {
        let template = match format {
            Format::Table(text) | Format::Template(text) => Some(Template::parse(text).map_err(failed)?),
            Format::Columns(_) | Format::Ids | Format::Json => None,
        };
        Ok(Self { format, template, go_type, lines: String::new() })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// The template fails on it.
    pub(super) fn add(&mut self, row: &impl Cells) -> Result<(), Failure> {
        match (self.format, &self.template) {
            (Format::Columns(columns), _) => put_line(columns, row, &mut self.lines),
            (Format::Ids, _) => put_line(&["ID"], row, &mut self.lines),
            (_, Some(template)) => {
                self.lines += &template.row(&object(row), self.go_type).map_err(failed)?;
                self.lines.push('\n');
            }
            (_, None) => self.lines += &json_line(row),
        }
        Ok(())
    }

    /// Tells whether no row was added.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Writes all of it, under a header where it is a table.
    pub(super) fn write(
        mut self,
        headers: &[(&'static str, &'static str)],
        out: &mut (dyn Write + Send),
    ) -> io::Result<Result<(), Failure>> {
        let header = match (self.format, &self.template) {
            (Format::Columns(columns), _) => header(columns, headers),
            (Format::Table(_), Some(template)) => {
                let texts = headers.iter().map(|(name, text)| ((*name).into(), (*text).into()));
                match template.header(&Value::Object(texts.collect())) {
                    Ok(header) => header + "\n",
                    Err(error) => return Ok(Err(failed(error))),
                }
            }
            _ => return out.write_all(self.lines.as_bytes()).map(Ok),
        };
        self.lines.insert_str(0, &header);
        table::align(&self.lines, out).map(Ok)
    }
}

fn failed(error: template::Error) -> Failure {
    Failure::new(1, error)
}

fn header(columns: &[&str], headers: &[(&'static str, &'static str)]) -> String {
    let header = |name: &&str| headers.iter().find(|(known, _)| known == name).map_or("", |(_, header)| *header);
    columns.iter().map(header).collect::<Vec<_>>().join("\t") + "\n"
}

/// Writes a row's cells, tabs between them.
fn put_line(columns: &[&str], row: &impl Cells, text: &mut String) {
    for (number, column) in columns.iter().enumerate() {
        if number > 0 {
            text.push('\t');
        }
        row.put(column, text);
    }
    text.push('\n');
}

/// Makes a row an object.
pub(super) fn object(row: &impl Cells) -> Value {
    let text = |name| {
        let mut text = String::new();
        row.put(name, &mut text);
        Value::String(text)
    };
    Value::Object(row.fields().into_iter().map(|name| (name.to_owned(), text(name))).collect())
}

fn json_line(row: &impl Cells) -> String {
    escaped(object(row).to_string()) + "\n"
}

/// Go's `encoding/json` escapes what could end a script element.
pub(super) fn escaped(mut text: String) -> String {
    for (c, escaped) in
        [("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029")]
    {
        text = text.replace(c, escaped);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: &[(&str, &str)] = &[("ID", "IMAGE ID"), ("Tag", "TAG")];

    fn rows() -> Vec<Row> {
        let row = |id: &str, tag: &str| vec![("ID", id.to_owned()), ("Tag", tag.to_owned())];
        vec![row("9b6c79edfafe", "7"), row("3699658909e8", "<none>")]
    }

    fn written(format: Option<&str>, quiet: bool) -> String {
        let mut out = Vec::new();
        let result = Format::list(format, quiet, &["Tag", "ID"]).write(&rows(), HEADERS, "*x.context", &mut out);
        match result.unwrap() {
            Ok(()) => String::from_utf8(out).unwrap(),
            Err(failure) => failure.text().to_owned(),
        }
    }

    #[test]
    fn columns_ids_and_json_need_no_template() {
        insta::assert_snapshot!(written(None, false), @r"
        TAG       IMAGE ID
        7         9b6c79edfafe
        <none>    3699658909e8
        ");
        assert_eq!(written(Some("table"), true), "9b6c79edfafe\n3699658909e8\n");
        insta::assert_snapshot!(written(Some("json"), true), @r#"
        {"ID":"9b6c79edfafe","Tag":"7"}
        {"ID":"3699658909e8","Tag":"\u003cnone\u003e"}
        "#);
    }
}
