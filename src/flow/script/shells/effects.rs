//! What a command prints, by what it does.

use super::Walk;
use super::inner::Started;
use crate::flow::script::commands::{Effect, jq_environment, one_liner};
use crate::flow::script::{Form, Language, Nature, Taint};
use crate::syntax::shell::{Command, CommandId, Dialect, Invocation, Word};

impl Walk<'_, '_> {
    /// What the command prints.
    pub(super) fn apply(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>, effect: Effect) -> Vec<Taint> {
        match effect {
            Effect::Print(_)
            | Effect::PrintWords
            | Effect::Echo
            | Effect::JqArguments(_)
            | Effect::PrintVariable
            | Effect::Fetch(_)
            | Effect::Remotes
            | Effect::Outputs => self.values(id, command, invocation, effect),
            Effect::Environment
            | Effect::Variables
            | Effect::Matching
            | Effect::OneLiner
            | Effect::JqEnvironment
            | Effect::Template
            | Effect::Settings => self.shown_variables(id, command, invocation, effect),
            Effect::Copy | Effect::Grep | Effect::Files | Effect::Tee | Effect::WriteFile(_) | Effect::Change | Effect::Base64(_) => {
                self.filters(id, command, invocation, effect)
            }
            Effect::Run(_) | Effect::Eval | Effect::Remote | Effect::Source | Effect::Trap | Effect::Xargs => {
                self.runs(id, command, invocation, effect)
            }
            _ => {
                self.sets(id, command, invocation, effect);
                Vec::new()
            }
        }
    }

