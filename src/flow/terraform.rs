//! Which outputs hand out something sensitive, and which variables take something sensitive in.
//!
//! Terraform tracks this itself, but only for what providers and variables mark, and it complains in root modules only
//! (<https://developer.hashicorp.com/terraform/language/manage-sensitive-data>). Expressions are followed through locals,
//! `for`, functions and the outputs of child modules that lie in the same repository.
//!
//! # Not covered
//!
//! - `each.value`, `count` and `self`: what they stand for is known per instance only.
//! - The condition of a conditional and operators: one bit of a secret is no secret.
//! - Modules from elsewhere: what is not in the repository hands out nothing.

mod children;
mod handing;
mod reach;
mod sinks;

use std::collections::HashMap;

use crate::formats::terraform::{Block, Module};
use crate::source::Place;

pub(super) use children::Children;
use reach::{Found, Reader};

/// What travels where in a module.
pub struct ModuleFlow {
    /// Outputs that do not say that they hand out something sensitive.
    pub outputs: Vec<OpenOutput>,
    /// Variables that become a secret of a resource, a provider or a child module and do not say so.
    pub variables: Vec<OpenVariable>,
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
    /// Whether it stands in an example or in something that is thrown away.
    pub lowered: bool,
}

impl ModuleFlow {
    /// Follows the references of a module.
    #[must_use]
    pub fn new(module: Module<'_>) -> Self {
        let children = Children::new(module);
        let reader = Reader::new(module, &children);
        Self { outputs: outputs(module, &reader), variables: variables(module, &reader) }
    }
}

fn outputs(module: Module<'_>, reader: &Reader<'_, '_>) -> Vec<OpenOutput> {
    let mut open = Vec::new();
    for output in module.blocks_of("output").filter(|output| !is_secret(*output)) {
        let Some(value) = output.argument("value") else { continue };
        let (mut taint, mut leaves): (Option<Taint>, Vec<String>) = (None, Vec::new());
        reader.all(&value, &mut |found| match found {
            Found::Taint(other) => taint = graver(taint.take(), other),
            Found::Variable(name) => leaves.push(format!("var.{name}")),
            Found::Plain(name) => leaves.push(name),
        });
        let lowered = is_lowered(output);
        open.push(OpenOutput { name: output.label(0).to_owned(), place: output.label_place(0), taint, leaves, lowered });
    }
    open
}

/// The graver of two.
fn graver(one: Option<Taint>, other: Taint) -> Option<Taint> {
    one.filter(|one| one.kind >= other.kind).or(Some(other))
}

fn is_lowered(block: Block<'_>) -> bool {
    let setting = block.source().setting;
    setting.example || setting.throwaway
}

fn variables(module: Module<'_>, reader: &Reader<'_, '_>) -> Vec<OpenVariable> {
    let mut sinks: HashMap<String, (String, Place)> = HashMap::new();
    sinks::each(module, reader, &mut |sink| {
        reader.direct(&sink.value, &mut |found| {
            if let Found::Variable(name) = found
                && sink.takes(reader, name)
            {
                sinks.entry(name.to_owned()).or_insert_with(|| (sink.name.clone(), sink.value.value_place()));
            }
        });
    });
    let open = module.blocks_of("variable").filter(|variable| !is_secret(*variable));
    open.filter_map(|variable| {
        let name = variable.label(0).to_owned();
        let (sink, sink_place) = sinks.remove(&name)?;
        Some(OpenVariable { name, place: variable.label_place(0), sink, sink_place, lowered: is_lowered(variable) })
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
