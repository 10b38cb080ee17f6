//! What an image engine can do; returns data, prints nothing.
