//! Variables and words: which secrets a value holds.

use super::{Walk, members};
use crate::flow::script::{MAX_TAINTS, Taint, add};
use crate::source::{Place, Span};
use crate::syntax::shell::{Command, Dialect, Expansion, Part, PartKind, ScopeId, ScopeKind, Script, Word};

impl Walk<'_, '_> {
    pub(super) fn assignments(&mut self, command: &Command) {
        // `X=1 cmd`: the variable is for that command alone.
        let declares = ["export", "local", "declare", "readonly", "typeset", "set"];
        let prefix = command.words.first().is_some_and(|word| !declares.contains(&self.script.slice(word.span)));
        if prefix {
            return;
        }
        for assignment in &command.assignments {
            let mut taints = self.words(&assignment.values);
            let name = self.script.slice(assignment.name).to_owned();
            self.says(&name, &assignment.values);
            if assignment.append {
                add(&mut taints, self.variable(&name));
            }
            self.set(command, &name, taints, assignment.name);
        }
    }

    pub(super) fn loop_head(&mut self, command: &Command) {
        let Some((variable, items)) = command.words.split_first() else { return };
        let taints = self.words(items);
        if let Some(name) = self.script.literal(variable) {
            self.says(&name, items);
            self.set(command, &name, taints, variable.span);
        }
    }

    /// Remembers the literal texts that a variable may hold: they may be names of others, or of files.
    fn says(&mut self, name: &str, words: &[Word]) {
        let is_name = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./~*".contains(&byte));
        let texts = words.iter().filter_map(|word| self.script.literal(word)).filter(|text| is_name(text)).take(MAX_TAINTS);
        let texts: Vec<String> = texts.map(std::borrow::Cow::into_owned).collect();
        if texts.is_empty() {
            self.texts.remove(name)
        } else {
            self.texts.insert(name.to_owned(), texts)
        };
    }

    /// Assigns. In a branch the variable may keep what it held.
    pub(super) fn set(&mut self, command: &Command, name: &str, taints: Vec<Taint>, at: Span) {
        let place = self.code.place(at);
        let mut taints: Vec<Taint> = taints.into_iter().map(|taint| taint.through(place)).collect();
        if self.is_conditional(command.scope) {
            taints.extend(self.variable(name));
            taints.truncate(MAX_TAINTS);
        }
        self.keep_fields(&taints, place);
        let key = self.key(name);
        let is_exported = self.dialect != Dialect::Posix || exports(self.script, command);
        if is_exported {
            self.passes(&taints);
        }
        self.state.set(&key, taints, is_exported);
    }

    fn is_conditional(&self, scope: ScopeId) -> bool {
        let mut id = scope;
        while let Some(scope) = self.script.scope(id) {
            if matches!(scope.kind, ScopeKind::If | ScopeKind::Case | ScopeKind::Loop) {
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

    pub(super) fn variable(&self, name: &str) -> Vec<Taint> {
        let key = self.key(name);
        let exact = self.state.variable(&key);
        // The environment as the platform set it keeps its spelling.
        let own = name.get(4..).unwrap_or("");
        if exact.is_empty() && self.dialect == Dialect::PowerShell { self.state.variable(own).to_vec() } else { exact.to_vec() }
    }

    pub(super) fn words(&mut self, words: &[Word]) -> Vec<Taint> {
        words.iter().flat_map(|word| self.word(word)).collect()
    }

    /// The secrets in a word. Operands nest, so this is a loop over a list.
    pub(super) fn word(&mut self, word: &Word) -> Vec<Taint> {
        let mut taints = Vec::new();
        if self.dialect == Dialect::PowerShell
            && let Some((name, span)) = members::variable(self.script, word)
        {
            let at = self.code.place(span);
            taints.extend(self.state.variable(name).iter().map(|taint| taint.clone().at(at)));
        }
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
        let name = self.script.slice(name);
        let held = self.variable(name);
        // What a function or script was given keeps the place where it was given.
        let is_given = matches!(name, "@" | "*") || name.bytes().all(|byte| byte.is_ascii_digit()) || self.is_parameter(name);
        let at = |taint: Taint| if is_given { taint } else { taint.at(at) };
        match op {
            // `${x@Q}` is the value in quotes; of `${x//?/*}` nothing is left.
            Expansion::Changed if change.starts_with('@') => held.into_iter().map(at).collect(),
            // `${x//$'\n'/%0A}` writes line breaks as the runner reads them back from `::add-mask::`.
            Expansion::Changed if ["/%0A", "/%0D", "/%25"].iter().any(|escape| change.contains(escape)) => {
                held.into_iter().map(at).collect()
            }
            Expansion::Changed if change.starts_with("//?/") || change.starts_with("//./") => Vec::new(),
            Expansion::Value | Expansion::Default | Expansion::Required => held.into_iter().map(at).collect(),
            // `${@:2}` picks arguments, not characters.
            // `$args[0]` is one of them.
            Expansion::Changed if self.dialect == Dialect::PowerShell && name.eq_ignore_ascii_case("args") => held,
            Expansion::Changed if matches!(name, "@" | "*") && change.starts_with(':') => held,
            Expansion::Changed => held.iter().map(|taint| at(self.state.changed(taint, "the shell"))).collect(),
            // `${!name}` is what the variable holds whose name `name` holds; of `${!name@}` it is the names.
            Expansion::Indirect if !change.contains(['@', '*']) => {
                let names = self.texts.get(name).cloned().unwrap_or_default();
                names.iter().flat_map(|name| self.variable(name)).map(at).collect()
            }
            Expansion::Length | Expansion::Alternative | Expansion::Indirect => Vec::new(),
        }
    }
}

/// Whether a command gives its variables to the programs that the script runs.
fn exports(script: &Script<'_>, command: &Command) -> bool {
    let mut words = command.words.iter().map(|word| script.slice(word.span));
    match words.next() {
        Some("export") => true,
        Some("declare" | "typeset") => words.any(|word| word.starts_with('-') && word.contains('x')),
        _ => false,
    }
}
