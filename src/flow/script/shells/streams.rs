//! What a command reads, and where what it prints goes.

use super::Walk;
use crate::flow::script::{Leak, Reach, Taint, add, requests};
use crate::source::Place;
use crate::syntax::shell::{Command, CommandId, Invocation, Part, PartKind, RedirectOp, ScopeId, ScopeKind, Sink, Target, Word};

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
            (RedirectOp::Read, _) if is_process(target) => self.word(target),
            (RedirectOp::Read, _) => {
                let at = self.code.place(target.span);
                self.held(&self.path(target), at)
            }
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
        self.callers_input()
    }

    /// Sends what a command prints where its output goes.
    pub(super) fn emit(&mut self, command: &Command, invocation: &Invocation<'_>, taints: Vec<Taint>) {
        if taints.is_empty() {
            return;
        }
        match self.destination(command.stdout) {
            Sink::Log | Sink::Error => self.leak(command, invocation, taints),
            Sink::Captured(scope) => add(self.captured.entry(scope).or_default(), taints),
            // `> >(tee file)`: the commands in there stand before this one, so it is said here what they print.
            Sink::Pipe(Target::Scope(scope)) if self.is_shown_by(scope) => self.leak(command, invocation, taints),
            Sink::Pipe(target) => add(self.stdin.entry(target).or_default(), taints),
            Sink::Closed => {}
            Sink::File { owner, redirect } => {
                let Some(target) = self.script.redirects(owner).get(redirect as usize).map(|redirect| &redirect.target) else { return };
                self.write(command, invocation, target, taints);
            }
        }
    }

    fn is_shown_by(&self, scope: ScopeId) -> bool {
        let scope = self.script.scope(scope).filter(|scope| scope.kind == ScopeKind::ProcessOutput);
        let text = scope.map_or("", |scope| self.script.slice(scope.span)).trim_start_matches(['>', '(']).trim_start();
        let shows =
            ["tee", "cat"].iter().any(|program| text.strip_prefix(program).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
        shows && !text.contains(['>', '|'])
    }

    /// What stands in a file; Linux shows the environment of a process as one.
    fn held(&self, path: &str, at: Place) -> Vec<Taint> {
        let is_environment = path.strip_prefix("/proc/").and_then(|rest| rest.strip_suffix("/environ")).is_some_and(|id| !id.contains('/'));
        if is_environment { self.state.environment(path, at) } else { self.state.file(path).to_vec() }
    }

    /// What `cat` prints: the files that it names, or what it reads.
    pub(super) fn files(&mut self, id: CommandId, command: &Command, args: &[Word]) -> Vec<Taint> {
        let at = self.code.place(command.span);
        // `… | cat file` reads the file.
        let reads =
            args.iter().all(|arg| self.script.literal_prefix(arg).starts_with('-')) || args.iter().any(|arg| self.script.is(arg, "-"));
        let mut taints = if reads { self.input(id, command) } else { Vec::new() };
        for arg in args {
            if is_process(arg) {
                taints.extend(self.word(arg));
                continue;
            }
            let path = self.path(arg);
            let held = self.held(&path, at);
            let is_kept = || !self.state.harmless.contains(&path) && self.script.literal(arg).is_some_and(|file| is_credential_file(&file));
            if held.is_empty() && !self.state.variables.is_empty() && is_kept() {
                taints.extend(self.settings("cat", command));
            }
            taints.extend(held.into_iter().map(|taint| taint.at(at)));
        }
        taints
    }

    pub(super) fn write(&mut self, command: &Command, invocation: &Invocation<'_>, target: &Word, taints: Vec<Taint>) {
        if let Some(file) = self.script.literal(target) {
            match &*file {
                // Of the first process of a container: what its log holds.
                "/dev/stdout" | "/dev/stderr" | "/dev/tty" | "/dev/fd/1" | "/dev/fd/2" | "/proc/self/fd/1" | "/proc/self/fd/2"
                | "/proc/1/fd/1" | "/proc/1/fd/2" => {
                    return self.leak(command, invocation, taints);
                }
                "/dev/null" => {}
                device if device.starts_with("/dev/tcp/") || device.starts_with("/dev/udp/") => {
                    let sink = self.code.place(command.span);
                    if let Some((reach, host)) = requests::of_device(device) {
                        self.sent(taints, reach, &host, sink);
                    }
                }
                _ => {
                    let place = self.code.place(target.span);
                    let taints: Vec<Taint> = taints.into_iter().map(|taint| taint.through(place)).collect();
                    let named = self.named_lines(command, invocation, taints.clone());
                    let file = self.path_of(&file);
                    self.state.name_in_file(&file, named);
                    self.state.write_file(&file, taints);
                }
            }
            return;
        }
        self.write_to_variable(command, invocation, target, taints);
    }

    /// What is printed to the job's log. Of a whole environment the worst is said.
    pub(super) fn leak(&mut self, command: &Command, invocation: &Invocation<'_>, taints: Vec<Taint>) {
        let sink = self.code.place(command.span);
        let mut dumped: Option<Taint> = None;
        for taint in taints {
            if self.state.is_masked(&taint) {
                continue;
            }
            if taint.listed.is_some() {
                let worse = dumped.as_ref().is_none_or(|dumped| self.state.is_hidden(dumped) && !self.state.is_hidden(&taint));
                dumped = if worse { Some(taint) } else { dumped };
                continue;
            }
            self.state.shown(&taint);
            self.leaks.push(Leak { taint, reach: Reach::Log, sink, printer: invocation.name.to_string() });
        }
        if let Some(taint) = dumped {
            let printer = taint.listed.as_ref().map(|listed| listed.by.clone()).unwrap_or_default();
            self.leaks.push(Leak { taint, reach: Reach::Dump, sink, printer });
        }
    }
}

/// `<(…)`.
fn is_process(word: &Word) -> bool {
    matches!(word.parts.as_slice(), [Part { kind: PartKind::Process(_), .. }])
}

/// Files that hold credentials where they are used: <https://docs.github.com/en/actions/reference/security/secure-use>.
fn is_credential_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let known =
        matches!(name, ".env" | ".npmrc" | ".netrc" | ".pypirc" | "terraform.tfvars" | "kubeconfig" | ".git-credentials" | ".vault-token");
    let ends = [".aws/credentials", ".docker/config.json", ".kube/config", ".m2/settings.xml", ".cargo/credentials.toml"];
    known || name.ends_with(".tfstate") || name.ends_with(".auto.tfvars") || ends.iter().any(|end| path.ends_with(end))
}
