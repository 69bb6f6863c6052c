//! Literals that were judged before and hold nothing.
//!
//! State repeats a few values for every resource, and manifests theirs for every container: judging each of them once is
//! most of the work saved.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crate::literal::{Literal, Part};

/// Longer values are rarely repeated.
const MAX_BYTES: usize = 512;
/// One megabyte or so. What is common is met early.
const MAX_KNOWN: usize = 1 << 16;

/// What was judged and found to hold nothing, as hashes: two texts that share one by chance do so once in 2⁶⁴.
#[derive(Default)]
pub(super) struct Quiet {
    known: HashSet<u64, BuildHasherDefault<Hashed>>,
    state: RandomState,
}

/// The hash of what is a keyed hash already.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Quiet {
    /// Everything that the engine looks at; nothing for values that are not worth remembering.
    pub(super) fn key(&self, literal: &Literal<'_, '_>) -> Option<u64> {
        let [Part::Literal(text)] = literal.value.parts.as_slice() else { return None };
        let setting = [literal.setting.applied, literal.setting.example, literal.setting.throwaway];
        let setting = setting.into_iter().fold(0, |bits, set| bits << 1 | u16::from(set));
        let key = (literal.name.as_ref(), text.as_str(), u16::from(literal.reading as u8) << 8 | setting, literal.role);
        (text.len() <= MAX_BYTES).then(|| self.state.hash_one(key))
    }

    pub(super) fn knows(&self, key: Option<u64>) -> bool {
        key.is_some_and(|key| self.known.contains(&key))
    }

    pub(super) fn remember(&mut self, key: Option<u64>) {
        if self.known.len() < MAX_KNOWN {
            self.known.extend(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::literal::{LogicalPath, Reading, Role, Value};
    use crate::source::{Setting, SourceId, Text};

    fn literal<'a>(name: &'a str, value: &'a str, reading: Reading) -> Literal<'a, 'static> {
        Literal {
            role: Role::State,
            name: name.into(),
            value: Value::literal(Text::plain(value, 0)),
            reading,
            source: SourceId(0),
            setting: Setting::default(),
            opener: 0,
            path: &LogicalPath::default,
        }
    }

    #[test]
    fn only_what_is_the_same_in_all_that_counts_is_known() {
        let mut quiet = Quiet::default();
        let key = quiet.key(&literal("a", "x", Reading::Value));
        assert!(!quiet.knows(key));
        quiet.remember(key);
        assert!(quiet.knows(quiet.key(&literal("a", "x", Reading::Value))));
        for other in [literal("b", "x", Reading::Value), literal("a", "y", Reading::Value), literal("a", "x", Reading::Config)] {
            assert!(!quiet.knows(quiet.key(&other)));
        }
        let applied = Literal { setting: Setting { applied: true, ..Setting::default() }, ..literal("a", "x", Reading::Value) };
        assert!(!quiet.knows(quiet.key(&applied)));
        assert_eq!(quiet.key(&literal("a", &"x".repeat(MAX_BYTES + 1), Reading::Value)), None);
    }
}
