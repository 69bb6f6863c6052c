//! Tracing: `set -x`, `bash -x`, `Set-PSDebug -Trace 2`, `@echo on` print commands with the values in them.

use super::Walk;
use crate::flow::script::{Leak, Reach, Taint};
use crate::source::Place;
use crate::syntax::shell::{Command, Dialect, Invocation, Part, PartKind, ScopeKind, Sink, Word};

/// That commands are traced.
#[derive(Clone, Copy)]
pub(super) struct Trace {
    /// What switched it on.
    place: Place,
    /// The offset where the subshell ends that it was switched on in.
    until: u32,
    /// Lines are printed as they are written: only what the platform put into the text is shown.
    as_written: bool,
    /// Whether something readable was traced already, or something masked.
    said: Option<bool>,
}

impl Trace {
    pub(super) fn from_the_start(place: Place) -> Self {
        Self { place, until: u32::MAX, as_written: false, said: None }
    }
}

impl Walk<'_, '_> {
    /// What a script traces that runs in a shell of its own but inherits the options: none does, except where it is sourced.
    pub(super) fn trace_for_children(&self) -> Option<Place> {
        None
    }

    /// What a sourced script traces.
    pub(super) fn trace_here(&self) -> Option<Place> {
        self.trace.filter(|trace| !trace.as_written).map(|trace| trace.place)
    }

    /// `set -x`, `set +x` and their kin.
    pub(super) fn switches(&mut self, command: &Command, invocation: &Invocation<'_>) {
        let Some((on, as_written)) = self.switch(invocation) else { return };
        let mut scope = command.scope;
        let mut until = u32::MAX;
        while let Some(found) = self.script.scope(scope) {
            if matches!(found.kind, ScopeKind::Subshell | ScopeKind::Substitution) {
                until = found.span.end;
                break;
            }
            if found.parent == scope {
                break;
            }
            scope = found.parent;
        }
        self.trace = on.then(|| Trace { place: self.code.place(command.span), until, as_written, said: None });
    }

    /// Whether a command switches tracing on or off, and whether lines are shown as written.
    fn switch(&self, invocation: &Invocation<'_>) -> Option<(bool, bool)> {
        let texts: Vec<_> = invocation.args.iter().map(|arg| self.script.literal_prefix(arg)).collect();
        match (self.dialect, &*invocation.name) {
            (Dialect::Posix, "set") => {
                let flag = |sign: char, letter: char| {
                    texts.iter().any(|text| text.strip_prefix(sign).is_some_and(|rest| !rest.starts_with('-') && rest.contains(letter)))
                };
                let option = |sign: &str, name: &str| {
                    texts.windows(2).any(|pair| pair[0].starts_with(sign) && pair[0].ends_with('o') && pair[1] == name)
                };
                match () {
                    () if flag('+', 'x') || option("+", "xtrace") => Some((false, false)),
                    () if option("-", "xtrace") || (flag('-', 'x') && texts.first().is_some_and(|text| text != "--")) => {
                        Some((true, false))
                    }
                    () if flag('+', 'v') => Some((false, true)),
                    () if flag('-', 'v') || option("-", "verbose") => Some((true, true)),
                    () => None,
                }
            }
            (Dialect::PowerShell, name) if name.eq_ignore_ascii_case("set-psdebug") => {
                let level = texts.windows(2).find(|pair| pair[0].eq_ignore_ascii_case("-trace")).map(|pair| pair[1].to_string());
                match level.as_deref() {
                    Some("2") => Some((true, false)),
                    Some("1") => Some((true, true)),
                    _ => Some((false, false)),
                }
            }
            (Dialect::Cmd, name) if name.eq_ignore_ascii_case("echo") && texts.len() == 1 => match &*texts[0].to_ascii_lowercase() {
                "on" => Some((true, false)),
                "off" => Some((false, false)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Says what the trace of a command shows, once for what is readable and once for what is masked.
    pub(super) fn traced(&mut self, command: &Command) {
        // Bash writes the trace to another file: <https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html>.
        if command.assignments.iter().any(|one| self.script.slice(one.name) == "BASH_XTRACEFD") {
            self.elsewhere = true;
        }
        let Some(trace) = self.trace else { return };
        if command.span.start >= trace.until {
            self.trace = None;
            return;
        }
        let stream = self.script.scope(command.scope).map(|scope| scope.stderr).unwrap_or_default();
        if trace.said == Some(true) || self.elsewhere || !matches!(self.destination(stream), Sink::Log | Sink::Error) {
            return;
        }
        let mut taints = self.words(&command.words);
        for assignment in &command.assignments {
            taints.extend(self.words(&assignment.values));
        }
        if trace.as_written {
            taints = self.interpolated(command);
        }
        let sink = self.code.place(command.span);
        self.trace_shows(taints, trace, sink);
    }

    fn trace_shows(&mut self, taints: Vec<Taint>, trace: Trace, sink: Place) {
        let mut said = trace.said;
        for taint in taints.into_iter().filter(|taint| taint.listed.is_none()) {
            let readable = !self.state.is_hidden(&taint);
            if self.state.is_masked(&taint) || said.is_some_and(|said| said || !readable) {
                continue;
            }
            said = Some(readable);
            let hop = taint.at;
            let taint = taint.through(hop).at(trace.place);
            self.leaks.push(Leak { taint, reach: Reach::Trace, sink, printer: "the trace".to_owned() });
        }
        if let Some(trace) = &mut self.trace {
            trace.said = said;
        }
    }

    /// What the platform put into the text of a command.
    fn interpolated(&mut self, command: &Command) -> Vec<Taint> {
        let words = command.words.iter().chain(command.assignments.iter().flat_map(|assignment| &assignment.values));
        let parts = words.flat_map(|word| &word.parts).filter(|part| matches!(part.kind, PartKind::Opaque(_)));
        let parts: Vec<Part> = parts.copied().collect();
        parts.into_iter().flat_map(|part| self.word(&Word { span: part.span, parts: vec![part] })).collect()
    }

    /// A script that cannot be read is run with `-x` and has secrets in its environment.
    pub(super) fn may_trace(&mut self, command: &Command) {
        let place = self.code.place(command.span);
        let mut handed = self.words(&command.words);
        handed.extend(self.state.environment("", place));
        if let Some(taint) = handed.into_iter().find(|taint| !self.state.is_masked(taint)) {
            let taint = Taint { listed: None, ..taint };
            let taint = taint.at(place);
            self.leaks.push(Leak { taint, reach: Reach::Trace, sink: place, printer: "the trace".to_owned() });
        }
    }
}
