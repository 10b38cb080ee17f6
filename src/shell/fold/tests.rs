use super::*;
use crate::shell::paper::Paper;

/// Writes pieces through a fold of three rows of ten columns.
#[track_caller]
fn check(pieces: &[&str], seen: &str, rest: &str) {
    let (paper, fold) = (Paper::default(), Fold::new(3, 10));
    let mut sink = fold.sink(Sink::new(paper.clone()));
    for piece in pieces {
        sink.write_all(piece.as_bytes()).unwrap();
    }
    assert_eq!(fold.rest(), rest);
    assert_eq!(paper.text(), seen);
}

#[test]
fn the_first_rows_are_seen_and_the_rest_is_kept() {
    check(&["1\n2\n3\n4\n5\n"], "1\n2\n3\n", "4\n5\n");
    check(&["1\n", "2", "\n3", "\n4\n", "5", "\n6\n"], "1\n2\n3\n", "4\n5\n6\n");
    check(&["1\n2\n"], "1\n2\n", "");
}

#[test]
fn a_single_row_more_takes_no_more_room_than_a_word_about_it() {
    check(&["1\n2\n3\n4\n"], "1\n2\n3\n4\n", "");
    check(&["1\n2\n3\nlonger than ten\n"], "1\n2\n3\n", "longer than ten\n");
}

#[test]
fn long_lines_take_the_rows_that_they_take() {
    check(&["longer than ten\n2\n3\n4\n"], "longer than ten\n2\n", "3\n4\n");
    check(&["1\n2\nlonger than ten\n4\n"], "1\n2\n", "longer than ten\n4\n");
    check(
        &["a first line of more than three rows of ten\n2\n3\n"],
        "a first line of more than three rows of ten\n",
        "2\n3\n",
    );
    check(
        &["begun", " and going on for more than four rows", "\n2\n3\n"],
        "begun and going on for more than four rows\n",
        "2\n3\n",
    );
}

#[test]
fn what_is_drawn_is_never_cut() {
    let drawn = "1\n2\n3\n4\n5\n\u{1b}[2A\u{1b}[2Kfour\n";
    check(&[drawn], drawn, "");
    check(&["1\n2\n3\n4\n5\n", "half\rwhole\n"], "1\n2\n3\n4\n5\nhalf\rwhole\n", "");
    check(&["1\r\n2\r\n3\r\n4\r\n5\r\n"], "1\r\n2\r\n3\r\n", "4\r\n5\r\n");
}

#[test]
fn a_log_that_is_followed_is_told_from_others() {
    assert!(follows_a_log("docker logs -f web") && follows_a_log("docker container logs --follow web"));
    assert!(follows_a_log("docker images; docker logs -tf web"));
    assert!(!follows_a_log("docker logs web") && !follows_a_log("docker images -f dangling=true"));
    assert!(!follows_a_log("docker logs 'web"));
}

#[test]
fn both_streams_share_the_room_and_keep_their_order() {
    let (paper, fold) = (Paper::default(), Fold::new(2, 10));
    let mut out = fold.sink(Sink::new(paper.clone()));
    let mut err = fold.sink(Sink::new(paper.clone()));
    for number in 1..=3 {
        writeln!(out, "out {number}").unwrap();
        writeln!(err, "err {number}").unwrap();
    }
    assert_eq!(fold.rest(), "out 2\nerr 2\nout 3\nerr 3\n");
    assert_eq!(paper.text(), "out 1\nerr 1\n");
}

#[test]
fn before_a_command_reads_all_that_it_wrote_is_seen() {
    let (paper, fold) = (Paper::default(), Fold::new(1, 10));
    let mut out = fold.sink(Sink::new(paper.clone()));
    out.write_all(b"1\n2\n3\nSure? ").unwrap();
    let mut answers = Opening { fold: Some(fold.clone()), inner: &b"y\n"[..] };
    assert_eq!(paper.text(), "1\n");
    let mut line = String::new();
    answers.read_line(&mut line).unwrap();
    out.write_all(b"4\n5\n").unwrap();
    assert_eq!((line.as_str(), fold.rest().as_str()), ("y\n", ""));
    assert_eq!(paper.text(), "1\n2\n3\nSure? 4\n5\n");
}
