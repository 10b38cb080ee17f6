//! Scopes of tokens, `repository:library/redis:pull,push` (distribution, token authentication): joined, never split by
//! what they mean. Pure.

/// Joins two lists of scopes: each resource once, with the actions of both.
pub(super) fn join(one: &str, other: &str) -> String {
    let mut joined: Vec<(&str, Vec<&str>)> = Vec::new();
    for scope in one.split_whitespace().chain(other.split_whitespace()) {
        // A resource may have colons in it, and the word behind the last one has not.
        let (resource, actions) = scope.rsplit_once(':').unwrap_or((scope, ""));
        let known = joined.iter_mut().find(|(known, _)| *known == resource);
        let actions = actions.split(',').filter(|action| !action.is_empty());
        match known {
            Some((_, held)) => held.extend(actions),
            None => joined.push((resource, actions.collect())),
        }
    }
    let mut words = Vec::new();
    for (resource, mut actions) in joined {
        actions.sort_unstable();
        actions.dedup();
        words.push(if actions.is_empty() { resource.to_owned() } else { format!("{resource}:{}", actions.join(",")) });
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(one: &str, other: &str, expected: &str) {
        assert_eq!(super::join(one, other), expected);
    }

    #[test]
    fn a_resource_is_named_once_with_all_its_actions() {
        check("repository:a:pull,push", "repository:a:pull", "repository:a:pull,push");
        check(
            "repository:a:pull,push repository:b:pull",
            "repository:a:pull",
            "repository:a:pull,push repository:b:pull",
        );
        check("repository:a:pull", "registry:catalog:*", "repository:a:pull registry:catalog:*");
        check("repository:a:pull", "wide", "repository:a:pull wide");
        check("repository:r.example:5000/a:pull", "", "repository:r.example:5000/a:pull");
    }
}
