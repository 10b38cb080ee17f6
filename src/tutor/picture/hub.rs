//! A repository's page on the hub: who vouches for it, how many like it, when it was last pushed, what it says of itself.

use super::canvas::Canvas;
use super::{Frame, Look, clip, count, lines_of};
use crate::source::{Badge, Page};

/// Wider than this, a text is hard to read.
const WIDEST: usize = 76;
/// Tags that are named; the rest is counted.
const NAMED: usize = 10;

/// Draws a page. `tags` are those that the registry offers; absent where they are not known.
pub fn hub(page: &Page, tags: Option<&[String]>, frame: Frame) -> String {
    let width = frame.width.min(WIDEST);
    let room = width - 4;
    let wrap = |text: &str| lines_of(text.split_whitespace().map(str::to_owned), room);
    let mut numbers = vec![count_of(u64::from(page.stars), "star")];
    numbers.extend(page.pulls.map(|pulls| count_of(pulls, "pull")));
    numbers.extend(page.updated.as_ref().map(|day| format!("updated {day}")));
    let head = [wrap(&page.description), vec![numbers.join(", ")]].concat();
    let readme: Vec<String> = match page.readme.as_slice() {
        [] => vec!["It has no documentation.".to_owned()],
        lines => lines.iter().flat_map(|line| wrap(line)).collect(),
    };
    let tags = wrap(&tag_line(&page.name, tags));
    let badge = badge_name(page.badge);
    let picture = match frame.look {
        Look::Drawn => drawn(&page.name, badge, &[head, readme, tags], width),
        Look::Linear => linear(&page.name, badge, &[head, readme, tags]),
    };
    let meaning = lines_of(badge_meaning(page.badge).split(' ').map(str::to_owned), width).join("\n");
    format!("{picture}\n{meaning}\n")
}

fn count_of(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(number)) }
}

/// `13700` as `13,700`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn tag_line(name: &str, tags: Option<&[String]>) -> String {
    match tags {
        None => "Tags: not known here.".to_owned(),
        Some([]) => "It has no tag.".to_owned(),
        Some(tags) => {
            let latest = tags.iter().filter(|tag| *tag == "latest");
            let ordered: Vec<&str> =
                latest.chain(tags.iter().filter(|tag| *tag != "latest")).map(String::as_str).collect();
            let named = ordered.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            let more = match ordered.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(", and {more} more: `:tags {name}`"),
            };
            format!("{}: {named}{more}", count(tags.len(), "tag"))
        }
    }
}

fn badge_name(badge: Option<Badge>) -> &'static str {
    match badge {
        Some(Badge::Official) => "Docker Official Image",
        Some(Badge::Verified) => "Verified Publisher",
        Some(Badge::Sponsored) => "Sponsored Open Source",
        Some(Badge::None) => "no badge",
        None => "badge not known",
    }
}

fn badge_meaning(badge: Option<Badge>) -> &'static str {
    match badge {
        Some(Badge::Official) => {
            "Docker Official Image: Docker reviews it and has it rebuilt. Its full name begins with `docker.io/library/`."
        }
        Some(Badge::Verified) => "Verified Publisher: Docker has checked who publishes it.",
        Some(Badge::Sponsored) => "Sponsored Open Source: a project that Docker knows and supports.",
        Some(Badge::None) => {
            "No badge: nobody at Docker has checked who publishes it. Anyone can push under such a name."
        }
        None => "Who vouches for it could not be found out now.",
    }
}

fn drawn(name: &str, badge: &str, parts: &[Vec<String>], width: usize) -> String {
    let height = 2 + parts.iter().map(|part| part.len() + 1).sum::<usize>();
    let mut canvas = Canvas::new(width, height);
    let room = width - 4;
    let name_room = room.saturating_sub(badge.chars().count() + 2);
    canvas.write(2, 1, &clip(name, name_room));
    canvas.write(width - 2 - badge.chars().count(), 1, badge);
    let mut top = 0;
    let mut row = 2;
    for part in parts {
        for line in part {
            canvas.write(2, row, &clip(line, room));
            row += 1;
        }
        canvas.frame(0, top, width - 1, row);
        top = row;
        row += 1;
    }
    canvas.lines().join("\n") + "\n"
}

fn linear(name: &str, badge: &str, parts: &[Vec<String>]) -> String {
    let lines = parts.iter().flatten().map(|line| format!("{line}\n"));
    format!("{name}: {badge}\n{}", lines.collect::<String>())
}
