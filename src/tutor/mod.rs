//! Teaching: events in, effects out.
