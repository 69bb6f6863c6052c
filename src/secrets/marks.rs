//! One look at the bytes of a text that says what may stand in it, so that most texts need no other.
//!
//! Everything the engine finds anywhere in a text has three bytes by which it can be told: a token its anchor, a connection
//! string its `://` or the end of a key such as `pwd=`. A table over hashes of three bytes says at each place which of them may
//! begin there; what it says is checked at that place. It costs a nanosecond a byte, a third of an automaton over all anchors.

use std::sync::OnceLock;

use super::{connection, tokens};

/// The anchor of a token.
pub(super) const TOKEN: u8 = 1;
/// `://`.
pub(super) const URL: u8 = 2;
/// The key of an option of a connection string.
pub(super) const OPTION: u8 = 4;
/// The scheme of an authorization header.
pub(super) const SCHEME: u8 = 8;
/// A statement that sets a password.
pub(super) const STATEMENT: u8 = 16;
/// What only one product's client is given.
pub(super) const CLIENT: u8 = 32;

const BITS: u32 = 15;

/// So many places are kept, a megabyte of them. A text of nothing but dashes has more, and must not cost a multiple of its size:
/// what lies behind is looked for again by whoever asks.
const MAX_PLACES: usize = 1 << 16;

/// What a look at a text has shown.
pub(super) struct Marks<'t> {
    text: &'t str,
    table: &'t Table,
    kinds: u8,
    /// Where something may stand, in order: byte offsets of three bytes, and the kinds that have them.
    places: Vec<(usize, u8)>,
    /// From here on the places were not kept.
    kept: usize,
}

impl Marks<'_> {
    /// Whether something of this kind may stand in the text.
    pub(super) fn has(&self, kind: u8) -> bool {
        self.kinds & kind != 0
    }

    /// Whether anything may stand in it.
    pub(super) fn any(&self) -> bool {
        self.kinds != 0
    }

    /// Where something of this kind may have its three bytes.
    pub(super) fn of(&self, kind: u8) -> impl Iterator<Item = usize> {
        let (places, rest) = if self.has(kind) { (self.places.as_slice(), self.kept) } else { (&[][..], self.text.len()) };
        let places = places.iter().copied().chain(self.table.places(self.text, rest));
        places.filter(move |(_, kinds)| kinds & kind != 0).map(|(place, _)| place)
    }
}

/// Looks at a text for everything that the engine knows.
pub(super) fn look(text: &str) -> Marks<'_> {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let build = || {
        let mut table = Table::new();
        tokens::anchors().for_each(|anchor| table.mark(anchor, TOKEN));
        connection::marks(&mut table);
        table
    };
    TABLE.get_or_init(build).look(text)
}

/// How many different answers `slot` has.
pub(super) const SLOTS: usize = 1 << BITS;

/// Where the table keeps what is known of a text's first three bytes.
pub(super) fn slot_of(text: &[u8]) -> Option<usize> {
    match text {
        [a, b, c, ..] => Some(slot(trigram(*a, *b, *c))),
        _ => None,
    }
}

/// Which kinds begin at which three bytes.
pub(super) struct Table(Box<[u8; SLOTS]>);

impl Table {
    /// A table that knows nothing.
    pub(super) fn new() -> Self {
        Self(Box::new([0; SLOTS]))
    }

    /// Takes in that `mark` may stand for `kind`: its first three bytes count. Shorter ones cannot be marked.
    pub(super) fn mark(&mut self, mark: &str, kind: u8) {
        if let Some(slot) = slot_of(mark.as_bytes()) {
            self.0[slot] |= kind;
        }
    }

    /// The same in any mixture of small and capital letters.
    pub(super) fn mark_any_case(&mut self, mark: &str, kind: u8) {
        let both = |byte: u8| [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()];
        if let [a, b, c, ..] = *mark.as_bytes() {
            for (a, b, c) in both(a).into_iter().flat_map(|a| both(b).map(|b| (a, b))).flat_map(|(a, b)| both(c).map(|c| (a, b, c))) {
                self.0[slot(trigram(a, b, c))] |= kind;
            }
        }
    }

    /// Looks at a text.
    pub(super) fn look<'t>(&'t self, text: &'t str) -> Marks<'t> {
        let mut marks = Marks { text, table: self, kinds: 0, places: Vec::new(), kept: text.len() };
        for (place, kinds) in self.places(text, 0) {
            marks.kinds |= kinds;
            if marks.places.len() < MAX_PLACES {
                marks.places.push((place, kinds));
            } else {
                marks.kept = marks.kept.min(place);
            }
        }
        marks
    }

    /// Where something may stand, from a byte on, and which kinds.
    fn places(&self, text: &str, from: usize) -> impl Iterator<Item = (usize, u8)> {
        let windows = text.as_bytes().get(from..).unwrap_or_default().windows(3).enumerate();
        windows.filter_map(move |(place, window)| {
            let kinds = self.0[slot(trigram(window[0], window[1], window[2]))];
            (kinds != 0).then_some((from + place, kinds))
        })
    }
}

fn trigram(a: u8, b: u8, c: u8) -> u32 {
    u32::from(a) | u32::from(b) << 8 | u32::from(c) << 16
}

/// The upper bits of a product are the best mixed: Knuth, The Art of Computer Programming, 6.4.
fn slot(trigram: u32) -> usize {
    (trigram.wrapping_mul(0x9E37_79B1) >> (u32::BITS - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table() -> Table {
        let mut table = Table::new();
        table.mark("ghp_", TOKEN);
        table.mark_any_case("wd=", OPTION);
        table
    }

    #[test]
    fn marks_are_seen_where_they_stand() {
        let table = table();
        let marks = table.look("a ghp_x and PwD=1 and ghp");
        assert_eq!(marks.of(TOKEN).collect::<Vec<_>>(), [2, 22]);
        assert!(marks.has(OPTION) && marks.has(TOKEN) && !marks.has(URL));
        assert!(!table.look("gh").has(TOKEN));
    }

    #[test]
    fn what_is_too_much_to_keep_is_found_again() {
        let text = "ghp_".repeat(MAX_PLACES + 100);
        let table = table();
        let marks = table.look(&text);
        assert_eq!(marks.places.len(), MAX_PLACES);
        assert!(marks.of(TOKEN).eq((0..MAX_PLACES + 100).map(|index| index * 4)));
        assert_eq!(marks.of(OPTION).count(), 0);
    }

    proptest! {
        /// Nothing that was marked is ever passed over.
        #[test]
        fn nothing_is_missed(before in ".{0,20}", after in ".{0,20}") {
            let text = format!("{before}ghp_{after}");
            prop_assert!(table().look(&text).of(TOKEN).any(|place| place == before.len()));
        }
    }
}
