//! The schemas of lessons and problems.

use serde_json::{Map, Value, json};

use super::answer::{answer, goal, rules};
use super::{described, file, id, list, map, object, one_or_more, text, texts, whole, word, words};

/// `lessons/*.yaml`.
pub(super) fn lesson() -> Value {
    let mut properties = shared();
    properties.insert("steps".to_owned(), list(step(), "The steps in order."));
    file("A lesson", properties.into(), &["schema", "id", "title", "steps"])
}

/// `exercises/*.yaml`.
pub(super) fn exercise() -> Value {
    let mut properties = shared();
    let own = [
        ("level", whole("How hard it is, from 1.")),
        ("ask", text("What the problem asks for as a whole.")),
        ("goal", goal()),
        ("parts", list(step(), "The parts in order.")),
        ("hints", hints()),
        ("solve", texts("Commands that lead there, and pictures: `:hub redis`.")),
        ("wrong", rules()),
        ("explain", text("Why it is so.")),
        ("tests", list(test(), "What is typed, and what is to come of it.")),
    ];
    properties.extend(own.map(|(key, schema)| (key.to_owned(), schema)));
    file("A practice problem", properties.into(), &["schema", "id", "title", "ask", "parts"])
}

fn shared() -> Map<String, Value> {
    let start = object(
        "What is there at the beginning.",
        json!({
            "store": {"description": "Images that are held; `empty` for none.", "anyOf": [{"const": "empty"}, texts("")]},
            "registry": text("A moment of pack.yaml."),
            "run": texts("Docker commands that make what else is there: containers, names. Their images stand in `store`."),
        }),
        &[],
    );
    let keys = [
        ("schema", json!({"const": 1, "description": "Version of this format."})),
        ("id", described(id(), "The file's name without .yaml.")),
        ("title", text("What the menu calls it.")),
        ("minutes", whole("How long it takes.")),
        ("track", text("The core track fits one class.")),
        ("concepts", texts("What it is about.")),
        ("needs", texts("Lessons that come before.")),
        ("start", start),
        ("vary", map(list(word(""), "Values."), "What is drawn anew for each attempt, by name.")),
        ("where", texts("Expressions that drawn values must fulfil.")),
        ("first", map(word(""), "The values of the first attempt.")),
        ("freeze", map(text("An expression."), "Values fixed once, by name.")),
    ];
    keys.map(|(key, schema)| (key.to_owned(), schema)).into_iter().collect()
}

/// A step: exactly one kind, and what any step may have.
fn step() -> Value {
    let kinds = [
        ("say", text("A short text.")),
        ("show", text("A command that the workbook runs; `notes` explain rows of its output.")),
        ("predict", text("A question to commit to; then `reveal` runs.")),
        ("fill", text("A command with a gap, `____`; `answer` says what belongs there.")),
        ("do", text("A task; `goal` says when it is done.")),
        ("ask", text("A question; `answer` says what is right.")),
        ("explore", text("Free use; `find` says what is to be found.")),
        ("recap", texts("Ideas of the lesson: ids of pack.yaml's misconceptions, or sentences.")),
    ];
    let one_of: Vec<Value> = kinds.iter().map(|(key, _)| json!({"required": [key]})).collect();
    let note = object(
        "A note beside a row.",
        json!({"row": word("Its number from 1, or a text in it."), "column": word("A column of it."), "say": text("")}),
        &["row", "say"],
    );
    let keys = [
        ("id", described(id(), "Progress hangs on it: never change it.")),
        ("if", text("An expression; the step is left out where it is false.")),
        ("hints", hints()),
        ("explain", text("Why it is so.")),
        ("teaches", texts("Concepts that the step teaches.")),
        ("wrong", rules()),
        ("solve", texts("Commands that lead there, and pictures: `:hub redis`.")),
        ("start", object("What must be there.", json!({"have": texts("Images.")}), &[])),
        ("registry", text("The registry moves to this moment of pack.yaml.")),
        ("notes", one_or_more(note, "Notes beside rows of the output.")),
        ("answer", json!({"description": "What is right.", "anyOf": [answer(), words("What belongs into the gap.")]})),
        ("reveal", text("The command that shows what is so, on what was here when the step began.")),
        ("goal", goal()),
        ("find", one_or_more(goal(), "What is to be found.")),
        ("further", text("Where to read on.")),
        ("was", texts("Ids that the step had before.")),
    ];
    let properties: Map<String, Value> =
        kinds.into_iter().chain(keys).map(|(key, schema)| (key.to_owned(), schema)).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": ["id"],
        "oneOf": one_of,
        "additionalProperties": false,
    })
}

fn hints() -> Value {
    let worked = object("The way, shown on another variant.", json!({"worked": {"const": "sibling"}}), &["worked"]);
    let hint = json!({"anyOf": [{"type": "string"}, worked]});
    one_or_more(hint, "A ladder, most general first.")
}

fn test() -> Value {
    object(
        "A test: what is typed at which part, and what is to come of it.",
        json!({
            "type": map(word("What is typed."), "Lines by part."),
            "if": map(word(""), "Only with these drawn values."),
            "expect": text("`right`, `wrong`, `unreadable`, or the id of the rule that speaks."),
        }),
        &["type", "expect"],
    )
}
