//! What a command prints, by what it does.

use super::Walk;
use super::commands::{Effect, jq_environment, names_only, one_liner, replaces, takes_claims};
use crate::flow::script::{Form, Nature, Taint};
use crate::syntax::shell::{Command, CommandId, Dialect, Invocation, Word};

impl Walk<'_, '_> {
    /// What the command prints.
    pub(super) fn apply(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>, effect: Effect) -> Vec<Taint> {
        let (name, args) = (&*invocation.name, invocation.args);
        match effect {
            Effect::None => Vec::new(),
            // `$x | Write-Host`.
            Effect::Print(_) if args.is_empty() && self.dialect == Dialect::PowerShell && name != "return" => self.input(id, command),
            Effect::Print(skip) => self.print(invocation, args.get(skip..).unwrap_or_default()),
            Effect::PrintWords => self.word(invocation.word),
            Effect::Each => {
                let taints = self.input(id, command);
                self.state.bind("$_", taints);
                Vec::new()
            }
            Effect::Matching => {
                let start = args.first().and_then(|arg| self.script.literal(arg)).unwrap_or_default().to_ascii_uppercase();
                let known = self.state.all_variables(name, self.code.place(command.span));
                let is_shown =
                    |taint: &Taint| taint.listed.as_ref().is_some_and(|one| one.variable.to_ascii_uppercase().starts_with(&start));
                known.into_iter().filter(is_shown).collect()
            }
            Effect::OneLiner => {
                let at = self.code.place(command.span);
                let names = one_liner(self.script, args).unwrap_or_default();
                match names.as_slice() {
                    [] => self.state.environment(name, at),
                    names => names.iter().flat_map(|name| self.state.variable(name).to_vec()).map(|taint| taint.at(at)).collect(),
                }
            }
            Effect::PrintVariable => {
                let at = self.code.place(command.span);
                let names = self.plain_args(args).into_iter().filter_map(|arg| self.script.literal(arg));
                // `gci env:NAME`.
                let plain = |name: std::borrow::Cow<'_, str>| match name.get(..4) {
                    Some(drive) if drive.eq_ignore_ascii_case("env:") => name[4..].to_owned(),
                    _ => name.into_owned(),
                };
                names.flat_map(|name| self.state.variable(&plain(name)).to_vec()).map(|taint| taint.at(at)).collect()
            }
            Effect::Format => {
                let taints = self.words(args.get(2..).unwrap_or_default());
                if let Some(name) = args.get(1).and_then(|arg| self.script.literal(arg)) {
                    self.set(command, &name, taints, args[1].span);
                }
                Vec::new()
            }
            Effect::Mask => {
                self.mask(command, args);
                Vec::new()
            }
            Effect::Copy => self.read(id, command, args),
            Effect::Grep => self.grep(id, command, args),
            Effect::Files => self.files(id, command, args),
            Effect::Tee => {
                let taints = self.input(id, command);
                for file in self.plain_args(args) {
                    self.write(command, invocation, file, taints.clone());
                }
                taints
            }
            Effect::WriteFile(prints) => {
                let (target, value) = self.target_and_value(args);
                let taints = match value {
                    Some(value) => self.word(value),
                    None => self.input(id, command),
                };
                if let Some(target) = target {
                    self.write(command, invocation, target, taints.clone());
                }
                if prints { taints } else { Vec::new() }
            }
            Effect::Change => {
                let input = self.read(id, command, args);
                // The names of variables are no secrets.
                let is_shown = |taint: &&Taint| taint.listed.is_none() || !names_only(self.script, invocation);
                let is_picked = |taint: &&Taint| self.picks_secret(taint, args);
                // What a token of identity claims is no secret: only its signature is.
                let is_claim = |taint: &&Taint| self.state.identities.contains(&taint.origin) && takes_claims(self.script, invocation);
                let input: Vec<Taint> = input.iter().filter(is_shown).filter(is_picked).filter(|taint| !is_claim(taint)).cloned().collect();
                let mut printed: Vec<Taint> = input.iter().map(|taint| self.state.changed(taint, name)).collect();
                if name == "sed" {
                    printed.extend(self.put_in(args));
                }
                printed
            }
            Effect::Base64(one_line) => {
                let input = self.read(id, command, args);
                input.iter().map(|taint| if one_line && taint.last { taint.clone() } else { self.state.changed(taint, name) }).collect()
            }
            Effect::JqArguments => self.words(args),
            Effect::JqEnvironment => {
                let at = self.code.place(command.span);
                match jq_environment(self.script, args).flatten() {
                    Some(name) => {
                        let held = self.state.variable(&name).to_vec();
                        held.iter().map(|taint| taint.clone().at(at)).collect()
                    }
                    None => self.state.environment(name, at),
                }
            }
            Effect::Read => {
                let taints = self.input(id, command);
                let names = args.iter().filter_map(|arg| Some((self.script.literal(arg)?, arg.span)));
                for (name, span) in names.filter(|(name, _)| !name.starts_with('-')) {
                    self.set(command, &name, taints.clone(), span);
                }
                Vec::new()
            }
            Effect::Run(language) => self.run(id, command, invocation, language),
            Effect::Eval => self.eval(id, args),
            Effect::Remote => self.remote(command, args),
            Effect::Source => {
                let path = args.first().map(|arg| self.path(arg));
                // A file of `NAME=value` that the job itself wrote.
                let own = path.as_deref().map(|path| self.state.names_in(path).to_vec()).unwrap_or_default();
                for (name, taints) in own {
                    self.set(command, &name, taints, args[0].span);
                }
                let trace = self.trace_here();
                let language = crate::flow::script::Language::Shell(self.dialect);
                let rest = args.get(1..).unwrap_or_default();
                path.and_then(|path| self.file(command, &path, rest, language, trace, true)).unwrap_or_default()
            }
            Effect::Trap => {
                // `trap - EXIT` and `trap '' INT` run nothing.
                self.traps.extend(args.first().filter(|arg| !self.script.is(arg, "-")).map(|arg| (id, arg.clone())));
                Vec::new()
            }
            Effect::Xargs => self.xargs(id, command, args),
            Effect::Duplicate => {
                self.duplicate(args);
                Vec::new()
            }
            Effect::Shift => {
                self.shift();
                Vec::new()
            }
            Effect::Switch => {
                self.switches(command, invocation);
                Vec::new()
            }
            Effect::Export => {
                for name in self.plain_args(args).into_iter().filter_map(|arg| self.script.literal(arg)) {
                    self.state.export(&name);
                }
                Vec::new()
            }
            Effect::Environment => self.state.environment(name, self.code.place(command.span)),
            Effect::Variables => self.state.all_variables(name, self.code.place(command.span)),
            Effect::Settings => self.settings(name, command),
            Effect::Outputs => self.outputs(command, invocation),
            Effect::Fetch(what) => {
                let place = self.code.place(command.span);
                vec![self.state.secret(what, place, Nature::Fetched)]
            }
        }
    }

    /// `-Path f -Value x`, or both by their places: <https://learn.microsoft.com/powershell/module/microsoft.powershell.management/set-content>.
    fn target_and_value<'s>(&self, args: &'s [Word]) -> (Option<&'s Word>, Option<&'s Word>) {
        let (mut target, mut value, mut by_place) = (None, None, Vec::new());
        let mut at = 0;
        while let Some(arg) = args.get(at) {
            at += 1;
            let flag = self.script.literal_prefix(arg).to_ascii_lowercase();
            match &*flag {
                "-path" | "-filepath" | "-literalpath" | "-lp" => (target, at) = (args.get(at), at + 1),
                "-value" | "-inputobject" => (value, at) = (args.get(at), at + 1),
                "-encoding" | "-width" | "-stream" | "-variable" | "-delimiter" => at += 1,
                _ if flag.starts_with('-') => {}
                _ => by_place.push(arg),
            }
        }
        let mut rest = by_place.into_iter();
        let target = target.or_else(|| rest.next());
        (target, value.or_else(|| rest.next()))
    }

    /// What a filter reads: the files that it names, or its input.
    fn read(&mut self, id: CommandId, command: &Command, args: &[Word]) -> Vec<Taint> {
        let at = self.code.place(command.span);
        let files = args.iter().map(|arg| self.path(arg));
        let held: Vec<Taint> = files.flat_map(|file| self.state.file(&file).to_vec()).map(|taint| taint.at(at)).collect();
        if held.is_empty() { self.input(id, command) } else { held }
    }

    /// What `sed` puts into the text that it prints: `s/__TOKEN__/$TOKEN/`. What it writes back to the file stays there.
    fn put_in(&mut self, args: &[Word]) -> Vec<Taint> {
        if args.iter().any(|arg| matches!(&*self.script.literal_prefix(arg), flag if flag.starts_with("-i") || flag.starts_with("--in-place") || flag.starts_with("-n"))) {
            return Vec::new();
        }
        let put = args.iter().filter(|arg| replaces(&self.script.literal_prefix(arg)));
        put.flat_map(|arg| self.word(arg)).collect::<Vec<_>>()
    }

    /// Whether `jq .name.value` takes a secret out of this, which may be an object of which not every field is one.
    fn picks_secret(&self, taint: &Taint, args: &[Word]) -> bool {
        let Some(secrets) = self.state.fields_of.get(&taint.origin) else { return true };
        let texts = args.iter().map(|arg| self.script.literal_prefix(arg));
        let picked = texts.filter_map(|text| {
            let rest = text.strip_prefix('.')?;
            let end = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
            rest.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
        });
        let mut picked = picked.peekable();
        picked.peek().is_none() || picked.any(|name| secrets.contains(&name))
    }

    /// `env | grep ^GITHUB_`: of an environment only what matches is shown.
    fn grep(&mut self, id: CommandId, command: &Command, args: &[Word]) -> Vec<Taint> {
        let mut taints = self.read(id, command, args);
        if taints.iter().all(|taint| taint.listed.is_none()) {
            return taints;
        }
        let short = |letter: char| {
            args.iter().any(|arg| {
                let text = self.script.literal_prefix(arg);
                text.starts_with('-') && !text.starts_with("--") && text.contains(letter)
            })
        };
        let (inverted, patterns) = (short('v'), self.plain_args(args));
        let Some(pattern) = patterns.first().map(|pattern| self.script.literal_prefix(pattern).to_ascii_uppercase()) else { return taints };
        let words: Vec<&str> =
            pattern.split('|').map(|word| word.trim_matches(['^', '=', '$', '.', '*', '(', ')', '\\', '\'', '"', '_'])).collect();
        let matches = |name: &str| words.iter().any(|word| !word.is_empty() && name.contains(word));
        taints.retain(|taint| taint.listed.as_ref().is_none_or(|one| matches(&one.variable.to_ascii_uppercase()) != inverted));
        taints
    }

    /// `cp a b`, `mv a b`: what one holds, the other does.
    fn duplicate(&mut self, args: &[Word]) {
        let plain: Vec<String> = self.plain_args(args).into_iter().map(|arg| self.path(arg)).collect();
        if let [from, to] = plain.as_slice() {
            let held = self.state.file(from).to_vec();
            if !held.is_empty() {
                self.state.write_file(to, held);
            }
            if let Some(script) = self.state.written.get(from).cloned() {
                self.state.written.insert(to.clone(), script);
            }
        }
    }

    /// A program prints settings that may hold credentials, in a job that has some.
    pub(super) fn settings(&mut self, by: &str, command: &Command) -> Vec<Taint> {
        let known = self.state.all_variables(by, self.code.place(command.span));
        // Settings are written in a form of their own: nobody masks that.
        known.into_iter().take(1).map(|taint| Taint { form: Form::Derived, ..taint }).collect()
    }
}
