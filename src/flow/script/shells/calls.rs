//! Functions of the script: what they do when they are called, with what they are given. One that nobody calls does nothing.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::{MAX_DEPTH, Walk, parameters};
use crate::flow::script::Taint;
use crate::syntax::shell::{Command, CommandId, Dialect, Invocation, PartKind, ScopeId, ScopeKind, Script, Sink, Target, Word};

/// Which commands run, in their order: those of a substitution before the command whose word holds it.
pub(super) struct Order {
    /// Commands outside of functions.
    pub(super) top: Vec<CommandId>,
    functions: HashMap<String, Rc<Function>>,
}

/// A function of the script; of several with one name the last.
struct Function {
    scope: ScopeId,
    body: Vec<CommandId>,
    /// The names of its parameters, where it has names for them.
    parameters: Vec<String>,
}

/// PowerShell does not care how names are written.
fn key(name: &str, dialect: Dialect) -> String {
    if dialect == Dialect::PowerShell { name.to_ascii_lowercase() } else { name.to_owned() }
}

/// A function that is running.
pub(super) struct Call {
    id: CommandId,
    function: Rc<Function>,
    /// The output of the command that called it.
    stdout: Sink,
    stderr: Sink,
}

impl Order {
    pub(super) fn new(script: &Script<'_>, dialect: Dialect) -> Self {
        let mut inner: HashMap<CommandId, Vec<CommandId>> = HashMap::new();
        let mut outer: BTreeMap<Option<ScopeId>, Vec<CommandId>> = BTreeMap::new();
        let feeding = feeding(script);
        for (id, command) in script.iter() {
            match owner(script, &feeding, command.scope) {
                // `param($x = 1)`: what stands in it is a default.
                Some(owner)
                    if dialect == Dialect::PowerShell && script.command(owner).is_some_and(|owner| parameters::declares(script, owner)) => {
                }
                Some(owner) => inner.entry(owner).or_default().push(id),
                None => outer.entry(function_around(script, command.scope)).or_default().push(id),
            }
        }
        let mut order = Self { top: Vec::new(), functions: HashMap::new() };
        for (scope, commands) in outer {
            let body = inner_first(commands, &mut inner);
            let Some(scope) = scope else {
                order.top = body;
                continue;
            };
            if let Some(ScopeKind::Function(name)) = script.scope(scope).map(|scope| scope.kind) {
                let parameters = if dialect == Dialect::PowerShell { parameters::of(script, scope, name, &body) } else { Vec::new() };
                order.functions.insert(key(script.slice(name), dialect), Rc::new(Function { scope, body, parameters }));
            }
        }
        order
    }
}

impl Order {
    /// The parameters and the commands of a function.
    pub(super) fn function(&self, name: &str, dialect: Dialect) -> Option<(Vec<String>, Vec<CommandId>)> {
        self.functions.get(&key(name, dialect)).map(|function| (function.parameters.clone(), function.body.clone()))
    }
}

fn inner_first(commands: Vec<CommandId>, inner: &mut HashMap<CommandId, Vec<CommandId>>) -> Vec<CommandId> {
    let mut order = Vec::with_capacity(commands.len());
    let mut todo: Vec<(CommandId, bool)> = commands.into_iter().rev().map(|id| (id, false)).collect();
    while let Some((id, ready)) = todo.pop() {
        match inner.remove(&id).filter(|_| !ready) {
            Some(commands) => {
                todo.push((id, true));
                todo.extend(commands.into_iter().rev().map(|id| (id, false)));
            }
            None => order.push(id),
        }
    }
    order
}

/// The substitutions that a compound command reads (`while read x; do …; done < <(env)`), with the first command in it: they stand
/// behind what they run before.
fn feeding(script: &Script<'_>) -> HashMap<ScopeId, CommandId> {
    let mut feeding = HashMap::new();
    for scope in script.scopes.iter().filter(|scope| !scope.redirects.is_empty()) {
        let first = script.commands.partition_point(|command| command.span.start < scope.span.start);
        let words = scope.redirects.iter().flat_map(|redirect| [Some(&redirect.target), redirect.body.and_then(|id| script.word(id))]);
        for part in words.flatten().flat_map(|word| &word.parts) {
            if let PartKind::Process(inner) | PartKind::Substitution(inner) = part.kind {
                feeding.insert(inner, CommandId(first as u32));
            }
        }
    }
    feeding
}

/// The command around the nearest substitution, or the first one of the compound command that reads it.
fn owner(script: &Script<'_>, feeding: &HashMap<ScopeId, CommandId>, scope: ScopeId) -> Option<CommandId> {
    let mut id = scope;
    loop {
        let scope = script.scope(id)?;
        if let Some(owner) = scope.owner.or_else(|| feeding.get(&id).copied()) {
            return Some(owner);
        }
        if scope.parent == id {
            return None;
        }
        id = scope.parent;
    }
}

