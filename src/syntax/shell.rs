//! Shell scripts: `run:` blocks, `script:` lists, `command:` strings. Text → commands, words and where their output goes.
//!
//! A script is flat: commands in source order, each with the scope (group, loop, substitution …) it stands in. Nothing nests in
//! memory, so nothing recurses, not even dropping. All spans count from the start of the text given to [`parse`].
//!
//! The parser is tolerant: CI scripts hold template holes and shells of every kind, so it never rejects, it only reads what it
//! can and keeps going. It takes the *opaque* ranges of the caller (`${{ … }}`, `$[[ … ]]`) as one word part each and never
//! looks at the bytes under them: the platform replaces them before any shell sees the script, inside quotes too.
//!
//! # Not covered
//!
//! - Aliases, history expansion, `{fd}>` redirections; `\`` inside backticks is a character, not a nested substitution.
//! - Control flow: the branches of `if` and `case` are all there, in order, and nobody says which one runs.
//! - PowerShell and cmd are read as far as printing and assigning goes: no types, no script blocks as values.

mod arguments;
mod begin;
mod clients;
mod cmd;
mod expansion;
mod folders;
mod heredoc;
mod literals;
mod operators;
mod parser;
mod powershell;
mod read;
mod redirect;
mod resolve;
#[cfg(test)]
mod tests;
mod tree;
mod word;

use crate::source::Span;

pub use folders::{folders, joined, outward, shell_around};
pub use literals::{Named, literals};
pub use read::{Invocation, Piece, handed_on};
pub use tree::*;

/// Which grammar a script is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dialect {
    /// sh, bash, dash, ash, zsh, ksh.
    #[default]
    Posix,
    /// Windows PowerShell and pwsh.
    PowerShell,
    /// cmd.exe batch.
    Cmd,
}

/// Reads a script. `opaque` are sorted, disjoint ranges whose text is not shell; part `Opaque(i)` stands for the i-th.
#[must_use]
pub fn parse<'a>(text: &'a str, dialect: Dialect, opaque: &[Span]) -> Script<'a> {
    match dialect {
        Dialect::Posix => parser::parse(text, opaque),
        Dialect::PowerShell => powershell::parse(text, opaque),
        Dialect::Cmd => cmd::parse(text, opaque),
    }
}
