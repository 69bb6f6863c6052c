//! Where secrets end up that are not printed: files that the runner reads, arguments of programs, requests.

use std::collections::HashMap;

use super::Walk;
use crate::flow::script::arguments::{self, Risk};
use crate::flow::script::{Form, Leak, Nature, Reach, Taint, requests};
use crate::source::Place;
use crate::syntax::shell::{self, Command, CommandId, Invocation, PartKind, Target, Word};

/// So far before a value its name begins, in bytes.
const MAX_NAME: usize = 1_024;
/// A name stands among so many of the first words; `tee` may be told of thousands of files.
const MAX_WORDS: usize = 64;

impl Walk<'_, '_> {
    /// `echo "NAME=$value" >> "$GITHUB_ENV"` and the other files that the runner reads: their path is in a variable.
    pub(super) fn write_to_variable(&mut self, command: &Command, invocation: &Invocation<'_>, target: &Word, taints: Vec<Taint>) {
        let variable = target.parts.iter().find_map(|part| match part.kind {
            PartKind::Parameter { name, .. } => Some(self.script.slice(name)),
            PartKind::Opaque(index) => {
                self.code.opaque.get(index as usize).map(|span| self.code.text.as_str().get(span.range()).unwrap_or(""))
            }
            _ => None,
        });
        let name = variable.unwrap_or_default();
        let variable = name.to_ascii_uppercase();
        let variable = variable.strip_prefix("ENV:").unwrap_or(&variable);
        let is = |name: &str, context: &str| variable == name || variable.contains(context);
        if is("GITHUB_STEP_SUMMARY", "GITHUB.STEP_SUMMARY") {
            let sink = self.code.place(command.span);
            let shown = taints.into_iter().filter(|taint| !self.state.is_masked(taint)).collect::<Vec<_>>();
            self.leaks.extend(shown.into_iter().map(|taint| Leak {
                taint,
                reach: Reach::Summary,
                sink,
                printer: invocation.name.to_string(),
            }));
            return;
        }
        let (is_env, is_output) = (is("GITHUB_ENV", "GITHUB.ENV") || variable == "GITLAB_ENV", is("GITHUB_OUTPUT", "GITHUB.OUTPUT"));
        if !is_env && !is_output {
            return self.state.write_file(&self.path(target), taints);
        }
        if variable == "GITLAB_ENV" {
            self.state.write_file("$GITLAB_ENV", taints.iter().cloned());
        }
        for (name, taints) in self.named_lines(command, invocation, taints) {
            for taint in &taints {
                self.state.shown(taint);
            }
            let place = self.code.place(target.span);
            self.keep_fields(&taints, place);
            let list = if is_env { &mut self.state.exports } else { &mut self.state.outputs };
            list.push((name, taints));
        }
    }

    /// The names that written lines give to the secrets in them.
    pub(super) fn named_lines(&mut self, command: &Command, invocation: &Invocation<'_>, taints: Vec<Taint>) -> Vec<(String, Vec<Taint>)> {
        // A here-document has a name on each line.
        let body = command.redirects.iter().find_map(|redirect| self.script.word(redirect.body?));
        if let Some(body) = body {
            let mut named = Vec::new();
            for part in body.parts.iter().filter(|part| !matches!(part.kind, PartKind::Literal | PartKind::Escape(_))) {
                let found = self.word(&Word { span: part.span, parts: vec![*part] });
                let at = part.span.start as usize;
                let near = self.script.text.floor_char_boundary(at.saturating_sub(MAX_NAME));
                let before = self.script.text.get(near..at).unwrap_or("");
                let line = before.rsplit('\n').next().unwrap_or(before);
                let name = line.split_once('=').map(|(name, _)| name.trim().to_owned()).or_else(|| self.opened.clone());
                named.extend(name.filter(|_| !found.is_empty()).map(|name| (name, found)));
            }
            return named;
        }
        let words = std::iter::once(invocation.word).chain(invocation.args);
        // `echo "NAME=$value" | tee -a "$GITHUB_ENV"`: the name stands where the line is printed.
        let before = match command.piped_from {
            Some(Target::Command(id)) => self.script.command(id),
            _ => None,
        };
        let words = words.chain(before.into_iter().flat_map(|before| &before.words));
        let line = words.take(MAX_WORDS).map(|arg| self.script.literal_prefix(arg)).find(|text| text.contains('='));
        let name = line.as_deref().and_then(|line| line.split_once('=')).map(|(name, _)| name.trim_start_matches('"').to_owned());
        name.or_else(|| self.opened.clone()).map(|name| (name, taints)).into_iter().collect()
    }

    /// Remembers `NAME<<EOF`: what is written next goes by that name.
    pub(super) fn opens(&mut self, invocation: &Invocation<'_>) {
        if !matches!(&*invocation.name, "echo" | "printf") {
            return;
        }
        let name = invocation.args.iter().find_map(|arg| {
            let text = self.script.literal_prefix(arg);
            let (name, _) = text.split_once("<<")?;
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
            is_name.then(|| name.to_owned())
        });
        self.opened = name.or(self.opened.take());
    }

    /// Fields of a secret that the runner masks only as a whole.
    pub(super) fn keep_fields(&mut self, taints: &[Taint], place: Place) {
        for taint in taints {
            let is_field = matches!(taint.changed_by.as_deref(), Some("jq" | "yq" | "ConvertFrom-Json" | "json.loads" | "fromJSON"));
            let is_known = self.state.origin(taint).is_some_and(|origin| matches!(origin.nature, Nature::Masked | Nature::Structured));
            if is_field && is_known && taint.form == Form::Derived && self.state.fields.len() < 64 {
                let taint = taint.clone();
                let known = self.state.fields.iter().any(|leak| leak.taint.value == taint.value);
                if !known {
                    self.state.fields.push(Leak { taint: taint.at(place), reach: Reach::Field, sink: place, printer: String::new() });
                }
            }
        }
    }

