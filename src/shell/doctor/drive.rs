//! On what kind of drive the home stands. Locks and syncs of a network drive may do less than they say.

use std::fs;
use std::path::Path;

/// File systems that another machine serves.
const NETWORK: &[&str] =
    &["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.rclone", "davfs", "fuse.davfs2"];

/// Says so where a folder stands on a network drive. Known on Linux by its table of mounts, on Windows by the path.
pub(super) fn network(folder: &Path) -> Option<String> {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if whole.to_string_lossy().starts_with(r"\\?\UNC\") {
        return Some("a share of another machine".to_owned());
    }
    kind(&whole, &fs::read_to_string("/proc/self/mounts").ok()?).filter(|kind| NETWORK.contains(&kind.as_str()))
}

/// The file system of the mount that a path stands on: the longest one that it begins with, the last of equals.
fn kind(path: &Path, mounts: &str) -> Option<String> {
    let entry = |line: &str| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?.replace("\\040", " "), fields.next()?.to_owned()))
    };
    let under = mounts.lines().filter_map(entry).filter(|(mount, _)| path.starts_with(mount));
    under.max_by_key(|(mount, _)| mount.len()).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_decides() {
        let mounts = "/dev/sda / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\nx /home/a\\040b tmpfs rw 0 0\n";
        let check = |path: &str, expected: &str| assert_eq!(kind(Path::new(path), mounts).as_deref(), Some(expected));
        check("/var/lib", "ext4");
        check("/home/ada", "nfs4");
        check("/homely", "ext4");
        check("/home/a b/c", "tmpfs");
    }
}
