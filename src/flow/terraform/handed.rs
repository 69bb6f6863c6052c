//! What a module hands to whoever runs `terraform output` in its folder
//! (<https://developer.hashicorp.com/terraform/cli/commands/output>): everything in clear that is asked for by name or as JSON.

use super::reach::{Found, Reader};
use super::{Children, TaintKind, is_secret};
use crate::formats::Tree;
use crate::formats::terraform::{Block, Module, files_of};
use crate::secrets::is_secret_name;
use crate::source::Place;

/// An output, as a script gets it.
#[derive(Clone, Debug)]
pub struct Handed {
    /// Its name.
    pub name: String,
    /// The place of its name.
    pub place: Place,
    /// Whether it is a secret.
    pub is_secret: bool,
}

/// The outputs of the module in a folder of the repository; none where there is no module.
#[must_use]
pub fn handed_out(tree: &dyn Tree, folder: &str) -> Vec<Handed> {
    let files = files_of(tree, folder);
    let module = Module::new(&files, tree);
    let children = Children::new(module);
    let reader = Reader::new(module, &children);
    let outputs = module.blocks_of("output").map(|output| Handed {
        name: output.label(0).to_owned(),
        place: output.label_place(0),
        is_secret: is_handed_secret(output, &reader),
    });
    outputs.collect()
}

/// Whether its value is a secret: by what it is made of, else by what it says and is called.
fn is_handed_secret<'a>(output: Block<'a>, reader: &Reader<'_, 'a>) -> bool {
    let (mut grave, mut known, mut unknown) = (false, false, false);
    let Some(value) = output.argument("value") else { return false };
    reader.all(&value, &None, &mut |found| match found {
        Found::Taint(taint) if taint.kind == TaintKind::Marked => known = true,
        Found::Taint(_) => grave = true,
        Found::Variable(name, _) if is_secret_name(name) => grave = true,
        Found::Plain(name) if name.rsplit('.').next().is_some_and(is_secret_name) => grave = true,
        Found::Variable(..) | Found::Plain(_) => unknown = true,
    });
    // What providers hide without need (a host, a certificate) makes Terraform ask for `sensitive = true`.
    let is_harmless = known && !unknown;
    grave || (unknown && is_secret_name(output.label(0))) || (is_secret(output) && !is_harmless)
}
