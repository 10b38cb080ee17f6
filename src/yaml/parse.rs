//! From text to tree, over saphyr-parser's events.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::{Content, Entry, Finding, Findings, Node, Position, Scalar, ScalarKind};

/// Largest file that is read, in bytes.
pub const MAX_BYTES: usize = 4 << 20;
const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 200_000;

/// Reads one document. `file` is what findings call it.
pub fn parse(file: &str, text: &str) -> Result<Node, Vec<Finding>> {
    if text.len() > MAX_BYTES {
        return Err(vec![Finding::about_file(file, format!("the file is larger than {MAX_BYTES} bytes"))]);
    }
    let mut builder = Builder { findings: Findings::new(file, text), open: Vec::new(), root: None, nodes: 0 };
    for event in Parser::new_from_str(text) {
        let step = match event {
            Ok((event, span)) => builder.take(event, position(&span.start)),
            Err(error) => builder.stop(position(error.marker()), readable(error.info())),
        };
        if step.is_none() {
            break;
        }
    }
    builder.finish()
}

struct Builder<'t> {
    findings: Findings<'t>,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
}

/// A list or mapping that has begun.
struct Open {
    at: Position,
    kind: OpenKind,
}

enum OpenKind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, Position)> },
}

impl Builder<'_> {
    /// Takes an event; `None` ends the reading.
    fn take(&mut self, event: Event<'_>, at: Position) -> Option<()> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => self.stop(at, "a second document begins here"),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Some(())
            }
            Event::Alias(_) => self.stop(at, "an alias (`*name`) is not data; write the value again"),
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(at, anchor, tag.is_some())?;
                let bare = style == ScalarStyle::Plain;
                let kind = if bare { kind_of(&text) } else { ScalarKind::Text };
                let scalar = Scalar { text: text.into_owned(), kind, bare };
                self.place(Node { at, content: Content::Scalar(scalar) })
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_extras(at, anchor, tag.is_some())?;
                self.begin(at, OpenKind::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_extras(at, anchor, tag.is_some())?;
                self.begin(at, OpenKind::Map { entries: Vec::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { at, kind } = self.open.pop()?;
                let content = match kind {
                    OpenKind::List(items) => Content::List(items),
                    OpenKind::Map { entries, .. } => Content::Map(entries),
                };
                self.place(Node { at, content })
            }
        }
    }

    fn refuse_extras(&mut self, at: Position, anchor: usize, tagged: bool) -> Option<()> {
        if anchor != 0 {
            return self.stop(at, "an anchor (`&name`) is not data; write the value where it is needed");
        }
        if tagged {
            return self.stop(at, "a tag (`!name`) is not data; a text that starts with `!` needs quotes");
        }
        Some(())
    }

    fn begin(&mut self, at: Position, kind: OpenKind) -> Option<()> {
        if self.open.len() == MAX_DEPTH {
            return self.stop(at, format!("this is nested more than {MAX_DEPTH} deep"));
        }
        self.open.push(Open { at, kind });
        Some(())
    }

    /// Puts a whole value where it belongs.
    fn place(&mut self, node: Node) -> Option<()> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return self.stop(node.at, format!("the file has more than {MAX_NODES} values"));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        match &mut open.kind {
            OpenKind::List(items) => items.push(node),
            OpenKind::Map { entries, key: key @ Some(_) } => {
                if let Some((key, at)) = key.take() {
                    entries.push(Entry { key, at, value: node });
                }
            }
            OpenKind::Map { key: None, .. } => return self.place_key(node),
        }
        Some(())
    }

    fn place_key(&mut self, node: Node) -> Option<()> {
        let Content::Scalar(scalar) = node.content else {
            return self.stop(node.at, "a key is one word, not a list or mapping");
        };
        if scalar.text == "<<" {
            return self.stop(node.at, "a merge key (`<<`) is not data; write the keys again");
        }
        let Some(Open { kind: OpenKind::Map { entries, key }, .. }) = self.open.last_mut() else { return None };
        let before = entries.iter().find(|entry| entry.key == scalar.text).map(|entry| entry.at.line);
        *key = Some((scalar.text.clone(), node.at));
        if let Some(line) = before {
            self.findings.add(node.at, format!("the key `{}` stands here twice; first on line {line}", scalar.text));
        }
        Some(())
    }

    fn stop(&mut self, at: Position, message: impl Into<String>) -> Option<()> {
        self.findings.add(at, message);
        None
    }

    fn finish(self) -> Result<Node, Vec<Finding>> {
        let Self { mut findings, root, .. } = self;
        match root {
            Some(root) if findings.is_empty() => Ok(root),
            None if findings.is_empty() => {
                findings.add(Position::default(), "the file is empty");
                Err(findings.into_list())
            }
            _ => Err(findings.into_list()),
        }
    }
}

/// The parser counts columns from 0.
fn position(marker: &Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}

/// Says what the commonest traps are where the parser names only a symptom.
fn readable(info: &str) -> String {
    if info.contains("recursion limit") {
        return format!("this is nested more than {MAX_DEPTH} deep");
    }
    let trap = if info.contains("mapping values are not allowed") {
        "; a text with `: ` in it needs quotes"
    } else if info.contains("tab") {
        "; indent with blanks"
    } else {
        ""
    };
    format!("this is not YAML: {info}{trap}")
}

/// YAML 1.2, core schema (section 10.3.2).
fn kind_of(text: &str) -> ScalarKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return ScalarKind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return ScalarKind::Bool,
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return ScalarKind::Int;
    }
    if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok() {
        return ScalarKind::Float;
    }
    ScalarKind::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuse(text: &str, expected: &str) {
        let found: Vec<String> = parse("a.yaml", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(found.join("\n"), expected);
    }

    #[test]
    fn a_finding_shows_its_line_with_a_caret() {
        refuse(
            "a: 1\nb: &x 2\n",
            "a.yaml:2:4: an anchor (`&name`) is not data; write the value where it is needed\n2 | b: &x 2\n  |    ^",
        );
    }

    #[test]
    fn what_is_more_than_data_is_refused() {
        let refused = |text: &str| parse("a", text).unwrap_err()[0].message.clone();
        assert!(refused("a: !env HOME\n").starts_with("a tag"));
        assert!(refused("a: {<<: {b: 1}}\n").starts_with("a merge key"));
        assert!(refused("a: 1\na: 2\n").ends_with("first on line 1"));
        assert!(refused("a: 1\n---\nb: 2\n").starts_with("a second document"));
        assert!(refused("").starts_with("the file is empty"));
        assert!(refused("a: b: c\n").starts_with("this is not YAML"));
        assert!(refused("[a]: 1\n").starts_with("a key is one word"));
    }

    #[test]
    fn bombs_end_early() {
        let refused = |text: &str| parse("a", text).unwrap_err()[0].message.clone();
        assert!(refused(&"[".repeat(100_000)).contains("nested more than"));
        assert!(refused(&format!("[{}]", "1,".repeat(300_000))).contains("values"));
        assert!(refused(&"x".repeat(MAX_BYTES + 1)).contains("larger than"));
    }

    #[test]
    fn scalars_are_what_the_core_schema_says() {
        let check = |text: &str, kind: ScalarKind| assert_eq!(kind_of(text), kind, "{text}");
        check("1.10", ScalarKind::Float);
        check("007", ScalarKind::Int);
        check("yes", ScalarKind::Text);
        check("1.2.3", ScalarKind::Text);
        check("~", ScalarKind::Null);
    }
}
