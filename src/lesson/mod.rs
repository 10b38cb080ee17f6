//! Lessons and problems as data.
