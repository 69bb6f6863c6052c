//! Functions of the script that print what they are given: `log() { echo "[deploy] $1"; }`.

use std::collections::HashMap;

use super::{Walk, commands};
use crate::flow::script::Taint;
use crate::flow::script::commands::Effect;
use crate::syntax::shell::{Dialect, Expansion, Invocation, PartKind, ScopeId, ScopeKind, Script, Sink};

/// Which arguments a function prints: their positions from 0; all of them.
#[derive(Default)]
pub(super) struct Printed {
    positions: Vec<usize>,
    all: bool,
}

/// The functions of a script that print an argument, by name.
pub(super) fn printing(script: &Script<'_>, dialect: Dialect) -> HashMap<String, Printed> {
    let mut functions: HashMap<String, Printed> = HashMap::new();
    for command in script.commands.iter().filter(|command| command.stdout == Sink::Log) {
        let Some(function) = function_around(script, command.scope) else { continue };
        let Some(invocation) = script.invocation(command) else { continue };
        let Effect::Print(skip) = commands::effect(script, &invocation, dialect) else { continue };
        let parts = invocation.args.iter().skip(skip).flat_map(|arg| &arg.parts);
        for part in parts {
            let PartKind::Parameter { name, op: Expansion::Value, .. } = part.kind else { continue };
            match script.slice(name) {
                "@" | "*" => functions.entry(function.to_owned()).or_default().all = true,
                digits => {
                    let position = digits.parse::<usize>().ok().and_then(|position| position.checked_sub(1));
                    functions.entry(function.to_owned()).or_default().positions.extend(position);
                }
            }
        }
    }
    functions
}

/// The name of the function whose body holds a scope.
fn function_around<'a>(script: &Script<'a>, scope: ScopeId) -> Option<&'a str> {
    let mut id = scope;
    loop {
        let scope = script.scope(id)?;
        match scope.kind {
            ScopeKind::Function(name) => return Some(script.slice(name)),
            _ if scope.parent == id => return None,
            _ => id = scope.parent,
        }
    }
}

impl Walk<'_, '_> {
    /// What a call of one of the script's own functions prints.
    pub(super) fn called(&mut self, invocation: &Invocation<'_>) -> Vec<Taint> {
        let Some(printed) = self.functions.get(&*invocation.name) else { return Vec::new() };
        let picked = |index: &usize| printed.all || printed.positions.contains(index);
        let indices: Vec<usize> = (0..invocation.args.len()).filter(picked).collect();
        indices.into_iter().flat_map(|index| self.word(&invocation.args[index])).collect()
    }
}
