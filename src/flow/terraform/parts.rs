//! What an output is made of, part by part: of an object that holds a secret, the other items are none.

use super::at::{ANY, At, without_any};
use super::classes::classify;
use super::reach::{Found, Reader};
use super::{Taint, TaintKind, graver};
use crate::formats::terraform::Argument;
use crate::syntax::hcl::{Expr, ExprKind, Step};

/// Outputs of more parts are looked at as one.
const MAX_PARTS: usize = 128;

/// Objects inside each other are taken apart to this depth.
const DEPTH: usize = 6;

/// A part of an output's value.
#[derive(Default)]
pub(super) struct OutputPart {
    /// Where it stands in the value: keys, outermost first; `*` for any.
    way: Vec<String>,
    /// Something sensitive of the module's own.
    taint: Option<Taint>,
    /// The type of the resource that it is as a whole.
    of_type: Option<String>,
    /// The module's variables that reach it.
    pub(super) variables: Vec<String>,
}

impl OutputPart {
    /// What is left of a path inside of this part; None where the path leads elsewhere.
    pub(super) fn below<'p>(&self, path: &'p [String]) -> Option<&'p [String]> {
        let fits = self.way.iter().zip(path).all(|(step, key)| step == key || step == ANY || key == ANY);
        fits.then(|| path.get(self.way.len()..).unwrap_or(&[]))
    }

    /// What is sensitive at this path inside of it.
    pub(super) fn at(&self, path: &[String]) -> Option<Taint> {
        let taint = self.taint.as_ref()?;
        match &self.of_type {
            Some(of_type) if !path.is_empty() => {
                let kind = classify(of_type, &without_any(path))?;
                Some(Taint { name: format!("{}.{}", taint.name, without_any(path).join(".")), kind, ..taint.clone() })
            }
            _ => Some(taint.clone()),
        }
    }
}

/// An expression of a value that is taken apart.
struct Piece<'a> {
    expr: Expr<'a>,
    at: At<'a>,
    way: Vec<String>,
}

impl<'a> Reader<'_, 'a> {
    /// The parts of a value that hold something.
    pub(super) fn parts(&self, value: &Argument<'a>) -> Vec<OutputPart> {
        let mut found: Vec<OutputPart> = Vec::new();
        self.question(|| {
            let mut open = vec![Piece { expr: value.expr(), at: At::new(value.source()), way: Vec::new() }];
            while let Some(piece) = open.pop() {
                let room = piece.way.len() < DEPTH && found.len() + open.len() < MAX_PARTS;
                match self.split(&piece).filter(|pieces| room && found.len() + open.len() + pieces.len() <= MAX_PARTS) {
                    Some(pieces) => open.extend(pieces.into_iter().rev()),
                    None => found.extend(self.part(piece)),
                }
            }
        });
        found
    }

    /// The pieces of an expression whose keys can be told.
    fn split(&self, piece: &Piece<'a>) -> Option<Vec<Piece<'a>>> {
        let at = piece.at.deeper()?;
        let same = |expr: Expr<'a>| Piece { expr, at: at.clone(), way: piece.way.clone() };
        let under = |key: String, expr: Expr<'a>| Piece { expr, at: at.clone(), way: [piece.way.as_slice(), &[key]].concat() };
        match piece.expr.kind() {
            ExprKind::Parens(inner) => Some(vec![same(inner)]),
            ExprKind::Conditional(found) => Some(vec![same(found.yes), same(found.no)]),
            ExprKind::Tuple(items) => Some(items.iter().map(|item| under(ANY.to_owned(), item)).collect()),
            ExprKind::Object(object) => object
                .items()
                .map(|item| Some(under(item.key.word().map_or_else(|| ANY.to_owned(), |key| key.into_owned()), item.value)))
                .collect(),
            ExprKind::Comprehension(found) => Some(vec![Piece { at: at.in_loop(found), ..under(ANY.to_owned(), found.value) }]),
            ExprKind::Call(call) if call.name().text == "merge" => Some(call.arguments().iter().map(same).collect()),
            ExprKind::Traversal(traversal) => {
                let mut steps = traversal.steps();
                let (ExprKind::Variable("local"), Some(Step::Attr(name)), None) = (traversal.root().kind(), steps.next(), steps.next())
                else {
                    return None;
                };
                let local = self.local(name.text)?;
                Some(vec![Piece { at: at.in_local(local), ..same(local.expr()) }])
            }
            _ => None,
        }
    }

    /// What a piece holds as a whole.
    fn part(&self, piece: Piece<'a>) -> Option<OutputPart> {
        let mut part = OutputPart { way: piece.way, ..OutputPart::default() };
        self.expr(piece.expr, &piece.at, &mut |found| match found {
            Found::Taint(taint) => part.taint = graver(part.taint.take(), taint),
            Found::Variable(name, _) => part.variables.push(name.to_owned()),
            Found::Plain(_) => {}
        });
        // Of a resource that is handed out as a whole, most attributes are no secrets.
        part.of_type = part.taint.as_ref().and_then(|taint| whole(piece.expr, taint)).map(str::to_owned);
        (part.taint.is_some() || !part.variables.is_empty()).then_some(part)
    }
}

/// The type of the resource or data source that an expression is as a whole.
fn whole<'t>(expr: Expr<'_>, taint: &'t Taint) -> Option<&'t str> {
    let labels = if taint.name.starts_with("data.") { 2 } else { 1 };
    let (of_type, name) = taint.name.rsplit_once('.')?;
    let is_one = of_type.split('.').count() == labels && !name.is_empty();
    (is_one && taint.kind == TaintKind::Marked && taint.from.is_none() && matches!(expr.kind(), ExprKind::Traversal(_))).then_some(of_type)
}
