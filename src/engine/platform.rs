//! Which manifest of an index a platform gets.

use crate::oci::{Descriptor, Index, Platform};

/// Orders the entries that `wanted` can run, best first; equals keep the index's order. Attestations never count.
///
/// An `arm` that nothing fits gets any `arm` entry, as Docker does for indexes older than variants.
pub(super) fn candidates(index: &Index, wanted: &Platform) -> Vec<Descriptor> {
    let images = || index.manifests.iter().filter(|entry| !entry.is_attestation());
    let mut ranked: Vec<(usize, &Descriptor)> =
        images().filter_map(|entry| Some((wanted.rank(entry.platform.as_ref()?)?, entry))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    if ranked.is_empty() && wanted.architecture == "arm" {
        let same = |platform: &Platform| platform.os == wanted.os && platform.architecture == wanted.architecture;
        ranked = images().filter(|entry| entry.platform.as_ref().is_some_and(same)).map(|entry| (0, entry)).collect();
    }
    ranked.into_iter().map(|(_, entry)| entry.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::{Digest, MediaType, annotation};

    fn index(entries: &[(&str, bool)]) -> Index {
        let entry = |(platform, attestation): &(&str, bool)| {
            let mut entry = Descriptor::new(MediaType::OCI_MANIFEST, Digest::of(platform.as_bytes()), 1);
            entry.platform = Some(platform.parse().unwrap());
            if *attestation {
                entry.annotations.insert(annotation::REFERENCE_TYPE.into(), "attestation-manifest".into());
            }
            entry
        };
        Index {
            manifests: entries.iter().map(entry).collect(),
            annotations: std::collections::BTreeMap::new(),
            subject: None,
            artifact_type: None,
        }
    }

    #[track_caller]
    fn check(wanted: &str, entries: &[(&str, bool)], expected: &[&str]) {
        let found: Vec<String> = candidates(&index(entries), &wanted.parse().unwrap())
            .iter()
            .map(|entry| entry.platform.as_ref().unwrap().to_string())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_best_entry_comes_first_whatever_the_order() {
        check(
            "linux/arm64",
            &[("linux/arm/v7", false), ("linux/arm64/v8", false)],
            &["linux/arm64/v8", "linux/arm/v7"],
        );
        check("linux/amd64", &[("linux/386", false), ("linux/amd64", false)], &["linux/amd64", "linux/386"]);
        check("linux/s390x", &[("linux/amd64", false)], &[]);
    }

    #[test]
    fn an_attestation_is_never_taken() {
        check("linux/amd64", &[("linux/amd64", true), ("linux/amd64", false)], &["linux/amd64"]);
        check("linux/amd64", &[("linux/amd64", true)], &[]);
    }
}
