//! Tars made by hand, since no library writes the broken ones.

/// Fields of a header that are seldom needed.
#[derive(Clone)]
pub(super) struct Header {
    pub(super) kind: u8,
    pub(super) link: Vec<u8>,
    pub(super) mode: u64,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) mtime: i64,
    pub(super) device: (u64, u64),
    /// What the size field says, where that is not the body's length.
    pub(super) size: Option<u64>,
}

impl Default for Header {
    fn default() -> Self {
        let link = Vec::new();
        Self { kind: b'0', link, mode: 0o644, uid: 0, gid: 0, mtime: 0, device: (0, 0), size: None }
    }
}

/// A tar in the making.
#[derive(Clone, Default)]
pub(super) struct Tarball(Vec<u8>);

impl Tarball {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn file(self, name: &str, body: &str) -> Self {
        self.with(&Header::default(), name, body)
    }

    pub(super) fn dir(self, name: &str) -> Self {
        self.kind(b'5', name)
    }

    pub(super) fn symlink(self, name: &str, target: &str) -> Self {
        self.with(&Header { kind: b'2', link: target.into(), ..Header::default() }, name, "")
    }

    pub(super) fn hard_link(self, name: &str, target: &str) -> Self {
        self.with(&Header { kind: b'1', link: target.into(), ..Header::default() }, name, "")
    }

    pub(super) fn kind(self, kind: u8, name: &str) -> Self {
        self.with(&Header { kind, ..Header::default() }, name, "")
    }

    pub(super) fn pax(self, records: &[(&str, &str)]) -> Self {
        let body: String = records.iter().map(|(key, value)| record(key, value)).collect();
        self.with(&Header { kind: b'x', ..Header::default() }, "PaxHeaders/x", &body)
    }

    pub(super) fn long_name_gnu(self, name: &str) -> Self {
        self.with(&Header { kind: b'L', ..Header::default() }, "././@LongLink", &format!("{name}\0"))
    }

    pub(super) fn with(self, header: &Header, name: &str, body: &str) -> Self {
        self.with_bytes(header, name.as_bytes(), body.as_bytes())
    }

    pub(super) fn with_bytes(mut self, header: &Header, name: &[u8], body: &[u8]) -> Self {
        self.0.extend(block(header, name, body.len() as u64));
        self.0.extend(body);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// Returns the tar with its end.
    pub(super) fn bytes(&self) -> Vec<u8> {
        [&self.0[..], &[0; 1024]].concat()
    }

    /// Returns the tar as far as it goes.
    pub(super) fn without_end(&self) -> Vec<u8> {
        self.0.clone()
    }
}

fn block(header: &Header, name: &[u8], length: u64) -> [u8; 512] {
    let mut block = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name);
    put(100, format!("{:07o}", header.mode).as_bytes());
    put(108, &number(header.uid, 8));
    put(116, &number(header.gid, 8));
    put(124, &number(header.size.unwrap_or(length), 12));
    put(136, &number(header.mtime.cast_unsigned(), 12));
    put(156, &[header.kind]);
    put(157, &header.link);
    put(257, b"ustar\x0000");
    put(329, &number(header.device.0, 8));
    put(337, &number(header.device.1, 8));
    put(148, b"        ");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block
}

/// Octal where it fits, else base 256.
fn number(value: u64, width: usize) -> Vec<u8> {
    let octal = format!("{value:0width$o}", width = width - 1);
    if octal.len() < width {
        return octal.into_bytes();
    }
    let fill = if value.cast_signed() < 0 { 0xff } else { 0 };
    let bytes = value.to_be_bytes();
    let mut field = vec![fill; width.saturating_sub(8)];
    field.extend(&bytes[8usize.saturating_sub(width)..]);
    field[0] |= 0x80;
    field
}

/// A record of an extended header: its length counts itself.
pub(super) fn record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}
