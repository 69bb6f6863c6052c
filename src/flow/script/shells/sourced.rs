//! Functions of files that a script sources: `. lib.sh`, `Import-Module ./lib.psm1`.

use std::sync::Arc;

use super::{MAX_DEPTH, Walk};
use crate::flow::script::{Code, Language};
use crate::source::{Source, Text};
use crate::syntax::shell::{self, Command, Dialect, Invocation};

/// So many files are remembered.
const MAX_SOURCED: usize = 16;

impl Walk<'_, '_> {
    pub(super) fn remember_functions(&mut self, source: &Arc<Source>) {
        if self.sourced.len() < MAX_SOURCED && self.sourced.iter().all(|known| known.id != source.id) {
            self.sourced.push(Arc::clone(source));
        }
    }

    /// Runs a function that a sourced file defines, the last one of this name; says whether there is one.
    pub(super) fn call_sourced(&mut self, command: &Command, invocation: &Invocation<'_>) -> bool {
        let name = &*invocation.name;
        let found = self.sourced.iter().rev().find(|source| defines(&source.text, name)).cloned();
        let Some(source) = found.filter(|source| self.state.fuel >= source.text.len()) else { return false };
        let depth = self.depth + 1 + self.calls.len();
        if depth >= MAX_DEPTH {
            return true;
        }
        self.state.fuel -= source.text.len();
        let script = shell::parse(&source.text, self.dialect, &[]);
        let text = Text::plain(&source.text, 0);
        let here = self.here();
        let language = Language::Shell(self.dialect);
        let code = Code { text: &text, source: source.id, language, opaque: &[], holes: &[], trace: None, here: &here, ..*self.code };
        let Some((parameters, body)) = super::calls::Order::new(&script, self.dialect).function(name, self.dialect) else { return false };
        let is_powershell = self.dialect == Dialect::PowerShell;
        let by_name = if is_powershell { self.given_by_name(&parameters, invocation.args) } else { Vec::new() };
        let given = invocation.args.iter().filter(|_| !is_powershell).map(|arg| self.word(arg)).collect();
        let by_place = self.given(given);
        let leaks = {
            let mut walk = Walk::new(&script, self.dialect, &code, &mut *self.state, depth);
            walk.all(&body);
            walk.leaks
        };
        self.restore(by_place);
        by_name.into_iter().for_each(|(name, taints)| self.state.bind(&name, taints));
        let printed = self.out_of_file(command, leaks);
        self.emit(command, invocation, printed);
        true
    }
}

/// Whether a text may define a function of this name.
fn defines(text: &str, name: &str) -> bool {
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + name.len()..]);
            let line = before.rsplit('\n').next().unwrap_or("").trim_start().to_ascii_lowercase();
            line.starts_with("function ") || (line.is_empty() && after.trim_start().starts_with('('))
        })
}
