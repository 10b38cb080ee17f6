//! Go's types of the values that Docker prints. The same JSON prints otherwise as a typed struct (`30s`, `{[CMD true]}`)
//! than as a plain map; a shape says which struct it is.

use std::fmt::{self, Display, Formatter};

/// The Go type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `interface {}`: whatever the JSON says, numbers as `json.Number`.
    Any,
    /// `string`.
    Text,
    /// `digest.Digest`.
    Digest,
    /// `bool`.
    Bool,
    /// A signed integer of the given Go type.
    Integer(&'static str),
    /// `time.Duration`, in nanoseconds.
    Duration,
    /// `time.Time`, RFC 3339 in JSON.
    Time,
    /// A slice.
    List(&'static Shape),
    /// A map with text keys.
    Map(&'static Shape),
    /// A struct.
    Struct(&'static Record),
    /// A pointer to a struct; absent or null in JSON is nil.
    Pointer(&'static Record),
    /// A pointer to a number or a truth of the given Go type; absent or null in JSON is nil.
    Optional(&'static str),
}

/// A Go struct type.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// The type's name with its package, as in `image.RootFS`.
    pub name: &'static str,
    /// The fields in the order of the Go source, which is the order in JSON.
    pub fields: &'static [Field],
}

/// A field of a Go struct.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The name that templates use.
    pub name: &'static str,
    /// The key in JSON.
    pub key: &'static str,
    /// The type.
    pub shape: Shape,
    /// How the field stands in JSON.
    pub place: Place,
}

/// `[]string`.
pub(super) const TEXTS: Shape = Shape::List(&Shape::Text);
/// `struct {}`.
pub(super) const NOTHING: Record = Record { name: "struct {}", fields: &[] };
/// `map[string]struct {}`.
pub(super) const SET: Shape = Shape::Map(&Shape::Struct(&NOTHING));

/// A field whose key in JSON is its name.
pub(super) const fn always(name: &'static str, shape: Shape) -> Field {
    Field { name, key: name, shape, place: Place::Always }
}

/// The same, left out where it is empty.
pub(super) const fn omit(name: &'static str, shape: Shape) -> Field {
    Field { name, key: name, shape, place: Place::OmitEmpty }
}

/// How a struct's field stands in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Always there.
    Always,
    /// Left out when empty.
    OmitEmpty,
    /// An embedded struct, whose fields stand in its parent and whose names are promoted.
    Embedded,
}

impl Display for Shape {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Any => f.write_str("interface {}"),
            Shape::Text => f.write_str("string"),
            Shape::Digest => f.write_str("digest.Digest"),
            Shape::Bool => f.write_str("bool"),
            Shape::Integer(name) => f.write_str(name),
            Shape::Duration => f.write_str("time.Duration"),
            Shape::Time => f.write_str("time.Time"),
            Shape::List(item) => write!(f, "[]{item}"),
            Shape::Map(item) => write!(f, "map[string]{item}"),
            Shape::Struct(record) => f.write_str(record.name),
            Shape::Pointer(record) => write!(f, "*{}", record.name),
            Shape::Optional(name) => write!(f, "*{name}"),
        }
    }
}
