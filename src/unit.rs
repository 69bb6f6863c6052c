//! What one check run sees: a view, what it may look into, and what several checks need computed once.

use std::cell::OnceCell;
use std::ops::Deref;

use crate::catalogue::Page;
use crate::formats::View;
use crate::secrets::{self, Verdict};

/// A view, with the engine's verdicts on its literals. Checks get nothing else.
pub struct Unit<V> {
    view: V,
    verdicts: OnceCell<Vec<Verdict>>,
}

impl<V: View> Unit<V> {
    /// A unit over this view.
    #[must_use]
    pub fn new(view: V) -> Self {
        Self { view, verdicts: OnceCell::new() }
    }

    /// The engine's word on every literal of the view, computed once, sorted by place; a place is judged once.
    pub fn verdicts(&self) -> &[Verdict] {
        self.verdicts.get_or_init(|| {
            let mut verdicts = Vec::new();
            self.view.literals(&mut |literal| secrets::judge(literal, &mut |verdict| verdicts.push(verdict)));
            secrets::settle(verdicts)
        })
    }

    /// The verdicts that this check owns.
    pub fn leaks<'u>(&'u self, page: &Page) -> impl Iterator<Item = &'u Verdict> + use<'u, V> {
        let id = page.id;
        self.verdicts().iter().filter(move |verdict| verdict.role.check() == id)
    }
}

impl<V> Deref for Unit<V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.view
    }
}
