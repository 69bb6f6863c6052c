//! What a child module asks for and hands out, as far as its parent must know.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::reach::{Found, Reader};
use super::spills::{self, Reached};
use super::{Taint, TaintKind, graver, is_secret, sinks};
use crate::formats::terraform::Module;
use crate::source::Place;

/// Modules inside modules are followed to this depth.
const DEPTH: usize = 8;

/// A story has no more places than this.
const MAX_WAY: usize = 4;

/// The child modules around one module, each read once.
pub(in crate::flow) struct Children {
    known: RefCell<HashMap<String, Option<Rc<Child>>>>,
    depth: usize,
}

/// A child module, seen from outside.
#[derive(Default)]
pub(super) struct Child {
    /// Variables that are or become secret, what they become, and where; further modules on the way after it.
    pub(super) secret_variables: HashMap<String, Vec<(String, Place)>>,
    /// Variables that are seen somewhere in it.
    pub(super) seen_variables: HashMap<String, Reached>,
    /// What each output hands out.
    pub(super) outputs: HashMap<String, Output>,
}

/// What an output of a child hands out.
#[derive(Default)]
pub(super) struct Output {
    /// Something sensitive of the child's own.
    pub(super) taint: Option<Taint>,
    /// The child's variables that reach it.
    pub(super) variables: Vec<String>,
}

impl Children {
    pub(super) fn new(module: Module<'_>) -> Self {
        // A module that contains itself through its children hands out nothing new.
        let known = HashMap::from([(module.directory().to_owned(), None)]);
        Self { known: RefCell::new(known), depth: 0 }
    }

    /// The child behind a source, if it lies in the repository.
    pub(super) fn child(&self, module: Module<'_>, source: &str) -> Option<Rc<Child>> {
        let directory = module.child(source)?;
        if let Some(known) = self.known.borrow().get(&directory) {
            return known.clone();
        }
        self.known.borrow_mut().insert(directory.clone(), None);
        let files = module.files_of(&directory);
        if self.depth == DEPTH || files.is_empty() {
            return None;
        }
        let below = Self { known: RefCell::new(self.known.take()), depth: self.depth + 1 };
        let child = Rc::new(summary(Module::new(&files, module.tree()), &below));
        self.known.replace(below.known.into_inner());
        self.known.borrow_mut().insert(directory, Some(Rc::clone(&child)));
        Some(child)
    }
}

fn summary(module: Module<'_>, children: &Children) -> Child {
    let reader = Reader::new(module, children);
    let mut child = Child { seen_variables: spills::variables(module, &reader), ..Child::default() };
    for variable in module.blocks_of("variable").filter(|variable| is_secret(*variable)) {
        child.secret_variables.insert(variable.label(0).to_owned(), Vec::new());
    }
    sinks::each(module, &reader, &mut |sink| {
        reader.direct(&sink.value, &sink.scope, &mut |found| {
            if let Found::Variable(name, _) = found
                && sink.takes(&reader, name)
            {
                child.secret_variables.entry(name.to_owned()).or_insert_with(|| {
                    let own = (sink.name.clone(), sink.value.value_place());
                    std::iter::once(own).chain(sink.beyond.iter().cloned()).take(MAX_WAY).collect()
                });
            }
        });
    });
    for output in module.blocks_of("output") {
        let Some(value) = output.argument("value") else { continue };
        let mut known = Output::default();
        if is_secret(output) {
            known.taint = Some(Taint { name: output.address(), place: output.label_place(0), kind: TaintKind::Declared, from: None });
        }
        reader.all(&value, &None, &mut |found| match found {
            Found::Taint(taint) => known.taint = graver(known.taint.take(), taint),
            Found::Variable(name, _) => known.variables.push(name.to_owned()),
            Found::Plain(_) => {}
        });
        child.outputs.insert(output.label(0).to_owned(), known);
    }
    child
}
