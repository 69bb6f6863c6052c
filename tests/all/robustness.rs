//! Bad input: a clear message with file and place, the rest of the run unharmed, what can still be read is linted.

mod cut;
mod deep;
mod encodings;
mod fixtures;
mod kinds;
mod names;
mod odd;