    /// Commands that print what stands in their words, and what they fetch.
    fn values(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>, effect: Effect) -> Vec<Taint> {
        let (name, args) = (&*invocation.name, invocation.args);
        let place = self.code.place(command.span);
        match effect {
            // `$x | Write-Host`.
            Effect::Print(_) if args.is_empty() && self.dialect == Dialect::PowerShell && name != "return" => self.input(id, command),
            Effect::Print(skip) => self.print(invocation, args.get(skip..).unwrap_or_default()),
            Effect::PrintWords => self.word(invocation.word),
            Effect::JqArguments(true) => self.words(args),
            // `helm template . -f secrets.yaml`, too.
            Effect::Echo => {
                let mut printed = self.words(args);
                let files = args.iter().map(|arg| self.path(arg)).collect::<Vec<_>>();
                printed.extend(files.iter().flat_map(|file| self.state.file(file).to_vec()).map(|taint| taint.at(place)));
                printed
            }
            // What the filter takes from its input is printed, too.
            Effect::JqArguments(false) => {
                let read = self.filters(id, command, invocation, Effect::Change);
                read.into_iter().chain(self.words(args)).collect()
            }
            Effect::PrintVariable => {
                let names = self.plain_args(args).into_iter().filter_map(|arg| self.script.literal(arg));
                // `gci env:NAME`.
                let plain = |name: std::borrow::Cow<'_, str>| match name.get(..4) {
                    Some(drive) if drive.eq_ignore_ascii_case("env:") => name[4..].to_owned(),
                    _ => name.into_owned(),
                };
                names.flat_map(|name| self.state.variable(&plain(name)).to_vec()).map(|taint| taint.at(place)).collect()
            }
            Effect::Fetch(what) => vec![self.state.secret(what, place, Nature::Fetched)],
            Effect::Outputs => self.outputs(command, invocation),
            Effect::Remotes => self.remotes(command, args),
            _ => Vec::new(),
        }
    }

    /// Commands that print variables that they are not given: some, or all.
    fn shown_variables(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>, effect: Effect) -> Vec<Taint> {
        let (name, args) = (&*invocation.name, invocation.args);
        let at = self.code.place(command.span);
        match effect {
            Effect::Environment => self.state.environment(name, at),
            Effect::Variables => self.state.all_variables(name, at),
            Effect::Settings => self.settings(name, command),
            Effect::Template => self.template(id, command, args),
            Effect::Matching => {
                let start = self.plain_args(args).first().and_then(|arg| self.script.literal(arg)).unwrap_or_default().to_ascii_uppercase();
                let start = start.strip_prefix("ENV:").unwrap_or(&start).trim_end_matches('*').to_owned();
                let known = self.state.all_variables(name, at);
                let is_shown =
                    |taint: &Taint| taint.listed.as_ref().is_some_and(|one| one.variable.to_ascii_uppercase().starts_with(&start));
                known.into_iter().filter(is_shown).collect()
            }
            Effect::OneLiner => match one_liner(self.script, args).unwrap_or_default().as_slice() {
                [] => self.state.environment(name, at),
                names => names.iter().flat_map(|name| self.state.variable(name).to_vec()).map(|taint| taint.at(at)).collect(),
            },
            Effect::JqEnvironment => match jq_environment(self.script, args).flatten() {
                Some(name) => self.state.variable(&name).iter().map(|taint| taint.clone().at(at)).collect(),
                None => self.state.environment(name, at),
            },
            _ => Vec::new(),
        }
    }

    /// Commands that run scripts.
    fn runs(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>, effect: Effect) -> Vec<Taint> {
        let args = invocation.args;
        match effect {
            Effect::Run(language) => self.run(id, command, invocation, language),
            Effect::Eval => self.eval(id, args),
            Effect::Remote => self.remote(command, args),
            Effect::Xargs => self.xargs(id, command, args),
            Effect::Source => {
                let Some((file, args)) = args.split_first() else { return Vec::new() };
                let path = self.path(file);
                // A file of `NAME=value` that the job itself wrote.
                for (name, taints) in self.state.names_in(&path).to_vec() {
                    self.set(command, &name, taints, file.span);
                }
                let (language, trace) = (Language::Shell(self.dialect), self.trace_here());
                self.file(&Started { command, path: &path, args, language, trace, sourced: true }).unwrap_or_default()
            }
            Effect::Trap => {
                // `trap - EXIT` and `trap '' INT` run nothing.
                self.traps.extend(args.first().filter(|arg| !self.script.is(arg, "-")).map(|arg| (id, arg.clone())));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Commands that print nothing and change what later ones find.
    fn sets(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>, effect: Effect) {
        let args = invocation.args;
        match effect {
            Effect::Each => {
                let taints = self.input(id, command);
                self.state.bind("$_", taints);
            }
            Effect::Format => {
                let taints = self.words(args.get(2..).unwrap_or_default());
                if let Some(name) = args.get(1).and_then(|arg| self.script.literal(arg)) {
                    self.set(command, &name, taints, args[1].span);
                }
            }
            Effect::Read => {
                let taints = self.input(id, command);
                let names = args.iter().filter_map(|arg| Some((self.script.literal(arg)?, arg.span)));
                let names: Vec<_> = names.filter(|(name, _)| !name.starts_with('-')).collect();
                // `IFS='=' read -r name value < <(env)`: the names of variables are no secrets.
                let by_sign = command.assignments.iter().any(|one| self.script.slice(one.name) == "IFS") && names.len() > 1;
                for (index, (name, span)) in names.into_iter().enumerate() {
                    let is_name = |taint: &&Taint| index == 0 && by_sign && taint.listed.is_some();
                    let held = taints.iter().filter(|taint| !is_name(taint)).cloned().collect();
                    self.set(command, &name, held, span);
                }
            }
            Effect::Unset => {
                for (name, span) in args.iter().filter_map(|arg| Some((self.script.literal(arg)?, arg.span))) {
                    self.set(command, &name, Vec::new(), span);
                }
            }
            Effect::Export => {
                for name in self.plain_args(args).into_iter().filter_map(|arg| self.script.literal(arg)) {
                    self.state.export(&name);
                }
            }
            Effect::Mask => self.mask(command, args),
            Effect::Hand(is_env) => self.hand_on(command, args, is_env),
            Effect::Edit => self.edit(args),
            Effect::Duplicate => self.duplicate(args),
            Effect::Shift => self.shift(),
            Effect::Switch => self.switches(command, invocation),
            _ => {}
        }
    }

    /// `git remote add o "https://x:$TOKEN@host/"`, then `git remote -v`: <https://git-scm.com/docs/git-remote>.
    fn remotes(&mut self, command: &Command, args: &[Word]) -> Vec<Taint> {
        // No file that a path of an upload takes along.
        const REMOTES: &str = "$REMOTES";
        let shows = ["-v", "--verbose", "get-url", "show"].iter().any(|word| args.iter().any(|arg| self.script.is(arg, word)));
        if shows && args.iter().any(|arg| self.script.is(arg, "remote")) {
            let at = self.code.place(command.span);
            return self.state.file(REMOTES).iter().map(|taint| taint.clone().at(at)).collect();
        }
        let held = self.words(args);
        if !held.is_empty() {
            self.state.write_file(REMOTES, held);
        }
        Vec::new()
    }

    /// A program prints settings that may hold credentials, in a job that has some.
    pub(super) fn settings(&mut self, by: &str, command: &Command) -> Vec<Taint> {
        let known = self.state.all_variables(by, self.code.place(command.span));
        // Settings are written in a form of their own: nobody masks that.
        known.into_iter().take(1).map(|taint| Taint { form: Form::Derived, ..taint }).collect()
    }

    /// `envsubst`: what its template names, or of that what its argument names, as far as it is in the environment
    /// (<https://www.gnu.org/software/gettext/manual/html_node/envsubst-Invocation.html>).
    fn template(&mut self, id: CommandId, command: &Command, args: &[Word]) -> Vec<Taint> {
        let asked = args.first().map(|arg| self.script.literal_prefix(arg).into_owned()).filter(|text| !text.starts_with('-'));
        let names = match asked {
            Some(format) => Some(format),
            None => self.template_text(id, command),
        };
        let at = self.code.place(command.span);
        let names = names.as_deref().map(super::templates::names).unwrap_or_default();
        let held = names.iter().flat_map(|name| self.state.exported(name).to_vec());
        let mut printed: Vec<Taint> = held.map(|taint| taint.at(at)).collect();
        // What already stands in the template is printed with it.
        printed.extend(self.input(id, command));
        printed
    }
}
