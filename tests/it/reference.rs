//! Pairs recorded from distribution/reference.
use layerbook::oci::{AnyReference, Reference};
use serde_json::Value;

#[test]
fn every_recorded_reference_reads_as_docker_reads_it() {
    for line in include_str!("recorded/reference_cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = case["in"].as_str().unwrap();
        let get = |key: &str| case.get(key).and_then(Value::as_str).map(str::to_owned);
        match text.parse::<Reference>() {
            Ok(reference) => {
                assert_eq!(get("err"), None, "{text}");
                assert_eq!(get("fam"), Some(reference.familiar()), "{text}");
                assert_eq!(get("canon"), Some(reference.to_string()), "{text}");
                assert_eq!(get("domain"), Some(reference.repository().domain().to_owned()), "{text}");
                assert_eq!(get("path"), Some(reference.repository().path().to_owned()), "{text}");
                assert_eq!(get("default"), Some(reference.or_latest().to_string()), "{text}");
            }
            Err(error) => assert_eq!(get("err"), Some(error.to_string()), "{text}"),
        }
        match text.parse::<AnyReference>() {
            Ok(AnyReference::Digest(digest)) => assert_eq!(get("any"), Some(digest.to_string()), "{text}"),
            Ok(AnyReference::Named(name)) => assert_eq!(get("any"), Some(name.to_string()), "{text}"),
            Err(error) => assert_eq!(get("any_err"), Some(error.to_string()), "{text}"),
        }
    }
}
#[test]
fn platforms_are_read_and_chosen_as_in_containerd() {
    use layerbook::oci::Platform;
    for line in include_str!("recorded/platform_parse.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = case["in"].as_str().unwrap();
        match text.parse::<Platform>() {
            Ok(p) => {
                assert_eq!(case["fmt"], p.to_string(), "{text}");
                assert_eq!(case["norm"], p.normalized().to_string(), "{text}");
            }
            Err(e) => assert_eq!(case["err"], format!("{e}: invalid argument"), "{text}"),
        }
    }
    for line in include_str!("recorded/platform_match.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let host: Platform = case["host"].as_str().unwrap().parse().unwrap();
        let ranks: Vec<_> = case["only_best_first"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| {
                let c = c.as_str().unwrap();
                let c = match c.strip_suffix("(no variant)") {
                    Some(c) => {
                        let (o, a) = c.split_once('/').unwrap();
                        Platform::from_parts(o, a, "", "")
                    }
                    None => c.parse().unwrap(),
                };
                host.rank(&c).unwrap_or(99)
            })
            .collect();
        let mut s = ranks.clone();
        s.sort_unstable();
        assert_eq!(s, ranks, "{line}");
        assert!(!s.contains(&99), "{line}");
    }
}
