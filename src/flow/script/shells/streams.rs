//! What a command reads, and where what it prints goes.

use super::Walk;
use crate::flow::script::{Leak, Taint, add};
use crate::syntax::shell::{Command, CommandId, Invocation, Part, PartKind, RedirectOp, ScopeId, Sink, Target, Word};

impl Walk<'_, '_> {
    /// What the command reads: a heredoc, a here-string, a pipe, or the input of the group it stands in.
    pub(super) fn input(&mut self, id: CommandId, command: &Command) -> Vec<Taint> {
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
    pub(super) fn emit(&mut self, command: &Command, invocation: &Invocation<'_>, taints: Vec<Taint>) {
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
    pub(super) fn files(&mut self, id: CommandId, command: &Command, args: &[Word]) -> Vec<Taint> {
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

    pub(super) fn write(&mut self, command: &Command, invocation: &Invocation<'_>, target: &Word, taints: Vec<Taint>) {
        if let Some(file) = self.script.literal(target) {
            match &*file {
                "/dev/stdout" | "/dev/stderr" | "/dev/tty" | "/dev/fd/1" | "/dev/fd/2" | "/proc/self/fd/1" | "/proc/self/fd/2" => {
                    return self.leak(command, invocation, taints);
                }
                "/dev/null" => {}
                _ => {
                    let place = self.code.place(target.span);
                    let taints = taints.into_iter().map(|taint| taint.through(place));
                    add(self.state.files.entry(file.into_owned()).or_default(), taints);
                }
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
