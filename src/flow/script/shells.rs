//! Following shell scripts, command by command.

use std::collections::HashMap;

use super::commands::{self, Effect};
use super::{Code, Language, Leak, MAX_TAINTS, Nature, State, Taint, add};
use crate::source::{Place, Span, TextBuilder};
use crate::syntax::shell::{
    Command, CommandId, CommandKind, Dialect, Expansion, Invocation, Part, PartKind, Quote, RedirectOp, ScopeId, ScopeKind, Script, Sink,
    Target, Word,
};

/// Scripts inside scripts are followed to this depth.
const MAX_DEPTH: usize = 4;

/// `depth` counts scripts inside scripts.
pub(super) fn follow(script: &Script<'_>, dialect: Dialect, code: &Code<'_>, state: &mut State, depth: usize) -> Vec<Leak> {
    let mut walk = Walk { script, dialect, code, state, depth, stdin: HashMap::new(), captured: HashMap::new(), leaks: Vec::new() };
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
        let flag = args.iter().position(|arg| {
            let text = self.script.literal_prefix(arg);
            matches!(&*text, "-e" | "--eval" | "-Command" | "-command")
                || (text.starts_with('-') && !text.starts_with("--") && text.ends_with('c'))
        });
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

    fn assignments(&mut self, command: &Command) {
        // `X=1 cmd`: the variable is for that command alone.
        let declares = ["export", "local", "declare", "readonly", "typeset", "set"];
        let prefix = command.words.first().is_some_and(|word| !declares.contains(&self.script.slice(word.span)));
        if prefix {
            return;
        }
        for assignment in &command.assignments {
            let mut taints = self.words(&assignment.values);
            let name = self.script.slice(assignment.name).to_owned();
            if assignment.append {
                taints.extend(self.variable(&name));
            }
            self.set(command, &name, taints, assignment.name);
        }
    }

    fn loop_head(&mut self, command: &Command) {
        let Some((variable, items)) = command.words.split_first() else { return };
        let taints = self.words(items);
        if let Some(name) = self.script.literal(variable) {
            self.set(command, &name, taints, variable.span);
        }
    }

    /// Assigns. In a branch the variable may keep what it held.
    fn set(&mut self, command: &Command, name: &str, taints: Vec<Taint>, at: Span) {
        let place = self.code.place(at);
        let mut taints: Vec<Taint> = taints.into_iter().map(|taint| taint.through(place)).collect();
        if self.is_conditional(command.scope) {
            taints.extend(self.variable(name));
            taints.truncate(MAX_TAINTS);
        }
        let key = self.key(name);
        self.state.bind(&key, taints);
    }

    fn is_conditional(&self, scope: ScopeId) -> bool {
        let mut id = scope;
        while let Some(scope) = self.script.scope(id) {
            if matches!(scope.kind, ScopeKind::If | ScopeKind::Case | ScopeKind::Loop | ScopeKind::Function(_)) {
                return true;
            }
            if scope.parent == id {
                break;
            }
            id = scope.parent;
        }
        false
    }

    /// Names are case-insensitive on Windows; PowerShell's own variables are none of the environment.
    fn key(&self, name: &str) -> String {
        match self.dialect {
            Dialect::Posix => name.to_owned(),
            Dialect::Cmd => name.to_ascii_uppercase(),
            Dialect::PowerShell => match name.get(..4).filter(|scope| scope.eq_ignore_ascii_case("env:")) {
                Some(_) => name[4..].to_ascii_uppercase(),
                None => format!("${}", name.to_ascii_lowercase()),
            },
        }
    }

    fn variable(&self, name: &str) -> Vec<Taint> {
        let key = self.key(name);
        let exact = self.state.variable(&key);
        // The environment as the platform set it keeps its spelling.
        let own = name.get(4..).unwrap_or("");
        if exact.is_empty() && self.dialect == Dialect::PowerShell { self.state.variable(own).to_vec() } else { exact.to_vec() }
    }

    fn words(&mut self, words: &[Word]) -> Vec<Taint> {
        words.iter().flat_map(|word| self.word(word)).collect()
    }

    /// The secrets in a word. Operands nest, so this is a loop over a list.
    fn word(&mut self, word: &Word) -> Vec<Taint> {
        let mut taints = Vec::new();
        let mut todo: Vec<Part> = word.parts.iter().rev().copied().collect();
        while let Some(part) = todo.pop() {
            let at = self.code.place(part.span);
            match part.kind {
                PartKind::Parameter { name, op, operand } => {
                    let operand = operand.and_then(|id| self.script.word(id));
                    let changes = operand.map_or("", |word| self.script.slice(word.span));
                    taints.extend(self.expansion(name, op, changes, at));
                    if matches!(op, Expansion::Default | Expansion::Alternative) {
                        todo.extend(operand.into_iter().flat_map(|word| word.parts.iter().rev()));
                    }
                }
                PartKind::Opaque(index) => {
                    let hole = self.code.holes.get(index as usize);
                    taints.extend(hole.into_iter().flatten().map(|taint| taint.clone().at(at)));
                }
                PartKind::Substitution(scope) | PartKind::Process(scope) => {
                    let captured = self.captured.get(&scope).cloned().unwrap_or_default();
                    taints.extend(captured);
                }
                PartKind::Literal | PartKind::Escape(_) | PartKind::Arithmetic(_) => {}
            }
        }
        taints.truncate(MAX_TAINTS);
        taints
    }

    fn expansion(&mut self, name: Span, op: Expansion, change: &str, at: Place) -> Vec<Taint> {
        let held = self.variable(self.script.slice(name));
        match op {
            // `${x@Q}` is the value in quotes; of `${x//?/*}` nothing is left.
            Expansion::Changed if change.starts_with('@') => held.into_iter().map(|taint| taint.at(at)).collect(),
            Expansion::Changed if change.starts_with("//?/") || change.starts_with("//./") => Vec::new(),
            Expansion::Value | Expansion::Default | Expansion::Required => held.into_iter().map(|taint| taint.at(at)).collect(),
            Expansion::Changed => held.iter().map(|taint| self.state.changed(taint, "the shell").at(at)).collect(),
            Expansion::Length | Expansion::Alternative | Expansion::Indirect => Vec::new(),
        }
    }

    /// What the command reads: a heredoc, a here-string, a pipe, or the input of the group it stands in.
    fn input(&mut self, id: CommandId, command: &Command) -> Vec<Taint> {
        let mut own = Vec::new();
        for redirect in &command.redirects {
            own.extend(self.redirected(redirect.op, redirect.body.and_then(|id| self.script.word(id)), &redirect.target));
        }
        if !own.is_empty() {
            return own;
        }
        if let Some(taints) = self.stdin.get(&Target::Command(id)) {
            return taints.clone();
        }
        if command.piped_from.is_some() { Vec::new() } else { self.scope_input(command.scope) }
    }

    fn redirected(&mut self, op: RedirectOp, body: Option<&Word>, target: &Word) -> Vec<Taint> {
        match (op, body) {
            (RedirectOp::Heredoc, Some(body)) => self.word(body),
            (RedirectOp::HereString, _) => self.word(target),
            (RedirectOp::Read, _) => match self.script.literal(target) {
                Some(file) => self.state.files.get(&*file).cloned().unwrap_or_default(),
                None => self
                    .word(target)
                    .into_iter()
                    .filter(|_| matches!(target.parts.as_slice(), [Part { kind: PartKind::Process(_), .. }]))
                    .collect(),
            },
            _ => Vec::new(),
        }
    }

    fn scope_input(&mut self, scope: ScopeId) -> Vec<Taint> {
        let mut id = scope;
        while let Some(scope) = self.script.scope(id) {
            if let Some(taints) = self.stdin.get(&Target::Scope(id)) {
                return taints.clone();
            }
            for redirect in &scope.redirects {
                let body = redirect.body.and_then(|id| self.script.word(id));
                let taints = self.redirected(redirect.op, body, &redirect.target);
                if !taints.is_empty() {
                    return taints;
                }
            }
            if scope.parent == id {
                break;
            }
            id = scope.parent;
        }
        Vec::new()
    }

    /// Sends what a command prints where its output goes.
    fn emit(&mut self, command: &Command, invocation: &Invocation<'_>, taints: Vec<Taint>) {
        if taints.is_empty() {
            return;
        }
        match command.stdout {
            Sink::Log => self.leak(command, invocation, taints),
            Sink::Captured(scope) => add(self.captured.entry(scope).or_default(), taints),
            Sink::Pipe(target) => add(self.stdin.entry(target).or_default(), taints),
            Sink::Closed => {}
            Sink::File { owner, redirect } => {
                let Some(target) = self.script.redirects(owner).get(redirect as usize).map(|redirect| &redirect.target) else { return };
                self.write(command, invocation, target, taints);
            }
        }
    }

    /// What `cat` prints: the files that it names, or what it reads.
    fn files(&mut self, id: CommandId, command: &Command, args: &[Word]) -> Vec<Taint> {
        let at = self.code.place(command.span);
        let mut taints = self.input(id, command);
        for arg in args {
            match self.script.literal(arg) {
                Some(file) => taints.extend(self.state.files.get(&*file).into_iter().flatten().map(|taint| taint.clone().at(at))),
                None if matches!(arg.parts.as_slice(), [Part { kind: PartKind::Process(_), .. }]) => taints.extend(self.word(arg)),
                None => {}
            }
        }
        taints
    }

    fn write(&mut self, command: &Command, invocation: &Invocation<'_>, target: &Word, taints: Vec<Taint>) {
        if let Some(file) = self.script.literal(target) {
            match &*file {
                "/dev/stdout" | "/dev/stderr" | "/dev/tty" | "/dev/fd/1" | "/dev/fd/2" | "/proc/self/fd/1" | "/proc/self/fd/2" => {
                    return self.leak(command, invocation, taints);
                }
                "/dev/null" => {}
                _ => add(self.state.files.entry(file.into_owned()).or_default(), taints),
            }
            return;
        }
        let variable = target.parts.iter().find_map(|part| match part.kind {
            PartKind::Parameter { name, .. } => Some(self.script.slice(name)),
            _ => None,
        });
        let variable = variable.unwrap_or_default().to_ascii_uppercase();
        let variable = variable.strip_prefix("ENV:").unwrap_or(&variable).to_owned();
        // `echo "NAME=$value" >> "$GITHUB_ENV"`
        let line = invocation.args.iter().map(|arg| self.script.literal_prefix(arg)).find(|text| text.contains('='));
        let Some((name, _)) = line.as_deref().and_then(|line| line.split_once('=')) else { return };
        match variable.as_str() {
            "GITHUB_ENV" => self.state.exports.push((name.to_owned(), taints)),
            "GITHUB_OUTPUT" => self.state.outputs.push((name.to_owned(), taints)),
            _ => {}
        }
    }

    fn leak(&mut self, command: &Command, invocation: &Invocation<'_>, taints: Vec<Taint>) {
        let sink = self.code.place(command.span);
        for taint in taints {
            if !self.state.masked.contains(&taint.value) {
                let printer = invocation.name.clone().into_owned();
                self.leaks.push(Leak { taint, sink, printer });
            }
        }
    }
}
