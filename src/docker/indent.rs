//! JSON laid out anew, token by token, as Go's `json.Indent` does: nothing is decoded, so numbers and escapes stay as they
//! are. What is no JSON comes out as something that is none either.

/// Which characters of strings are written as escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Those that were.
    AsTheyAre,
    /// Also `<`, `>` and `&`, as where Go encodes JSON inside JSON.
    Html,
}

/// Lays out JSON; each level is indented by `indent`, and every line but the first begins with `prefix`.
pub(super) fn reindent(json: &str, prefix: &str, indent: &str, escapes: Escapes) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let mut characters = json.chars().peekable();
    let newline = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(prefix);
        out.push_str(&indent.repeat(depth));
    };
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                out.push('"');
                string(&mut characters, &mut out, escapes);
            }
            '{' | '[' => {
                out.push(character);
                while characters.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    newline(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                newline(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                newline(&mut out, depth);
            }
            ':' => out.push_str(": "),
            blank if blank.is_ascii_whitespace() => {}
            other => out.push(other),
        }
    }
    out
}

/// Copies a string behind its opening quote, to the closing one.
fn string(characters: &mut impl Iterator<Item = char>, out: &mut String, escapes: Escapes) {
    while let Some(character) = characters.next() {
        match character {
            '<' | '>' | '&' if escapes == Escapes::Html => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
                continue;
            }
            _ => out.push(character),
        }
        match character {
            '"' => return,
            '\\' => out.extend(characters.next()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_and_nothing_else_changes() {
        let json = "{ \"a\":[1.0,{},[ ]], \"b\" : {\"c\":\"x\\\"{<\\u003e\"}}";
        insta::assert_snapshot!(reindent(json, "", "  ", Escapes::AsTheyAre), @r#"
        {
          "a": [
            1.0,
            {},
            []
          ],
          "b": {
            "c": "x\"{<\u003e"
          }
        }
        "#);
        assert_eq!(reindent("[\"<&\"]", ">", " ", Escapes::Html), "[\n> \"\\u003c\\u0026\"\n>]");
    }
}
