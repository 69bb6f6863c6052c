//! The items of large objects by their keys: a thousand outputs that each pick one item of a map cost no square.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::source::{Place, Source};
use crate::syntax::hcl::{Expr, Object};

/// Objects of fewer items are looked through.
const MIN_ITEMS: usize = 32;

/// The large objects that were asked.
#[derive(Default)]
pub(super) struct Objects<'a>(RefCell<HashMap<Place, Keys<'a>>>);

#[derive(Default)]
struct Keys<'a> {
    constant: HashMap<String, Vec<Expr<'a>>>,
    /// Under keys that may be any.
    computed: Vec<Expr<'a>>,
}

impl<'a> Objects<'a> {
    /// The values that may stand under a key of an object, which stands in `expr`.
    pub(super) fn under(&self, key: &str, source: &Source, (expr, object): (Expr<'a>, Object<'a>)) -> Vec<Expr<'a>> {
        if object.items().len() < MIN_ITEMS {
            let may_be = |found: Expr<'a>| found.word().is_none_or(|word| word == key);
            return object.items().filter(|item| may_be(item.key)).map(|item| item.value).collect();
        }
        let mut known = self.0.borrow_mut();
        let keys = known.entry(source.place(expr.span())).or_insert_with(|| Keys::of(object));
        keys.constant.get(key).into_iter().flatten().chain(&keys.computed).copied().collect()
    }
}

impl<'a> Keys<'a> {
    fn of(object: Object<'a>) -> Self {
        let mut keys = Self::default();
        for item in object.items() {
            match item.key.word() {
                Some(word) => keys.constant.entry(word.into_owned()).or_default().push(item.value),
                None => keys.computed.push(item.value),
            }
        }
        keys
    }
}
