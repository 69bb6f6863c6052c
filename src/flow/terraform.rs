//! Which outputs hand out something sensitive, and which variables take something sensitive in.
//!
//! Terraform tracks this itself, but only for what providers and variables mark, and it complains in root modules only
//! (<https://developer.hashicorp.com/terraform/language/manage-sensitive-data>). Expressions are followed through locals,
//! `for`, functions and the outputs of child modules that lie in the same repository.
//!
//! # Not covered
//!
//! - `self`, `each.key` and `count.index`: Terraform refuses to loop over sensitive keys.
//! - The condition of a conditional and operators: one bit of a secret is no secret.
//! - Modules from elsewhere: what is not in the repository hands out nothing.

mod at;
mod children;
mod classes;
mod handed;
mod objects;
mod parts;
mod reach;
mod scope;
mod sinks;
mod spills;

use std::collections::HashMap;
use std::sync::Arc;

use crate::formats::terraform::{Block, Module};
use crate::source::{Change, Edit, Place};

pub(super) use children::Children;
pub use handed::{Handed, handed_out};
use reach::{Found, Reader};
pub use spills::{Spill, SpillKind};

/// What travels where in a module.
pub struct ModuleFlow {
    /// Outputs that do not say that they hand out something sensitive.
    pub outputs: Vec<OpenOutput>,
    /// Variables that become a secret of a resource, a provider or a child module and do not say so.
    pub variables: Vec<OpenVariable>,
    /// Places where people see what reaches them.
    pub spills: Vec<Spill>,
}

/// An output without `sensitive` or `ephemeral`.
pub struct OpenOutput {
    /// Its name.
    pub name: String,
    /// The place of its name.
    pub place: Place,
    /// The gravest thing it hands out.
    pub taint: Option<Taint>,
    /// What else its value is made of: `module.db.password`, `var.x`, `aws_instance.web.id`.
    pub leaves: Vec<String>,
    /// What marks it sensitive.
    pub marking: Option<Change>,
    /// Whether it stands in an example or in something that is thrown away.
    pub lowered: bool,
}

/// Something sensitive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taint {
    /// How the module that has it names it: `aws_db_instance.main.password`, `var.token`.
    pub name: String,
    /// Where it is referred to, or declared.
    pub place: Place,
    /// What it is.
    pub kind: TaintKind,
    /// What it is in the child module that hands it out.
    pub from: Option<Arc<Taint>>,
}

/// Why something is sensitive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TaintKind {
    /// Hidden on screens by the provider, though it opens nothing.
    Marked,
    /// Declared so: a variable, an output, or the function `sensitive`.
    Declared,
    /// The providers' table calls it a credential.
    Credential,
    /// A credential that the provider does not mark, so that Terraform prints it.
    Unmarked,
    /// Ephemeral: Terraform refuses to keep it.
    Ephemeral,
}

/// Named places in other modules, in flow order.
pub type Way = Vec<(String, Place)>;

/// A variable without `sensitive` or `ephemeral` that becomes a secret.
pub struct OpenVariable {
    /// Its name.
    pub name: String,
    /// The place of its name.
    pub place: Place,
    /// What it becomes: `aws_db_instance.main.password`.
    pub sink: String,
    /// Where it becomes that.
    pub sink_place: Place,
    /// What becomes of it in the child module that it is given to, and where.
    pub beyond: Way,
    /// What marks it sensitive.
    pub marking: Option<Change>,
    /// Whether it stands in an example or in something that is thrown away.
    pub lowered: bool,
}

impl ModuleFlow {
    /// Follows the references of a module.
    #[must_use]
    pub fn new(module: Module<'_>) -> Self {
        let children = Children::new(module);
        let reader = Reader::new(module, &children);
        Self { outputs: outputs(module, &reader), variables: variables(module, &reader), spills: spills::all(module, &reader) }
    }
}

fn outputs<'a>(module: Module<'a>, reader: &Reader<'_, 'a>) -> Vec<OpenOutput> {
    let mut open = Vec::new();
    for output in module.blocks_of("output").filter(|output| !is_secret(*output)) {
        let Some(value) = output.argument("value") else { continue };
        let (mut taint, mut leaves): (Option<Taint>, Vec<String>) = (None, Vec::new());
        reader.all(&value, &None, &mut |found| match found {
            Found::Taint(other) => taint = graver(taint.take(), other),
            Found::Variable(name, _) => leaves.push(format!("var.{name}")),
            Found::Plain(name) => leaves.push(name),
        });
        let (marking, lowered) = (marking(output, "value"), output.is_lowered());
        open.push(OpenOutput { name: output.label(0).to_owned(), place: output.label_place(0), taint, leaves, marking, lowered });
    }
    open
}

/// What marks a variable or an output sensitive, where nothing does. The line goes behind the argument `after`.
#[must_use]
pub fn marking(block: Block<'_>, after: &str) -> Option<Change> {
    match block.argument("sensitive") {
        Some(argument) if argument.source().id != block.source().id => None,
        Some(argument) => Some(Edit::replace(argument.expr().span(), "true").into()),
        None => block.with("sensitive", "true", after),
    }
}

/// The graver of two.
fn graver(one: Option<Taint>, other: Taint) -> Option<Taint> {
    one.filter(|one| one.kind >= other.kind).or(Some(other))
}

fn variables<'a>(module: Module<'a>, reader: &Reader<'_, 'a>) -> Vec<OpenVariable> {
    let mut sinks: HashMap<String, (String, Place, Way)> = HashMap::new();
    sinks::each(module, reader, &mut |sink| {
        reader.direct(&sink.value, &sink.scope, &mut |found| {
            if let Found::Variable(name, _) = found
                && sink.takes(reader, name)
            {
                sinks.entry(name.to_owned()).or_insert_with(|| (sink.name.clone(), sink.value.value_place(), sink.beyond.clone()));
            }
        });
    });
    let open = module.blocks_of("variable").filter(|variable| !is_secret(*variable));
    open.filter_map(|variable| {
        let name = variable.label(0).to_owned();
        let (sink, sink_place, beyond) = sinks.remove(&name)?;
        let (marking, lowered) = (marking(variable, "type"), variable.is_lowered());
        Some(OpenVariable { name, place: variable.label_place(0), sink, sink_place, beyond, marking, lowered })
    })
    .collect()
}

/// Whether a variable or output says of itself that it is secret. What is decided elsewhere counts as said.
#[must_use]
pub fn is_secret(block: Block<'_>) -> bool {
    ["sensitive", "ephemeral"].iter().any(|name| block.argument(name).is_some_and(|argument| argument.flag() != Some(false)))
}

#[cfg(test)]
mod tests;
