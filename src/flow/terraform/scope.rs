//! What names mean where an expression stands.

use std::rc::Rc;

use crate::formats::terraform::Block;
use crate::source::Source;
use crate::syntax::hcl::{Comprehension, Expr, ExprKind};

/// The names that mean something where an expression stands: variables of `for`, `each`, iterators of dynamic blocks.
pub(super) type Scope<'a> = Option<Rc<Bound<'a>>>;

/// One of them.
pub(super) struct Bound<'a> {
    pub(super) name: &'a str,
    pub(super) over: Over<'a>,
    pub(super) outer: Scope<'a>,
}

/// What a name runs over.
pub(super) enum Over<'a> {
    /// Keys and numbers, which are never secret: Terraform refuses to loop over sensitive keys.
    Keys,
    /// The elements of this.
    Elements(Expr<'a>),
    /// `x.value` are the elements of this.
    Values(Expr<'a>, &'a Source),
}

impl<'a> Bound<'a> {
    /// The variables of a `for` expression.
    pub(super) fn of_comprehension(found: Comprehension<'a>, outer: Scope<'a>) -> Scope<'a> {
        let (first, second) = found.names;
        let over = Over::Elements(found.source);
        let element = Some(Rc::new(Self { name: second.unwrap_or(first), over, outer }));
        if second.is_none() { element } else { Some(Rc::new(Self { name: first, over: Over::Keys, outer: element })) }
    }

    /// What `for_each` of a block lets its arguments say: `each.value`, or `setting.value` in `dynamic "setting"`.
    pub(super) fn scope(block: Block<'a>, outer: Scope<'a>) -> Scope<'a> {
        let Some(over) = block.argument("for_each") else { return outer };
        let iterator = || match block.argument("iterator")?.expr().kind() {
            ExprKind::Variable(name) => Some(name),
            _ => None,
        };
        let name = if block.kind() == "dynamic" { iterator().unwrap_or(block.label(0)) } else { "each" };
        Some(Rc::new(Self { name, over: Over::Values(over.expr(), over.source()), outer }))
    }
}
