//! `terraform output`: prints what the module in its folder hands out
//! (<https://developer.hashicorp.com/terraform/cli/commands/output>). Asked for by name or as JSON, secrets are printed in clear.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Walk;
use crate::flow::script::{Nature, Taint};
use crate::flow::terraform::{Handed, handed_out};
use crate::secrets::is_secret_name;
use crate::syntax::shell::{self, Command, Invocation};

/// What a module hands out.
#[derive(Default, Debug)]
pub(in crate::flow::script) struct Outputs {
    by_name: HashMap<String, Handed>,
    /// The first that is a secret.
    first: Option<Handed>,
    /// The names of those that are.
    secret: Arc<HashSet<String>>,
}

impl Outputs {
    fn new(handed: Vec<Handed>) -> Self {
        let first = handed.iter().find(|output| output.is_secret).cloned();
        let secret = handed.iter().filter(|output| output.is_secret).map(|output| output.name.clone()).collect();
        Self { first, secret: Arc::new(secret), by_name: handed.into_iter().map(|output| (output.name.clone(), output)).collect() }
    }
}

/// What is asked for.
struct Asked {
    /// One output.
    name: Option<String>,
    /// All of them, if no name is given.
    json: bool,
    /// `-chdir`: the folder of the module, from where the script is.
    folder: Option<String>,
}

impl Walk<'_, '_> {
    pub(super) fn outputs(&mut self, command: &Command, invocation: &Invocation<'_>) -> Vec<Taint> {
        let asked = self.asked(invocation);
        if asked.name.is_none() && !asked.json {
            return Vec::new();
        }
        let name = format!("{} output", invocation.name);
        let (place, known) = (self.code.place(command.span), self.module(&asked));
        let found = match &asked.name {
            Some(name) => known.by_name.get(name),
            None => known.first.as_ref().or(known.by_name.values().next()),
        };
        if let Some(output) = found {
            if !output.is_secret {
                return Vec::new();
            }
            let taint = self.state.secret(name, output.place, Nature::Fetched).through(place).at(place);
            if asked.name.is_none() {
                self.state.fields_of.insert(taint.origin, Arc::clone(&known.secret));
            }
            return vec![taint];
        }
        // Of a module that is not here, the name of the output tells.
        match &asked.name {
            Some(output) if is_secret_name(output) => vec![self.state.secret(name, place, Nature::Fetched)],
            Some(_) => Vec::new(),
            None => self.settings(&invocation.name, command),
        }
    }

    fn asked(&self, invocation: &Invocation<'_>) -> Asked {
        let mut asked = Asked { name: None, json: false, folder: None };
        let texts = invocation.args.iter().map(|arg| self.script.literal_prefix(arg));
        let mut words = texts.skip_while(|text| {
            if let Some(folder) = text.strip_prefix("-chdir=") {
                asked.folder = Some(folder.to_owned());
            }
            text != "output"
        });
        words.next();
        for word in words {
            match &*word {
                "-json" | "--json" => asked.json = true,
                option if option.starts_with('-') || option.is_empty() => {}
                name => asked.name = asked.name.or_else(|| Some(name.to_owned())),
            }
        }
        asked
    }

    /// The outputs of the module that the command is about; none where it cannot be told which.
    fn module(&mut self, asked: &Asked) -> Arc<Outputs> {
        let Some(folder) = self.code.folder else { return Arc::default() };
        let here = self.here();
        let here = folder.path_of(if here.is_empty() { "." } else { &here });
        let path = here.and_then(|here| shell::joined(&here, asked.folder.as_deref().unwrap_or("")));
        let Some(path) = path else { return Arc::default() };
        let known = self.state.modules.entry(path);
        Arc::clone(known.or_insert_with_key(|path| Arc::new(Outputs::new(handed_out(folder.tree, path)))))
    }
}

/// Whether it is Terraform or what stands for it.
pub(in crate::flow::script) fn is_terraform(program: &str) -> bool {
    matches!(program, "terraform" | "tofu" | "terragrunt")
}
