//! Which test holds which rule of the protocol and of layers: a table, and what fails where the table no longer tells the truth.
//!
//! # What a registry client must do
//!
//! | rule | tests |
//! | --- | --- |
//! | all four manifest types are asked for; repeated `Accept` lines are one | `a_loopback_registry_is_asked_by_https_first_and_then_by_http_for_good`, `accept_lines_are_read_together` |
//! | Bearer before Basic, several challenges in one header or in many, headers as containerd reads them or better | `several_challenges_lead_to_bearer`, `several_challenges_stand_in_one_header`, `quotes_are_read_as_meant`, `every_recorded_header_reads_as_in_containerd_or_better` |
//! | a realm is there, may be relative, and leads neither to this machine nor out of https | `a_realm_may_be_relative_but_not_lead_astray` |
//! | anonymous by GET, passwords by form and else by Basic, identity tokens by form alone | `an_anonymous_token_is_fetched_once_and_kept`, `a_password_goes_into_a_form_and_else_into_basic`, `an_identity_token_is_exchanged` |
//! | who logs in asks for an identity token, which is kept in the password's place | `who_logs_in_asks_for_an_identity_token`, `an_identity_token_is_kept_in_the_password_s_place_and_pulls`, `a_helper_that_has_an_identity_token_says_so_by_the_user_token` |
//! | `token` or `access_token`, a life of a minute where none is said, one fetch at a time, one retry after a 401 | `a_token_lives_as_long_as_it_says_and_a_minute_at_least`, `many_at_once_share_one_token`, `a_token_that_is_no_longer_taken_is_replaced_once`, `a_registry_that_never_takes_the_token_is_not_asked_for_ever` |
//! | the scope is the operation's, wider where the registry says so, both repositories for a mount | `a_wider_scope_is_asked_for_where_the_registry_names_it`, `a_blob_is_taken_from_another_repository_by_a_token_for_both` |
//! | a token that ends in the middle of a push is replaced | `a_token_that_ends_on_the_way_is_replaced_and_the_bytes_sent_again` |
//! | logins by the registry's name, Docker Hub's by its old key, helpers with a time limit | `a_login_is_found_by_the_registry_s_name`, `a_helper_that_hangs_is_ended`, `what_docker_leaves_behind_means_nothing` |
//! | HEAD may say too little or fail: then GET, whose errors have a body | `a_head_that_says_too_little_is_followed_by_get`, `a_head_that_is_forbidden_is_followed_by_get_whose_error_has_a_body`, `an_error_of_head_is_read_by_get` |
//! | what is asked by digest has that digest, by the algorithm that it was asked by | `a_document_has_the_digest_that_was_asked_for`, `an_image_is_pulled_by_the_digest_that_it_is_asked_by_and_its_blobs_keep_their_names`, `a_manifest_of_another_sha512_than_asked_for_is_refused`, `a_digest_in_a_header_that_the_content_does_not_have_is_refused` |
//! | types: parameters are dropped, the document's own type must be the one it was sent with, schema 1 is refused | `a_document_is_what_it_was_sent_as`, `the_document_says_what_it_is_where_the_header_does_not`, `schema_1_is_named` |
//! | manifests, configs, tokens and errors are read up to a limit | `what_is_no_manifest_is_refused`, `a_config_is_as_long_as_its_descriptor_says_and_no_longer_than_any_config_is`, `a_token_answer_is_checked`, `an_error_s_body_is_not_read_for_ever` |
//! | errors in the registry's words, pages never, nothing that steers a terminal | `bodies_read_as_in_docker`, `a_page_is_never_shown`, `what_a_registry_says_is_shown_without_what_steers_a_terminal_and_not_without_end` |
//! | redirects: ten of them, of every kind, without credentials, never from https to http, not kept | `redirects_end`, `every_kind_of_redirect_is_followed_and_none_takes_credentials_along`, `a_redirect_to_another_port_gets_no_authorization`, `a_server_may_not_lower_the_guard`, `where_a_redirect_led_is_not_kept` |
//! | a blob goes on where it was; a registry without ranges begins at the beginning; attempts end | `a_blob_is_read_from_where_one_was`, `a_registry_without_ranges_begins_at_the_beginning`, `a_transfer_that_breaks_off_goes_on_where_it_was`, `a_source_that_breaks_off_for_ever_is_given_up_though_each_attempt_brings_something` |
//! | passing troubles are tried again with patience, refusals are not, `Retry-After` counts | `passing_troubles_are_waited_out`, `refusals_are_not_tried_again`, `the_registry_says_how_long_to_wait`, `a_rate_limit_that_lasts_is_told_with_its_numbers` |
//! | a mirror stands in for Docker Hub alone, hears `ns` and no credentials, and may fail | `a_mirror_is_asked_for_docker_hub_alone`, `whatever_a_mirror_cannot_give_comes_from_docker_hub`, `nothing_is_pushed_to_a_mirror` |
//! | http for loopback alone, after https | `a_loopback_registry_is_asked_by_https_first_and_then_by_http_for_good` |
//! | indexes: the platform's entry and never an attestation, nested to a depth, containerd's order of platforms | `an_index_gives_this_platform_and_never_an_attestation`, `an_index_in_an_index_is_followed`, `indexes_in_indexes_end`, `an_index_without_the_platform_has_nothing_to_give`, `platforms_are_read_and_chosen_as_in_containerd` |
//! | layers are what their bytes say; `urls` are not asked, `data` is not believed; unknown types are no image | `a_layer_is_what_its_first_bytes_say_and_not_its_media_type`, `a_foreign_layer_comes_from_the_registry_and_its_urls_are_not_asked`, `what_a_descriptor_brings_along_is_not_believed`, `a_layer_of_an_unknown_type_is_refused` |
//! | a subject: the registry lists its referrers, or whoever pushes does | `a_registry_that_knows_subjects_lists_referrers_itself`, `for_a_registry_that_does_not_the_list_under_the_subject_s_tag_is_made`, `a_list_that_is_there_is_added_to_and_not_written_over`, `a_referrer_says_its_subject_and_is_listed_with_type_and_annotations` |
//! | pushes: HEAD, mount, one request or pieces, places with queries, 416, bytes as they are, the manifest last | `what_is_there_is_not_sent`, `a_mount_that_is_refused_becomes_an_upload`, `a_small_blob_goes_by_one_request_to_where_the_registry_says`, `a_large_blob_is_sent_and_then_named`, `a_broken_upload_goes_on_where_the_registry_lost_it`, `a_document_is_put_byte_for_byte`, `a_push_names_layers_from_the_top_by_their_diff_ids` |
//! | tags come page by page, in the registry's order, and end | `tags_come_page_after_page_in_the_registry_s_order`, `a_list_that_links_to_itself_ends`, `pages_stay_at_their_host` |
//!
//! The recorded verdicts on layers are in `rootfs/verdicts.rs`, `rootfs/compression.rs` and `rootfs/merge.rs` (what one tar and one
//! stack may hold) and in `verdicts.rs` (what contradicts the manifest or the config).
//!
//! # Inputs that broke others
//!
//! | input | where | tests |
//! | --- | --- | --- |
//! | a manifest that is an index too | CVE-2021-41190 | `a_document_that_is_two_things_is_refused` |
//! | a layer's or a challenge's address that wants credentials | CVE-2020-15157 | `a_foreign_layer_comes_from_the_registry_and_its_urls_are_not_asked`, `a_challenge_from_where_a_redirect_led_is_not_answered`, `credentials_do_not_go_along_to_another_host` |
//! | endless manifests, tokens, configs; huge lists in archives | CVE-2020-1702, CVE-2023-25153 | `what_is_no_manifest_is_refused`, `a_config_is_as_long_as_its_descriptor_says_and_no_longer_than_any_config_is`, `a_token_answer_is_checked`, `documents_are_bounded` |
//! | digests that are none | CVE-2024-3727 | `a_digest_in_a_manifest_is_a_digest`, `what_could_leave_its_folder_is_no_digest`, `what_a_manifest_calls_a_digest_must_be_one`, `descriptors_must_be_right` |
//! | a root that is a link; a folder and a link of one name | CVE-2021-29136, CVE-2021-32760, CVE-2026-33056 | `names_are_cleaned`, `a_folder_and_a_link_of_one_name_are_refused_in_either_order` |
//! | names and links that lead out, in layers and archives | CVE-2014-6407, CVE-2014-9356, CVE-2014-9357, CVE-2014-9358, CVE-2018-20990, CVE-2021-38511 | `names_that_leave_the_root_are_refused`, `symbolic_links_of_the_same_layer_are_followed_inside_the_root`, `a_hard_link_finds_only_what_came_before_it_in_its_layer`, `nothing_is_read_from_outside`, `nothing_is_written_outside` |
//! | links that change while something is unpacked or copied | CVE-2025-47290, CVE-2018-15664 | nothing is unpacked: files are read out of layers by their place, `layers_do_not_see_the_symbolic_links_of_others` |
//! | bombs, and streams that break | CVE-2017-14992, CVE-2021-20291 | `layers_are_bounded`, `zstd_windows_are_bounded`, `broken_gzip_is_refused_in_the_words_of_unpigz`, `broken_zstd_is_refused` |
//! | users that no kernel takes | CVE-2024-40635 | `a_user_is_one_that_the_image_and_a_kernel_know` |
//! | content that chooses its own tag | CVE-2026-53488, CVE-2026-50195 | `a_name_that_moves_is_told`, `names_must_be_names_with_tags` |
//! | a mount from where one may not read | CVE-2024-39897 | `a_blob_is_mounted_from_where_it_is_or_else_an_upload_is_opened` |

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Collects what the tests of a folder are called, those beside the code too.
fn tests_below(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                let name =
                    line.trim_start_matches("async ").strip_prefix("fn ").and_then(|rest| rest.split('(').next());
                match name {
                    Some(name) if is_test => {
                        found.insert(name.to_owned());
                        is_test = false;
                    }
                    Some(_) => is_test = false,
                    None => is_test |= line == "#[test]" || line.starts_with("#[tokio::test"),
                }
            }
        }
    }
}

/// The names in the table: words in backquotes that are sentences.
fn named() -> Vec<&'static str> {
    let table = include_str!("rules.rs").lines().take_while(|line| line.starts_with("//!"));
    let words = table.filter(|line| line.starts_with("//! | ")).flat_map(|line| line.split('`').skip(1).step_by(2));
    words.filter(|word| word.matches('_').count() > 1 && !word.contains(['/', '.'])).collect()
}

#[test]
fn every_rule_s_tests_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    tests_below(&root.join("tests/it"), &mut tests);
    tests_below(&root.join("src"), &mut tests);
    let missing: Vec<&str> = named().into_iter().filter(|name| !tests.contains(*name)).collect();
    assert!(missing.is_empty(), "no test is called {}", missing.join(", "));
    assert!(named().len() > 90, "the table has {} names", named().len());
}

#[test]
fn every_rule_has_a_test() {
    let rows = include_str!("rules.rs").lines().filter(|line| line.starts_with("//! | ") && !line.contains("---"));
    let bare: Vec<&str> = rows.filter(|row| !row.ends_with("tests |") && row.matches('`').count() < 2).collect();
    assert!(bare.is_empty(), "{}", bare.join("\n"));
}
