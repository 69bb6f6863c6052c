//! Following shell scripts, command by command.

mod functions;
mod streams;
mod values;

use std::collections::HashMap;

use super::commands::{self, Effect};
use super::{Code, Language, Leak, Nature, State, Taint};
use crate::source::{Span, TextBuilder};
use crate::syntax::shell::{
    Command, CommandId, CommandKind, Dialect, Expansion, Invocation, PartKind, Quote, ScopeId, Script, Target, Word,
};

/// Scripts inside scripts are followed to this depth.
const MAX_DEPTH: usize = 4;

/// `depth` counts scripts inside scripts.
pub(super) fn follow(script: &Script<'_>, dialect: Dialect, code: &Code<'_>, state: &mut State, depth: usize) -> Vec<Leak> {
    let mut walk = Walk {
        script,
        dialect,
        code,
        state,
        depth,
        stdin: HashMap::new(),
        captured: HashMap::new(),
        leaks: Vec::new(),
        functions: functions::printing(script, dialect),
    };
    for id in inner_first(script) {
        if let Some(command) = script.command(id) {
            walk.command(id, command);
        }
    }
    walk.leaks
}

/// Commands in the order they run: those of a substitution before the command whose word holds it.
fn inner_first(script: &Script<'_>) -> Vec<CommandId> {
    let mut inner: HashMap<CommandId, Vec<CommandId>> = HashMap::new();
    let mut outer = Vec::new();
    for (id, command) in script.iter() {
        match owner(script, command.scope) {
            Some(owner) => inner.entry(owner).or_default().push(id),
            None => outer.push(id),
        }
    }
    let mut order = Vec::with_capacity(script.commands.len());
    let mut todo: Vec<(CommandId, bool)> = outer.into_iter().rev().map(|id| (id, false)).collect();
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

/// The command around the nearest substitution.
fn owner(script: &Script<'_>, scope: ScopeId) -> Option<CommandId> {
    let mut id = scope;
    loop {
        let scope = script.scope(id)?;
        if scope.owner.is_some() {
            return scope.owner;
        }
        if scope.parent == id {
            return None;
        }
        id = scope.parent;
    }
}

struct Walk<'w, 'a> {
    script: &'w Script<'a>,
    dialect: Dialect,
    code: &'w Code<'w>,
    state: &'w mut State,
    depth: usize,
    /// The script's own functions that print their arguments.
    functions: HashMap<String, functions::Printed>,
    /// What is piped into a command or scope.
    stdin: HashMap<Target, Vec<Taint>>,
    /// What a substitution's commands print.
    captured: HashMap<ScopeId, Vec<Taint>>,
    leaks: Vec<Leak>,
}

impl Walk<'_, '_> {
    fn command(&mut self, id: CommandId, command: &Command) {
        self.assignments(command);
        if command.kind == CommandKind::For {
            return self.loop_head(command);
        }
        let Some(invocation) = self.script.invocation(command) else { return };
        let printed = match commands::effect(self.script, &invocation, self.dialect) {
            Effect::None if self.is_expression(command) => self.words(&command.words),
            Effect::None => self.called(&invocation),
            effect => self.apply(id, command, &invocation, effect),
        };
        self.emit(command, &invocation, printed);
    }

    /// What the command prints.
    fn apply(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>, effect: Effect) -> Vec<Taint> {
        let (name, args) = (&*invocation.name, invocation.args);
        match effect {
            Effect::None => Vec::new(),
            Effect::Print(skip) => self.print(invocation, args.get(skip..).unwrap_or_default()),
            Effect::PrintVariable => {
                let at = self.code.place(command.span);
                let names = args.iter().filter_map(|arg| self.script.literal(arg));
                names.flat_map(|name| self.state.variable(&name).to_vec()).map(|taint| taint.at(at)).collect()
            }
            Effect::Format => {
                let taints = self.words(args.get(2..).unwrap_or_default());
                if let Some(name) = args.get(1).and_then(|arg| self.script.literal(arg)) {
                    self.set(command, &name, taints, args[1].span);
                }
                Vec::new()
            }
            Effect::Mask => {
                let values: Vec<u32> = self.words(args).iter().map(|taint| taint.value).collect();
                self.state.masked.extend(values);
                Vec::new()
            }
            Effect::Copy => self.input(id, command),
            Effect::Files => self.files(id, command, args),
            Effect::Tee => {
                let taints = self.input(id, command);
                for file in args.iter().filter(|arg| !self.script.literal_prefix(arg).starts_with('-')) {
                    self.write(command, invocation, file, taints.clone());
                }
                taints
            }
            Effect::Change => {
                let input = self.input(id, command);
                input.iter().map(|taint| self.state.changed(taint, name)).collect()
            }
            Effect::Base64(one_line) => {
                let input = self.input(id, command);
                input.iter().map(|taint| if one_line && taint.last { taint.clone() } else { self.state.changed(taint, name) }).collect()
            }
            Effect::JqArguments => self.words(args),
            Effect::Read => {
                let taints = self.input(id, command);
                let names = args.iter().filter_map(|arg| Some((self.script.literal(arg)?, arg.span)));
                for (name, span) in names.filter(|(name, _)| !name.starts_with('-')) {
                    self.set(command, &name, taints.clone(), span);
                }
                Vec::new()
            }
            Effect::Run(language) => self.run(command, args, language),
            Effect::Fetch(what) => {
                let place = self.code.place(command.span);
                vec![self.state.secret(what, place, Nature::Fetched)]
            }
        }
    }

    /// `bash -c '…'`, `python - <<EOF`, `eval "…"`: what a script prints that the command is given as an argument or reads.
    fn run(&mut self, command: &Command, args: &[Word], language: Language) -> Vec<Taint> {
        let text = |arg: &Word| self.script.literal_prefix(arg);
        let is_c = |arg: &Word| text(arg).starts_with('-') && !text(arg).starts_with("--") && text(arg).ends_with('c');
        let is_e = |arg: &Word| matches!(&*text(arg), "-e" | "--eval" | "-Command" | "-command");
        let flag = args.iter().position(is_c).or_else(|| args.iter().position(is_e));
        let heredoc = command.redirects.iter().find_map(|redirect| self.script.word(redirect.body?));
        let argument = match flag {
            Some(flag) => args.get(flag + 1),
            // `eval "…"`, `ssh host "…"`
            None => args.last().filter(|arg| self.script.slice(arg.span).contains(' ')),
        };
        match argument.or(heredoc).filter(|_| self.depth < MAX_DEPTH) {
            Some(word) => self.nested(word, language),
            None => Vec::new(),
        }
    }

    /// What a word prints when it is run as a script. What the shell expands before is opaque to it.
    fn nested(&mut self, word: &Word, language: Language) -> Vec<Taint> {
        let mut builder = TextBuilder::default();
        let (mut opaque, mut holes) = (Vec::new(), Vec::new());
        for part in &word.parts {
            match part.kind {
                PartKind::Literal => builder.copy(self.script.slice(part.span), part.span.start as usize),
                PartKind::Escape(char) => builder.atom(char.encode_utf8(&mut [0; 4]), part.span),
                _ => {
                    let start = builder.len();
                    builder.atom("0", part.span);
                    opaque.push(Span::new(start, builder.len()));
                    holes.push(self.word(&Word { span: part.span, parts: vec![*part] }));
                }
            }
        }
        let text = builder.finish().then(self.code.text);
        let code = Code { text: &text, source: self.code.source, language, opaque: &opaque, holes: &holes };
        let depth = self.depth + 1;
        let leaks = self.state.forgetting(|state| super::follow_at(&code, state, depth));
        leaks.into_iter().map(|leak| leak.taint).collect()
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

    /// A PowerShell statement that is only a value prints it: `"token: $env:TOKEN"`, `("a" + $x)`.
    fn is_expression(&self, command: &Command) -> bool {
        let is_value = |word: &Word| {
            !word.parts.is_empty()
                && word.parts.iter().all(|part| match part.kind {
                    PartKind::Parameter { op, .. } => op == Expansion::Value,
                    PartKind::Opaque(_) => part.quote != Quote::None,
                    _ => part.quote != Quote::None,
                })
        };
        let is_operator = |word: &Word| matches!(self.script.slice(word.span), "+" | "-f");
        let mut words = command.words.iter().enumerate();
        self.dialect == Dialect::PowerShell
            && command.assignments.is_empty()
            && words.all(|(index, word)| if index % 2 == 0 { is_value(word) } else { is_operator(word) })
    }
}
