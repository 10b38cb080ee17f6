//! Sizes of images as bars: unpacked on disk and packed for the journey, the largest first.

use super::{Frame, Look, on_disk, packed};
use crate::engine::ImageFacts;
use crate::lesson::human_size;

/// Draws two bars an image.
pub fn sizes(images: &[ImageFacts], frame: Frame) -> String {
    let mut images: Vec<&ImageFacts> = images.iter().collect();
    images.sort_by_key(|image| std::cmp::Reverse(on_disk(image).unwrap_or_else(|| packed(image))));
    let largest = images.iter().map(|image| on_disk(image).unwrap_or_else(|| packed(image))).max().unwrap_or(1).max(1);
    let names: Vec<String> = images.iter().map(|image| image.reference.familiar()).collect();
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or_default().min(30);
    let room = frame.width.saturating_sub(widest + 20).max(10);
    let mut text = String::new();
    for (image, name) in images.iter().zip(&names) {
        let disk = on_disk(image);
        let name = super::clip(name, widest);
        match frame.look {
            Look::Drawn => {
                let unknown = "not known before a pull".to_owned();
                let (size, drawn) =
                    disk.map_or((unknown, String::new()), |b| (human_size(b), bar(b, largest, room, '█')));
                text.push_str(&line(&format!("{name:widest$}  on disk {size:>7}  {drawn}")));
                let size = human_size(packed(image));
                let drawn = bar(packed(image), largest, room, '▒');
                text.push_str(&line(&format!("{:widest$}  packed  {size:>7}  {drawn}", "")));
            }
            Look::Linear => {
                let share = disk.map(|bytes| bytes * 100 / largest);
                let size = disk.map_or_else(|| "not known before a pull".to_owned(), human_size);
                let share = share.map_or_else(String::new, |share| format!(", {share} % of the largest"));
                text.push_str(&format!("{name}: on disk {size}{share}; packed {}\n", human_size(packed(image))));
            }
        }
    }
    text
}

fn line(text: &str) -> String {
    format!("{}\n", text.trim_end())
}

/// At least one sign, for what is there at all.
fn bar(bytes: u64, largest: u64, room: usize, sign: char) -> String {
    let long = u128::from(bytes) * room as u128 / u128::from(largest);
    let long = usize::try_from(long).unwrap_or(room).max(usize::from(bytes > 0));
    std::iter::repeat_n(sign, long).collect()
}
