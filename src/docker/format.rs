//! `--format` of commands that list: rows as tables, as JSON lines or by a template (docker/cli, cli/command/formatter).

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::failure::Failure;
use super::table;
use crate::template::{self, Template};

/// The cells of one row: field names of a template with their text, in alphabetical order.
pub(super) type Row = Vec<(&'static str, String)>;

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

    /// Tells whether a field can be seen: making the text of a field nobody sees takes time in a long list.
    pub(super) fn may_show(&self, field: &str) -> bool {
        match self {
            Self::Columns(columns) => columns.contains(&field),
            Self::Ids => field == "ID",
            Self::Json | Self::Table(_) | Self::Template(_) => true,
        }
    }

    /// Writes rows. Nothing is written where the template fails on one of them.
    pub(super) fn write(
        &self,
        rows: &[Row],
        headers: &[(&'static str, &'static str)],
        go_type: &str,
        out: &mut (dyn Write + Send),
    ) -> io::Result<Result<(), Failure>> {
        let text = match self {
            Self::Columns(columns) => Ok(columns_text(columns, rows, headers)),
            Self::Ids => Ok(rows.iter().flat_map(|row| [cell(row, "ID"), "\n"]).collect()),
            Self::Json => Ok(rows.iter().map(json_line).collect()),
            Self::Table(template) => templated(template, rows, go_type, Some(headers)).map(|text| table::align(&text)),
            Self::Template(template) => templated(template, rows, go_type, None),
        };
        match text {
            Ok(text) => out.write_all(text.as_bytes()).map(Ok),
            Err(error) => Ok(Err(Failure::new(1, error))),
        }
    }
}

fn cell<'a>(row: &'a Row, name: &str) -> &'a str {
    row.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

fn columns_text(columns: &[&str], rows: &[Row], headers: &[(&'static str, &'static str)]) -> String {
    let header = |name: &&str| headers.iter().find(|(known, _)| known == name).map_or("", |(_, header)| *header);
    let mut text = columns.iter().map(header).collect::<Vec<_>>().join("\t") + "\n";
    for row in rows {
        text += &(columns.iter().map(|name| cell(row, name)).collect::<Vec<_>>().join("\t") + "\n");
    }
    table::align(&text)
}

/// Makes a row an object.
pub(super) fn object(row: &Row) -> Value {
    Value::Object(
        row.iter().map(|(name, text)| ((*name).to_owned(), Value::String(text.clone()))).collect::<Map<_, _>>(),
    )
}

fn json_line(row: &Row) -> String {
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

fn templated(
    template: &str,
    rows: &[Row],
    go_type: &str,
    headers: Option<&[(&'static str, &'static str)]>,
) -> Result<String, template::Error> {
    let template = Template::parse(template)?;
    let mut lines = String::new();
    for row in rows {
        lines += &(template.row(&object(row), go_type)? + "\n");
    }
    let Some(headers) = headers else { return Ok(lines) };
    let headers: Map<String, Value> = headers.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    Ok(template.header(&Value::Object(headers))? + "\n" + &lines)
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