    /// Programs are given these values: of fields that are kept in variables that is remembered.
    pub(super) fn passes(&mut self, taints: &[Taint]) {
        if !self.state.fields.is_empty() {
            self.state.passed.extend(taints.iter().map(|taint| taint.value));
        }
    }

    /// `::set-output name=x::value`: as what is written to `$GITHUB_OUTPUT`
    /// (<https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/>).
    pub(super) fn hand_on(&mut self, command: &Command, args: &[Word], is_env: bool) {
        let taints = self.words(args);
        let text = args.iter().map(|arg| self.script.literal_prefix(arg)).find(|text| text.starts_with("::set-"));
        // `echo ::set-output name=x::$X`: the name stands in the next word.
        let name = args.iter().map(|arg| self.script.literal_prefix(arg)).find_map(|text| {
            let (_, rest) = text.split_once("name=")?;
            Some(rest.split("::").next().unwrap_or(rest).to_owned())
        });
        let Some(name) = name.filter(|name| text.is_some() && !name.is_empty() && !taints.is_empty()) else { return };
        for taint in &taints {
            self.state.shown(taint);
        }
        let place = self.code.place(command.span);
        self.keep_fields(&taints, place);
        let list = if is_env { &mut self.state.exports } else { &mut self.state.outputs };
        list.push((name, taints));
    }

    /// `::add-mask::`: from here on the values are hidden. What was shown before stays shown.
    pub(super) fn mask(&mut self, command: &Command, args: &[Word]) {
        let sink = self.code.place(command.span);
        for taint in self.words(args) {
            if self.state.masked.insert(taint.value)
                && let Some(at) = self.state.early.get(&taint.value)
            {
                let taint = taint.clone().at(*at);
                self.leaks.push(Leak { taint, reach: Reach::LateMask, sink, printer: "::add-mask::".to_owned() });
            }
        }
    }

    /// Secrets among a program's arguments, where arguments are seen.
    pub(super) fn handed(&mut self, id: CommandId, command: &Command, invocation: &Invocation<'_>) {
        // Nothing to look for in a job without secrets.
        if self.state.variables.is_empty() && self.state.files.is_empty() && self.code.holes.iter().all(Vec::is_empty) {
            return;
        }
        if !arguments::is_known(&invocation.name) && !requests::is_known(&invocation.name) {
            return;
        }
        let sink = self.code.place(command.span);
        let printer = invocation.name.to_string();
        let risks = arguments::risks(self.script, invocation, self.named(id));
        for (reach, risk) in risks {
            let taints = match risk {
                Risk::Word(word) => self.word(&word),
                Risk::File(file) => {
                    let at = self.code.place(file.span);
                    self.state.file(&self.path(&file)).iter().map(|taint| taint.clone().at(at)).collect()
                }
                Risk::Variable(name, span) => {
                    let at = self.code.place(span);
                    self.state.variable(&name).iter().map(|taint| taint.clone().at(at)).collect()
                }
            };
            self.leaks.extend(taints.into_iter().map(|taint| Leak { taint, reach, sink, printer: printer.clone() }));
        }
        let destination = requests::destination(self.script, invocation);
        // No host has a reason to get all of them, whichever it is.
        let unnamed = destination.is_none() && requests::is_unnamed(self.script, invocation);
        if let Some((reach, host)) = destination.or_else(|| unnamed.then(|| (Reach::Host, String::new()))) {
            let mut taints = self.words(invocation.args);
            taints.extend(self.input(id, command));
            let at = self.code.place(command.span);
            let attached = requests::attached(self.script, invocation);
            taints.extend(attached.iter().flat_map(|file| self.state.file(&self.path_of(file)).to_vec()).map(|taint| taint.at(at)));
            let is_all = |taint: &Taint| taint.listed.is_some() || self.state.origin(taint).is_some_and(|origin| origin.name == "secrets");
            taints.retain(|taint| !unnamed || is_all(taint));
            self.sent(taints, reach, &host, sink);
        }
    }

    /// Secrets go to a host; one of them says so for all. A host's own secrets may.
    pub(super) fn sent(&mut self, taints: Vec<Taint>, reach: Reach, host: &str, sink: Place) {
        let asked = |taint: &Taint| {
            self.state.origin(taint).is_some_and(|origin| reach == Reach::Collector || !requests::belongs(host, &origin.name))
        };
        let of_all = taints.iter().position(|taint| taint.listed.is_some() && asked(taint));
        let sent = of_all.and_then(|at| taints.get(at).cloned()).or_else(|| taints.into_iter().find(asked));
        self.leaks.extend(sent.map(|taint| Leak { taint, reach, sink, printer: host.to_owned() }));
    }

    fn named(&mut self, id: CommandId) -> &[shell::Named<'_>] {
        let script = self.script;
        let named = self.named.get_or_insert_with(|| {
            let mut named: HashMap<CommandId, Vec<shell::Named<'_>>> = HashMap::new();
            for value in shell::literals(script) {
                named.entry(value.command).or_default().push(value);
            }
            named
        });
        named.get(&id).map_or(&[], Vec::as_slice)
    }
}
