//! The misconceptions that the workbook knows of itself, by id: rules, tests and reports name these.

/// All of them, sorted.
pub(super) const IDS: &[&str] = &[
    "counted-all-layers",
    "counted-only-missing",
    "counted-the-config",
    "counted-the-header",
    "counted-the-platforms",
    "counted-what-differs",
    "counted-what-is-here",
    "digest-is-not-id",
    "fewer-layers-are-not-smaller",
    "gave-another-variable",
    "gave-both",
    "gave-cmd",
    "gave-entrypoint",
    "gave-the-name",
    "gave-the-namespace",
    "gave-the-registry",
    "gave-the-repository",
    "gave-the-short-name",
    "gave-the-tag",
    "history-is-not-layers",
    "id-is-not-digest",
    "layer-is-not-image",
    "layers-are-not-history",
    "left-out-namespace",
    "left-out-registry",
    "left-out-tag",
    "manifest-is-not-digest",
    "manifest-is-not-id",
    "mb-or-mib",
    "missing-is-not-a-layer-count",
    "nothing-to-fetch",
    "on-disk-is-not-packed",
    "packed-is-not-on-disk",
    "port-is-no-tag",
    "same-layers-are-not-shared-base",
    "sized-lines-are-not-layers",
    "tags-have-capitals",
    "times-more-is-not-times-as-large",
    "turned-the-order-round",
    "turned-the-ratio-round",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// Ids stand in the sources beside the values that they explain, and nowhere else.
    #[test]
    fn no_misconception_is_forgotten() {
        let sources = [include_str!("../slip.rs"), include_str!("../several.rs")].concat();
        let words = regex::Regex::new("\"([a-z]+(-[a-z]+)+)\"").unwrap();
        let found: BTreeSet<&str> =
            words.captures_iter(&sources).filter_map(|word| Some(word.get(1)?.as_str())).collect();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), super::IDS);
    }
}
