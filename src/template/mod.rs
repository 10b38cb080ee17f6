//! The part of Go text/template that docker's --format needs.
