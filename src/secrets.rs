//! The one engine that decides "is this literal a secret?".
//!
//! - `marks`: the look at a text that most texts need no more than;
//! - `table`, `pages`, `shape`, `checksum`, `tokens`, `facts`: token formats as data, how they are found, and what is said of them;
//! - `names`, `values`, `words`, `reference`, `randomness`, `dull`: what a name promises and what a value is;
//! - `connection`, `lines`, `phrases`, `pem`, `jwt`, `objects`: secrets inside longer texts;
//! - `judge`: one literal in, verdicts out; `account` tells why;
//! - `custom`, `team`: what a team adds, and whose names count.
//!
//! The engine knows no format: a literal says how it is to be read, under which name it stands, and nothing of the file
//! but its `Setting`.

mod account;
mod checksum;
mod connection;
mod custom;
mod dull;
mod facts;
mod judge;
mod jwt;
mod known;
mod lines;
mod marks;
mod names;
mod objects;
mod pages;
mod pem;
mod phrases;
mod random;
mod randomness;
mod reference;
mod sample;
mod scrub;
mod secret;
mod shape;
mod table;
mod team;
mod tokens;
mod values;
mod verdict;
mod words;

pub use account::{Account, explain};
pub use checksum::Check;
pub use custom::{BadPattern, Custom, Detector, has_words};
pub use facts::{facts, has_checksum};
pub use judge::judge;
pub use pages::PAGES;
pub use sample::{preview, previews, sample};
pub use scrub::scrub;
pub use secret::{Secret, hex, keyed_hash};
pub use shape::{Alphabet, Piece, Shape};
pub use table::{TokenFormat, format, formats, references};
pub use team::{is_secret_name, with_names};
pub use verdict::{Names, Verdict, Why};

/// Settles what several literals say of the same bytes: where two verdicts overlap, the surer one stays
/// (a shape before a URL, a URL before a name, a name before a weak value; then the one that covers more).
#[must_use]
pub fn settle(mut verdicts: Vec<Verdict>) -> Vec<Verdict> {
    let rank = |v: &Verdict| match v.why {
        Why::Shape(_) => 0,
        Why::Inside(_) => 1,
        Why::Name => 2,
        Why::Weak => 3,
        // A token that nobody issued may still be the password of a URL.
        Why::Unissued(_) => 4,
    };
    verdicts.sort_by_key(|v| (v.place, rank(v)));
    let mut settled: Vec<Verdict> = Vec::with_capacity(verdicts.len());
    for verdict in verdicts {
        match settled.last_mut() {
            Some(last) if last.place.source == verdict.place.source && last.place.span.overlaps(verdict.place.span) => {
                if rank(&verdict) < rank(last) {
                    *last = verdict;
                }
            }
            _ => settled.push(verdict),
        }
    }
    settled
}

#[cfg(test)]
mod tests;
