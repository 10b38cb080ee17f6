//! Templates against pairs recorded from docker.

use layerbook::template::{IMAGE, Template};
use serde_json::Value;

fn image() -> Value {
    serde_json::from_str(include_str!("recorded/gotmpl_image.json")).unwrap()
}

#[test]
fn every_recorded_template_prints_what_docker_prints() {
    let image = image();
    let mut failures = Vec::new();
    for line in include_str!("recorded/gotmpl_cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = case["t"].as_str().unwrap();
        // An empty format is no template: docker prints plain JSON.
        if text.is_empty() {
            continue;
        }
        let expected = ["parse_err", "exec_err", "out"].iter().find_map(|key| case[key].as_str()).unwrap();
        let actual = match Template::parse(text).and_then(|template| template.inspect(&image, &IMAGE)) {
            Ok(out) => out + "\n",
            Err(error) => error.to_string(),
        };
        if actual != expected {
            failures.push(format!("{text}\n  expected {expected:?}\n  actual   {actual:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