/// The function whose body holds a scope.
fn function_around(script: &Script<'_>, scope: ScopeId) -> Option<ScopeId> {
    let mut id = scope;
    loop {
        let scope = script.scope(id)?;
        match scope.kind {
            ScopeKind::Function(_) => return Some(id),
            _ if scope.parent == id => return None,
            _ => id = scope.parent,
        }
    }
}

/// The names of the arguments that a script or function is given.
const POSITIONAL: [&str; 11] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "@", "*"];

impl Walk<'_, '_> {
    /// Runs a function of the script; says whether there is one of this name.
    pub(super) fn call(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>) -> bool {
        let Some(function) = self.order.functions.get(&key(&invocation.name, self.dialect)).cloned() else {
            return self.call_sourced(command, invocation);
        };
        if self.dialect == Dialect::PowerShell {
            let before = self.given_by_name(&function.parameters, invocation.args);
            self.called(id, command, &function);
            before.into_iter().for_each(|(name, taints)| self.state.bind(&name, taints));
            return true;
        }
        let args: Vec<Vec<Taint>> = invocation.args.iter().map(|arg| self.word(arg)).collect();
        let before = self.given(args);
        self.called(id, command, &function);
        self.restore(before);
        true
    }

    /// Runs the function of this name without arguments, if there is one.
    pub(super) fn call_by_name(&mut self, id: CommandId, name: &str) -> bool {
        let Some(function) = self.order.functions.get(&key(name, self.dialect)).cloned() else { return false };
        let script = self.script;
        if let Some(command) = script.command(id) {
            self.called(id, command, &function);
        }
        true
    }

    fn called(&mut self, id: CommandId, command: &Command, function: &Rc<Function>) {
        let is_running = self.calls.iter().any(|call| call.function.scope == function.scope);
        let cost = 1 + function.body.len();
        if is_running || self.calls.len() + self.depth >= MAX_DEPTH || self.state.fuel < cost {
            return;
        }
        self.state.fuel -= cost;
        self.forget(function);
        self.calls.push(Call { id, function: Rc::clone(function), stdout: command.stdout, stderr: command.stderr });
        let scope = self.scope;
        self.all(&function.body);
        self.scope = scope;
        self.calls.pop();
    }

    /// What an earlier call of a function read and printed is no part of the next one. Scopes are numbered in the order in which
    /// they open, so those inside of one follow it.
    fn forget(&mut self, function: &Function) {
        let script = self.script;
        let Some(span) = script.scope(function.scope).map(|scope| scope.span) else { return };
        let mut id = function.scope;
        while script.scope(id).is_some_and(|scope| span.contains(scope.span)) {
            self.captured.remove(&id);
            self.stdin.remove(&Target::Scope(id));
            id = ScopeId(id.0 + 1);
        }
        for id in &function.body {
            self.stdin.remove(&Target::Command(*id));
        }
    }

    /// Binds `$1`, `$2` …, `$@`; returns what they held.
    pub(super) fn given(&mut self, args: Vec<Vec<Taint>>) -> Vec<Vec<Taint>> {
        let before = POSITIONAL.iter().map(|name| self.state.variable(name).to_vec()).collect();
        let all: Vec<Taint> = args.iter().flatten().cloned().collect();
        for (index, name) in POSITIONAL.iter().enumerate() {
            let taints = if matches!(*name, "@" | "*") { all.clone() } else { args.get(index).cloned().unwrap_or_default() };
            self.state.bind(name, taints);
        }
        before
    }

    pub(super) fn restore(&mut self, before: Vec<Vec<Taint>>) {
        for (name, taints) in POSITIONAL.iter().zip(before) {
            self.state.bind(name, taints);
        }
    }

    /// `shift`: `$2` is `$1` now.
    pub(super) fn shift(&mut self) {
        for pair in POSITIONAL[..9].windows(2) {
            let next = self.state.variable(pair[1]).to_vec();
            self.state.bind(pair[0], next);
        }
        self.state.bind("9", Vec::new());
    }

    /// Where a stream ends up, seen through the functions that are running.
    pub(super) fn destination(&self, sink: Sink) -> Sink {
        self.calls.iter().rev().fold(sink, |sink, call| match sink {
            Sink::Log => call.stdout,
            Sink::Error => call.stderr,
            other => other,
        })
    }

    /// Whether a variable is what the running function was given under this name.
    pub(super) fn is_parameter(&self, name: &str) -> bool {
        self.calls.last().is_some_and(|call| call.function.parameters.iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// What the command that called the running function reads.
    pub(super) fn callers_input(&mut self) -> Vec<Taint> {
        let Some(call) = self.calls.pop() else { return Vec::new() };
        let script = self.script;
        let taints = script.command(call.id).map(|command| self.input(call.id, command)).unwrap_or_default();
        self.calls.push(call);
        taints
    }

    /// The words that a flag does not claim.
    pub(super) fn plain_args<'s>(&self, args: &'s [Word]) -> Vec<&'s Word> {
        args.iter().filter(|arg| !self.script.literal_prefix(arg).starts_with('-')).collect()
    }
}
