//! One tar header block and its fields, read as Go's `archive/tar` reads them.

use super::Error;

pub(super) const BLOCK: usize = 512;
pub(super) const BLOCK_U64: u64 = 512;

/// What a header block says, before extended headers have their say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: u8,
    pub(super) name: Vec<u8>,
    pub(super) link: Vec<u8>,
    pub(super) mode: i64,
    pub(super) uid: i64,
    pub(super) gid: i64,
    pub(super) size: u64,
    pub(super) mtime: i64,
    pub(super) device: (i64, i64),
}

#[derive(PartialEq, Eq)]
enum Format {
    V7,
    Ustar,
    Star,
    Gnu,
}

pub(super) fn parse(block: &[u8; BLOCK]) -> Result<Header, Error> {
    check_sum(block)?;
    let format = format(block);
    let mut header = Header {
        kind: block[156],
        name: text(&block[..100]).to_vec(),
        link: text(&block[157..257]).to_vec(),
        mode: number(&block[100..108])?,
        uid: number(&block[108..116])?,
        gid: number(&block[116..124])?,
        size: u64::try_from(number(&block[124..136])?).map_err(|_| Error::Header)?,
        mtime: number(&block[136..148])?,
        device: (0, 0),
    };
    if format != Format::V7 {
        header.device = (number(&block[329..337])?, number(&block[337..345])?);
    }
    let prefix = text(prefix(&format, block)?);
    if !prefix.is_empty() {
        header.name = [prefix, b"/", &header.name].concat();
    }
    Ok(header)
}

/// The sum counts its own field as blanks; old programs summed signed bytes.
fn check_sum(block: &[u8; BLOCK]) -> Result<(), Error> {
    let stated = octal(&block[148..156])?;
    let summed = || block.iter().enumerate().map(|(i, byte)| if (148..156).contains(&i) { b' ' } else { *byte });
    let unsigned: i64 = summed().map(i64::from).sum();
    let signed: i64 = summed().map(|byte| i64::from(byte.cast_signed())).sum();
    if stated == unsigned || stated == signed { Ok(()) } else { Err(Error::Header) }
}

fn format(block: &[u8; BLOCK]) -> Format {
    match (&block[257..263], &block[263..265]) {
        (b"ustar\0", _) if &block[508..512] == b"tar\0" => Format::Star,
        (b"ustar\0", _) => Format::Ustar,
        (b"ustar ", b" \0") => Format::Gnu,
        _ => Format::V7,
    }
}

/// GNU has times where the others have a prefix; old Go programs wrote a prefix all the same.
fn prefix<'a>(format: &Format, block: &'a [u8; BLOCK]) -> Result<&'a [u8], Error> {
    match format {
        Format::V7 => Ok(&[]),
        Format::Ustar => Ok(&block[345..500]),
        Format::Star => {
            number(&block[476..488])?;
            number(&block[488..500])?;
            Ok(&block[345..476])
        }
        Format::Gnu => {
            let is_time = |field: &[u8]| field[0] == 0 || number(field).is_ok();
            let is_prefix = !is_time(&block[345..357]) || !is_time(&block[357..369]);
            let prefix = &block[345..500];
            Ok(if is_prefix && text(prefix).is_ascii() { prefix } else { &[] })
        }
    }
}

/// Bytes up to the first NUL.
pub(super) fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A number in octal digits, or in base 256 where the first bit is set.
fn number(field: &[u8]) -> Result<i64, Error> {
    if field[0] & 0x80 == 0 {
        return octal(field);
    }
    let negative = field[0] & 0x40 != 0;
    let fill = if negative { 0xff } else { 0 };
    let mut value: u64 = 0;
    for (i, byte) in field.iter().enumerate() {
        let byte = (byte ^ fill) & if i == 0 { 0x7f } else { 0xff };
        if value >> 56 != 0 {
            return Err(Error::Header);
        }
        value = value << 8 | u64::from(byte);
    }
    let value = i64::try_from(value).map_err(|_| Error::Header)?;
    Ok(if negative { !value } else { value })
}

fn octal(field: &[u8]) -> Result<i64, Error> {
    let padding = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field.iter().position(|byte| !padding(byte)).unwrap_or(field.len());
    let end = field.iter().rposition(|byte| !padding(byte)).map_or(start, |last| last + 1);
    text(&field[start..end]).iter().try_fold(0i64, |value, byte| match byte {
        b'0'..=b'7' => value.checked_mul(8).map(|value| value + i64::from(byte - b'0')).ok_or(Error::Header),
        _ => Err(Error::Header),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: &[u8], expected: Option<i64>) {
        assert_eq!(number(field).ok(), expected, "{field:?}");
    }

    #[test]
    fn numbers_are_octal_between_blanks_and_nuls() {
        check(b"0000644\0", Some(0o644));
        check(b"   644 \0", Some(0o644));
        check(b"        ", Some(0));
        check(b"12\x0034\0\0\0", Some(0o12));
        check(b"1 2\0\0\0\0\0", None);
        check(b"9\0\0\0\0\0\0\0", None);
        check(b"-1\0\0\0\0\0\0", None);
        check(b"77777777777777777777777", None);
    }

    #[test]
    fn a_set_first_bit_means_base_256() {
        check(b"\x80\0\0\0\0\0\x01\0", Some(256));
        check(b"\xff\xff\xff\xff\xff\xff\xff\xff", Some(-1));
        check(b"\xff\xff\xff\xff\xff\xff\xff\xfe", Some(-2));
        check(b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", Some(i64::MAX));
        check(b"\x80\0\0\0\x80\0\0\0\0\0\0\0", None);
        check(b"\x81\0\0\0\0\0\0\0\0\0\0\0", None);
    }

    #[test]
    fn a_wrong_sum_is_no_header() {
        assert!(matches!(parse(&[b'x'; BLOCK]), Err(Error::Header)));
    }
}
