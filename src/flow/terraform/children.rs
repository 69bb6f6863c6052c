//! What a child module asks for and hands out, as far as its parent must know.
//!
//! Callees are read first. What is found out about a module is kept for all others that call it, unless it depends on who
//! called: on a cycle that was cut, or on the depth.

use std::collections::HashMap;
use std::sync::Arc;

use super::parts::OutputPart;
use super::reach::{Found, Reader};
use super::spills::{self, Reached};
use super::{Taint, TaintKind, is_secret, sinks};
use crate::formats::Tree;
use crate::formats::terraform::{Module, ModuleFiles, files_of};
use crate::source::Place;

/// Modules inside modules are followed to this depth.
const DEPTH: usize = 8;

/// A story has no more places than this.
const MAX_WAY: usize = 4;

/// The modules below one module, each read once.
pub(in crate::flow) struct Children(HashMap<String, Known>);

/// What is known of a folder.
#[derive(Clone, Default)]
struct Known {
    /// None where there is no module, or where it is still being read: a module that contains itself hands out nothing new.
    child: Option<Arc<Child>>,
    /// Whether that is so whoever asks.
    is_shared: bool,
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
    /// How many modules lie below it, one inside the other.
    height: usize,
}

/// What an output of a child hands out.
#[derive(Default)]
pub(super) struct Output {
    /// What it says of itself.
    pub(super) declared: Option<Taint>,
    /// What its value is made of.
    pub(super) parts: Vec<OutputPart>,
}

/// A module that is being read: its callees come first.
struct Open {
    directory: String,
    /// None for the module at the top, which nobody asks about.
    files: Option<ModuleFiles>,
    /// Those that are left, the next one last.
    callees: Vec<String>,
    height: usize,
    is_shared: bool,
}

impl Open {
    fn new(directory: String, module: Module<'_>) -> Self {
        let calls = module.blocks_of("module").filter_map(|call| module.child(call.text("source")?.as_str()));
        let mut callees: Vec<String> = calls.collect();
        callees.reverse();
        Self { directory, files: None, callees, height: 0, is_shared: true }
    }

    /// Takes in what is known of a module that it calls.
    fn calls(&mut self, known: &Known) {
        let below = known.child.as_ref().map_or(0, |child| child.height + 1);
        self.height = self.height.max(below);
        self.is_shared &= known.is_shared;
    }
}

impl Children {
    pub(super) fn new(module: Module<'_>) -> Self {
        let tree = module.tree();
        let directory = module.directory().to_owned();
        let mut children = Self(HashMap::from([(directory.clone(), Known::default())]));
        let mut open = vec![Open::new(directory, module)];
        while let Some(top) = open.last_mut() {
            match top.callees.pop() {
                Some(callee) => {
                    if let Some(known) = children.0.get(&callee) {
                        top.calls(known);
                    } else if let Some(known) = kept(tree, &callee, open.len()) {
                        open.last_mut().into_iter().for_each(|top| top.calls(&known));
                        children.0.insert(callee, known);
                    } else {
                        match children.enter(tree, callee, open.len()) {
                            Ok(below) => open.push(below),
                            Err(known) => open.last_mut().into_iter().for_each(|top| top.calls(&known)),
                        }
                    }
                }
                None => {
                    let Some(done) = open.pop() else { break };
                    let Some(known) = children.leave(tree, &done) else { break };
                    open.last_mut().into_iter().for_each(|top| top.calls(&known));
                }
            }
        }
        children
    }

    /// Begins to read a module; what is known of it where there is nothing to read.
    fn enter(&mut self, tree: &dyn Tree, directory: String, depth: usize) -> Result<Open, Known> {
        // What lies too deep here does not for others.
        let files = if depth > DEPTH { None } else { Some(files_of(tree, &directory)) };
        let is_empty = files.as_ref().is_some_and(ModuleFiles::is_empty);
        let known = Known { child: None, is_shared: is_empty };
        self.0.insert(directory.clone(), known.clone());
        let Some(files) = files.filter(|_| !is_empty) else { return Err(known) };
        let open = Open::new(directory, Module::new(&files, tree));
        Ok(Open { files: Some(files), ..open })
    }

    /// Sums up a module whose callees are known.
    fn leave(&mut self, tree: &dyn Tree, done: &Open) -> Option<Known> {
        let child = Child { height: done.height, ..summary(Module::new(done.files.as_ref()?, tree), self) };
        let known = Known { child: Some(Arc::new(child)), is_shared: done.is_shared };
        if let Some(child) = known.child.clone().filter(|_| known.is_shared) {
            tree.keep(&done.directory, child);
        }
        self.0.insert(done.directory.clone(), known.clone());
        Some(known)
    }

    /// The child behind a source, if it lies in the repository.
    pub(super) fn child(&self, module: Module<'_>, source: &str) -> Option<Arc<Child>> {
        self.0.get(&module.child(source)?)?.child.clone()
    }
}

/// What somebody else found out about a module, where it would be read to the same depth here.
fn kept(tree: &dyn Tree, directory: &str, depth: usize) -> Option<Known> {
    let child = tree.kept(directory)?.downcast::<Child>().ok()?;
    (depth + child.height <= DEPTH).then_some(Known { child: Some(child), is_shared: true })
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
        let declared = || Taint { name: output.address(), place: output.label_place(0), kind: TaintKind::Declared, from: None };
        let known = Output { declared: is_secret(output).then(declared), parts: reader.parts(&value) };
        child.outputs.insert(output.label(0).to_owned(), known);
    }
    child
}
