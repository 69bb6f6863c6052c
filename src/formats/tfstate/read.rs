//! The stream: which parts of the file are entered, and which are read as one tree.

use std::borrow::Cow;

use super::leaves::{Leaf, Owner, leaves};
use super::{Condition, OpenOutput, Written, resources};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::json::{Kind, Scanner, Token, Tree, decode};

/// Where in the document the stream is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Within {
    /// The document itself, and `prior_state`.
    Document,
    /// `resources` of version 4.
    Resources,
    /// `modules` of version 3.
    OldModules,
    /// `values`, `planned_values`.
    Values,
    /// `root_module`, an item of `child_modules`.
    Module,
    /// `child_modules`.
    Modules,
    /// `resources` of a module of `values`.
    Shown,
    /// `resource_changes`, `resource_drift`.
    Changes,
    /// `deferred_changes`.
    DeferredList,
    /// An item of `deferred_changes`.
    Deferred,
}

/// A part that is read as one tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Resource,
    OldModule,
    ShownResource,
    Change,
    Outputs,
    OutputChanges,
    Other,
}

enum Step {
    Enter(Within),
    Take(Part),
}

impl Within {
    /// What to do with the value under a key; items of lists have none.
    fn step(self, key: &str) -> Step {
        match (self, key) {
            (Self::Document, "resources") => Step::Enter(Self::Resources),
            (Self::Document, "modules") => Step::Enter(Self::OldModules),
            (Self::Document, "values" | "planned_values") => Step::Enter(Self::Values),
            (Self::Document, "prior_state") => Step::Enter(Self::Document),
            (Self::Document, "resource_changes" | "resource_drift") => Step::Enter(Self::Changes),
            (Self::Document, "deferred_changes") => Step::Enter(Self::DeferredList),
            (Self::Document | Self::Values, "outputs") => Step::Take(Part::Outputs),
            (Self::Document, "output_changes") => Step::Take(Part::OutputChanges),
            (Self::Values, "root_module") => Step::Enter(Self::Module),
            (Self::Module, "resources") => Step::Enter(Self::Shown),
            (Self::Module, "child_modules") => Step::Enter(Self::Modules),
            (Self::Modules, _) => Step::Enter(Self::Module),
            (Self::Resources, _) => Step::Take(Part::Resource),
            (Self::OldModules, _) => Step::Take(Part::OldModule),
            (Self::Shown, _) => Step::Take(Part::ShownResource),
            (Self::Changes, _) | (Self::Deferred, "resource_change") => Step::Take(Part::Change),
            (Self::DeferredList, _) => Step::Enter(Self::Deferred),
            (Self::Document | Self::Values | Self::Module | Self::Deferred, _) => Step::Take(Part::Other),
        }
    }
}

/// What is noted on the way.
#[derive(Default)]
pub(super) struct Noted {
    /// Outputs that are not called sensitive.
    pub(super) outputs: Vec<OpenOutput>,
    /// Who wrote the file.
    pub(super) written: Written,
    /// Whether it says what will change.
    pub(super) is_plan: bool,
}

/// Gives every leaf of the file that may hold a value of its own.
pub(super) fn values(text: &str, noted: &mut Noted, give: &mut dyn FnMut(Leaf<'_, '_>)) -> Vec<SyntaxError> {
    let mut scanner = Scanner::new(text, 0);
    let mut errors = Vec::new();
    let mut open: Vec<Within> = Vec::new();
    let mut key: Option<Span> = None;
    while let Some(event) = scanner.next() {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                errors.push(error);
                break;
            }
        };
        match event.token {
            Token::Key => {
                key = Some(event.span);
                continue;
            }
            Token::ObjectEnd | Token::ArrayEnd => {
                open.pop();
                continue;
            }
            _ => {}
        }
        let name = key.map(|span| decode(text, span));
        let name = name.as_ref().map_or("", |name| name.as_str());
        let opens = matches!(event.token, Token::ObjectStart | Token::ArrayStart);
        noted.is_plan |= open.len() == 1 && matches!(name, "planned_values" | "resource_changes");
        match open.last().map_or(Step::Enter(Within::Document), |within| within.step(name)) {
            Step::Enter(within) if opens => open.push(within),
            step => {
                match name {
                    "version" if open.len() == 1 => noted.written.version = Some(event.span),
                    "terraform_version" if open.len() == 1 => noted.written.by = Some(event.span),
                    _ => {}
                }
                let tree = Tree::read(&mut scanner, event);
                errors.extend_from_slice(tree.errors());
                let part = if let Step::Take(part) = step { part } else { Part::Other };
                take(part, &Read { text, tree: &tree, name, key: key.unwrap_or(event.span) }, &mut noted.outputs, give);
            }
        }
        key = None;
    }
    errors
}

/// One part, read.
pub(super) struct Read<'t> {
    pub(super) text: &'t str,
    pub(super) tree: &'t Tree,
    /// The key it stands under.
    pub(super) name: &'t str,
    /// Where the key stands, or the value where there is none.
    pub(super) key: Span,
}

fn take(part: Part, read: &Read<'_>, outputs: &mut Vec<OpenOutput>, give: &mut dyn FnMut(Leaf<'_, '_>)) {
    let Some(node) = read.tree.root(read.text) else { return };
    match part {
        Part::Resource => resources::resource(node, give),
        Part::OldModule => resources::old_module(node, outputs, give),
        Part::ShownResource => resources::shown(node, give),
        Part::Change => resources::change(node, give),
        Part::Outputs => resources::outputs(node, "", outputs, give),
        Part::OutputChanges => resources::output_changes(node, give),
        // The document's own words: versions, serial, lineage, addresses of modules.
        Part::Other if !matches!(node.kind(), Kind::Object | Kind::Array) => {}
        Part::Other => leaves(node, &Owner::new(&String::new, ""), Cow::Borrowed(read.name), read.key, give),
    }
}

/// What the file is, if it is state at all: by the keys of its document, read as far as it takes to know.
pub(super) fn condition(text: &str) -> Option<Condition> {
    let mut scanner = Scanner::new(text, 0);
    let (mut known, mut encrypted, mut filled, mut backend) = (0, 0, false, false);
    let mut holder = String::new();
    while let Some(Ok(event)) = scanner.next() {
        let depth = scanner.depth();
        if depth == 0 && event.token != Token::ObjectEnd {
            return None;
        }
        if event.token != Token::Key {
            continue;
        }
        let key = decode(text, event.span);
        if depth > 1 {
            filled |= fills(&holder, key.as_str(), depth);
        } else {
            known += usize::from(matches!(key.as_str(), "version" | "terraform_version" | "serial" | "lineage" | "format_version"));
            encrypted += usize::from(matches!(key.as_str(), "encrypted_data" | "encryption_version"));
            backend |= key.as_str() == "backend";
            holder.clear();
            holder.push_str(key.as_str());
        }
        if filled && known > 1 {
            return Some(Condition::Plain);
        }
    }
    match (encrypted, known) {
        (2.., _) => Some(Condition::Encrypted),
        (_, 2..) => Some(if backend { Condition::Backend } else { Condition::Empty }),
        _ => None,
    }
}

/// Whether a key inside one of the document's values says that there are resources or outputs.
fn fills(holder: &str, key: &str, depth: usize) -> bool {
    match holder {
        // Which backend holds the state, and how to decrypt it.
        "backend" | "meta" => false,
        // A module of version 3 has these keys even when it is empty.
        "modules" => depth > 3 || !matches!(key, "path" | "outputs" | "resources" | "depends_on"),
        _ => true,
    }
}
