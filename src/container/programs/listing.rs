//! One line of `ls -l`, and what it is made of.

use crate::container::Session;
use crate::container::files::{Kind, Node, NodeId, ROOT};
use crate::container::programs::time;

/// Writes the ten letters of type and permissions.
pub(super) fn mode_text(node: &Node) -> String {
    let kind = match node.kind {
        Kind::File { .. } => '-',
        Kind::Symlink { .. } => 'l',
        Kind::Directory { .. } => 'd',
        Kind::Character { .. } => 'c',
        Kind::Block { .. } => 'b',
        Kind::Fifo => 'p',
    };
    let mode = if node.is_symlink() { 0o777 } else { node.meta.mode };
    let mut text = String::from(kind);
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// Writes a size as `-h` shows it: at most three digits, rounded up as GNU does.
pub(super) fn human(size: u64) -> String {
    const UNITS: &[char] = &['K', 'M', 'G', 'T', 'P'];
    if size < 1024 {
        return size.to_string();
    }
    let (mut tenths, mut unit) = (size.saturating_mul(10).div_ceil(1024), 0);
    while tenths >= 10 * 1024 && unit + 1 < UNITS.len() {
        tenths = tenths.div_ceil(1024);
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{}{}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{}{}", tenths.div_ceil(10), UNITS[unit])
    }
}

/// Blocks of 1 KiB that a file takes on a disk of 4 KiB blocks.
pub(super) fn blocks(node: &Node) -> u64 {
    match node.kind {
        Kind::File { size, .. } => size.div_ceil(4096) * 4,
        Kind::Directory { .. } => 4,
        Kind::Symlink { .. } | Kind::Character { .. } | Kind::Block { .. } | Kind::Fifo => 0,
    }
}

/// The columns of a line of `ls -l`.
pub(super) struct Columns {
    pub(super) mode: String,
    pub(super) links: String,
    pub(super) owner: String,
    pub(super) group: String,
    pub(super) size: String,
    pub(super) time: String,
    pub(super) name: String,
}

impl Session<'_> {
    /// Counts the names of a file, or a directory's subdirectories with itself.
    pub(super) fn links(&self, id: NodeId) -> usize {
        let node = self.files().node(id);
        if node.is_directory() {
            return 2 + node.children().filter(|(_, child)| self.files().node(*child).is_directory()).count();
        }
        let Some(inode) = node.inode() else { return 1 };
        self.inodes().get(&inode).copied().unwrap_or(1)
    }

    fn inodes(&self) -> std::collections::HashMap<(usize, u64), usize> {
        let mut counts = std::collections::HashMap::new();
        for id in self.files().below(ROOT) {
            if let Some(inode) = self.files().node(id).inode() {
                *counts.entry(inode).or_insert(0) += 1;
            }
        }
        counts
    }

    /// Makes the columns of some files; `names` are shown as they are given.
    pub(super) fn columns(&self, all: &[(String, NodeId)], as_human: bool, numeric: bool) -> Vec<Columns> {
        let (inodes, now) = (self.inodes(), self.seconds());
        let column = |(name, id): &(String, NodeId)| {
            let node = self.files().node(*id);
            let links = match node.inode() {
                Some(inode) => inodes.get(&inode).copied().unwrap_or(1),
                None => self.links(*id),
            };
            let size = match node.kind {
                Kind::Character { major, minor } | Kind::Block { major, minor } => format!("{major}, {minor:3}"),
                _ if as_human => human(node.size()),
                _ => node.size().to_string(),
            };
            let target = match &node.kind {
                Kind::Symlink { target } => format!(" -> {}", String::from_utf8_lossy(target)),
                _ => String::new(),
            };
            let (uid, gid) = (node.meta.uid, node.meta.gid);
            Columns {
                mode: mode_text(node),
                links: links.to_string(),
                owner: if numeric { uid.to_string() } else { self.name_of_user(uid) },
                group: if numeric { gid.to_string() } else { self.name_of_group(gid) },
                size,
                time: time::listed(node.meta.mtime, now),
                name: format!("{name}{target}"),
            }
        };
        all.iter().map(column).collect()
    }
}

/// Writes lines as GNU's `ls -l` does: columns as wide as their widest cell.
pub(super) fn gnu(columns: &[Columns]) -> String {
    let width = |of: fn(&Columns) -> &String| columns.iter().map(|row| of(row).len()).max().unwrap_or(0);
    let (links, owner) = (width(|row| &row.links), width(|row| &row.owner));
    let (group, size) = (width(|row| &row.group), width(|row| &row.size));
    let line = |row: &Columns| {
        format!(
            "{} {:>links$} {:owner$} {:group$} {:>size$} {} {}\n",
            row.mode, row.links, row.owner, row.group, row.size, row.time, row.name
        )
    };
    columns.iter().map(line).collect()
}

/// Writes lines as busybox does: columns of fixed width.
pub(super) fn busybox(columns: &[Columns]) -> String {
    let line = |row: &Columns| {
        format!(
            "{} {:>4} {:8} {:8} {:>9} {} {}\n",
            row.mode, row.links, row.owner, row.group, row.size, row.time, row.name
        )
    };
    columns.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_up_to_three_digits() {
        for (size, expected) in [
            (0, "0"),
            (1023, "1023"),
            (1024, "1.0K"),
            (1025, "1.1K"),
            (10 * 1024, "10K"),
            (10_241, "11K"),
            (1_048_576, "1.0M"),
        ] {
            assert_eq!(human(size), expected, "{size}");
        }
    }
}
