//! caulk finds the leaks in infrastructure code before anyone else does.
//!
//! One way through the house, left to right; no stage asks an earlier one again:
//!
//! ```text
//!  paths ─discover→ Source ─syntax→ tree ─formats→ view ─unit→ verdicts, flow ─checks→ Findings ─suppress→ Report ─report→ bytes
//! ```
//!
//! | room | is |
//! |---|---|
//! | [`discover`] | paths → what to read |
//! | [`source`] | text, spans, decoded strings that remember their places |
//! | [`syntax`] | text → trees of ranges: YAML, JSON, HCL, shell, expressions |
//! | [`literal`] | what formats hand to the engine: literals with names and roles |
//! | [`formats`] | trees → typed views, one per kind of file |
//! | [`secrets`] | the engine that decides whether a literal is a secret |
//! | [`flow`] | where a secret travels inside a script or a module |
//! | [`mod@unit`] | a view with what several checks need, computed once |
//! | [`checks`] | one small function per page of `checks/` |
//! | [`catalogue`] | the pages: truth, test, documentation, SARIF help |
//! | [`finding`] | the only way out of a check |
//! | [`fix`] | findings → the smallest change of the file |
//! | [`suppress`] | comments and tags that silence findings |
//! | [`config`] | what a run is asked to do; `caulk.toml` |
//! | [`lint`] | the pipeline, parallel and fenced |
//! | [`report`] | terminal, JSON, SARIF, GitHub, GitLab, Markdown |
//! | [`cli`] | flags, subcommands, exit codes |
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod checks;
pub mod cli;
pub mod config;
pub mod discover;
pub mod finding;
pub mod fix;
pub mod flow;
pub mod formats;
pub mod lint;
pub mod literal;
pub mod report;
pub mod secrets;
pub mod source;
pub mod suppress;
pub mod syntax;
pub mod unit;

pub use cli::run;
pub use lint::lint_tree;
