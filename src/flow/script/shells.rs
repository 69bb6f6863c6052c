//! Following shell scripts, command by command, in the order in which they run.

mod calls;
mod contained;
mod effects;
mod filters;
mod folders;
mod inner;
mod members;
mod outputs;
mod parameters;
mod sinks;
mod sourced;
mod streams;
mod templates;
mod trace;
mod values;
mod written;

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::{Code, Leak, State, Taint};
use crate::source::Source;
use crate::syntax::shell::{
    Command, CommandId, CommandKind, Dialect, Expansion, Invocation, Named, PartKind, Quote, ScopeId, Script, Target, Word,
};

use calls::{Call, Order};
use folders::Shell;
pub(super) use outputs::{Outputs, is_terraform};
use trace::Trace;
pub(super) use written::Piece;

use super::commands::{self, Effect};

/// Scripts inside scripts and functions inside functions are followed to this depth.
const MAX_DEPTH: usize = 5;

/// `depth` counts scripts inside scripts.
pub(super) fn follow(script: &Script<'_>, dialect: Dialect, code: &Code<'_>, state: &mut State, depth: usize) -> Vec<Leak> {
    let mut walk = Walk::new(script, dialect, code, state, depth);
    let top = std::mem::take(&mut walk.order.top);
    walk.all(&top);
    walk.at_the_end();
    walk.leaks
}

struct Walk<'w, 'a> {
    script: &'w Script<'a>,
    dialect: Dialect,
    code: &'w Code<'w>,
    state: &'w mut State,
    depth: usize,
    order: Order,
    /// The functions that are running, the innermost last.
    calls: Vec<Call>,
    /// What is piped into a command or scope.
    stdin: HashMap<Target, Vec<Taint>>,
    /// What a substitution's commands print.
    captured: HashMap<ScopeId, Vec<Taint>>,
    trace: Option<Trace>,
    /// Whether the trace goes to a file.
    elsewhere: bool,
    /// What runs when the script ends.
    traps: Vec<(CommandId, Word)>,
    /// The name of the `NAME<<EOF` that was written last.
    opened: Option<String>,
    /// Values with names in arguments, once somebody asks.
    named: Option<HashMap<CommandId, Vec<Named<'a>>>>,
    /// The folder that the script starts in, and those that its shells moved to.
    start: Rc<str>,
    shells: HashMap<ScopeId, Shell>,
    /// Literal texts that variables may hold.
    texts: HashMap<String, Vec<String>>,
    /// Where the running command stands.
    scope: ScopeId,
    /// Files of the repository that ran in this shell: their functions stay.
    sourced: Vec<Arc<Source>>,
    leaks: Vec<Leak>,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(script: &'w Script<'a>, dialect: Dialect, code: &'w Code<'w>, state: &'w mut State, depth: usize) -> Self {
        Self {
            script,
            dialect,
            code,
            state,
            depth,
            order: Order::new(script, dialect),
            calls: Vec::new(),
            stdin: HashMap::new(),
            captured: HashMap::new(),
            trace: code.trace.map(Trace::from_the_start),
            elsewhere: false,
            sourced: Vec::new(),
            traps: Vec::new(),
            opened: None,
            named: None,
            start: Rc::from(code.here),
            shells: HashMap::new(),
            texts: HashMap::new(),
            scope: ScopeId::default(),
            leaks: Vec::new(),
        }
    }
}

impl Walk<'_, '_> {
    fn all(&mut self, ids: &[CommandId]) {
        let script = self.script;
        for id in ids {
            if let Some(command) = script.command(*id) {
                self.command(*id, command);
            }
        }
    }

    fn command(&mut self, id: CommandId, command: &Command) {
        self.scope = command.scope;
        self.traced(command);
        self.assignments(command);
        if command.kind == CommandKind::For {
            return self.loop_head(command);
        }
        let Some(invocation) = self.script.invocation(command) else { return };
        self.moves(command, &invocation);
        // `export X=1` declares; `export` alone lists.
        let declares =
            !command.assignments.is_empty() && matches!(&*invocation.name.to_ascii_lowercase(), "export" | "declare" | "typeset" | "set");
        let effect = if declares { Effect::None } else { commands::effect(self.script, &invocation, self.dialect) };
        let printed = match effect {
            Effect::None if self.is_expression(command) => self.words(&command.words),
            Effect::None if self.call(id, command, &invocation) => return,
            Effect::None => {
                if !self.state.fields.is_empty() && !matches!(&*invocation.name, "[" | "[[" | "test") {
                    let given = self.words(invocation.args);
                    self.passes(&given);
                }
                self.handed(id, command, &invocation);
                self.program(command, &invocation)
            }
            effect => {
                self.handed(id, command, &invocation);
                self.apply(id, command, &invocation, effect)
            }
        };
        self.opens(&invocation);
        self.keep_text(command, &invocation, printed.is_empty());
        self.emit(command, &invocation, printed);
    }

    /// The arguments of `echo` and `printf`. Whether the last one ends the stream decides about base64.
    fn print(&mut self, invocation: &Invocation<'_>, args: &[Word]) -> Vec<Taint> {
        let mut taints = self.words(args);
        let no_break = match &*invocation.name {
            "echo" => invocation.args.first().is_some_and(|arg| self.script.is(arg, "-n")),
            "printf" => args.first().is_some_and(|format| self.script.literal_prefix(format).ends_with("%s")),
            _ => false,
        };
        let end = args.last().and_then(|arg| arg.parts.last()).map(|part| self.code.place(part.span));
        for taint in &mut taints {
            taint.last = no_break && Some(taint.at) == end;
        }
        taints
    }

    /// A PowerShell statement that is only a value prints it: `"token: $env:TOKEN"`, `("a" + $x)`, `(gi env:X).Value`.
    fn is_expression(&self, command: &Command) -> bool {
        let is_value = |word: &Word| {
            let is_plain = !word.parts.is_empty()
                && word.parts.iter().all(|part| match part.kind {
                    PartKind::Parameter { op, .. } => op == Expansion::Value,
                    PartKind::Opaque(_) => part.quote != Quote::None,
                    _ => part.quote != Quote::None,
                });
            is_plain || members::shows(self.script, word)
        };
        let is_operator = |word: &Word| matches!(self.script.slice(word.span), "+" | "-f" | "-join");
        let mut words = command.words.iter().enumerate();
        self.dialect == Dialect::PowerShell
            && command.assignments.is_empty()
            && words.all(|(index, word)| if index % 2 == 0 { is_value(word) } else { is_operator(word) })
    }
}
