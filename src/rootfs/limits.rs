//! How much a layer may ask for before it is refused.

/// Bounds on what one layer may contain; the memory and time that a hostile one can cost follow from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Headers in the tar, those of extended headers included.
    pub headers: u64,
    /// Bytes of one path.
    pub path: usize,
    /// Bytes of memory that the list of files takes while it is made, about 90 and its name for each.
    pub memory: usize,
    /// Bytes of one extended header or sparse map.
    pub extended: u64,
    /// Bytes of the whole layer, uncompressed.
    pub uncompressed: u64,
    /// Uncompressed bytes that are not held against [`Limits::ratio`].
    pub ratio_from: u64,
    /// How many uncompressed bytes each compressed byte may stand for, beyond [`Limits::ratio_from`].
    pub ratio: u64,
    /// Largest zstd window, as a power of two. A window costs its size in memory, and only frames that ask for a
    /// large one get it.
    pub zstd_window_log: u32,
}

impl Default for Limits {
    /// Lets pass what Docker lets pass, up to what no image has.
    ///
    /// Images of blank files compress a thousandfold, so the ratio counts only what is beyond 4 GiB. The zstd window is
    /// the `zstd` program's own bound; compressors ask for 8 MiB unless told otherwise.
    fn default() -> Self {
        Self {
            headers: 4_000_000,
            path: 4096,
            memory: 256 << 20,
            extended: 1 << 20,
            uncompressed: 256 << 30,
            ratio_from: 4 << 30,
            ratio: 1000,
            zstd_window_log: 27,
        }
    }
}
