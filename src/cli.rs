//! Flags and subcommands. What a run means stands in `lint`; this room turns arguments into it and its report into an exit code.

mod arguments;
mod baseline;
mod completions;
mod detectors;
mod explain;
mod file;
mod fix;
mod list;
mod page;
mod run;
mod settings;
mod why;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

use crate::report::escape::{guard_lines, visible};
use crate::secrets::{Custom, scrub};

/// The exit codes, the same in every format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Complete, nothing at or above `--fail-on`.
    Clean,
    /// Findings at or above `--fail-on`.
    Findings,
    /// Usage or configuration error.
    Usage,
    /// Nothing at or above `--fail-on`, but something that should have been linted was not, or only in part.
    Incomplete,
    /// The run failed, or a report could not be written.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
            Exit::Failed => 4,
        })
    }
}

/// Runs the program on the process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    // A panic's message may quote a file. The fence turns panics into findings; whatever escapes it says only where.
    std::panic::set_hook(Box::new(|info| {
        if std::env::var_os("CAULK_SHOW_PANICS").is_some() {
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(io::stderr(), "caulk: internal failure at {place}");
        }
    }));
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            return refused(&error).into();
        }
    };
    let done = std::panic::catch_unwind(|| match &arguments.command {
        Command::Lint(lint) => match &lint.why {
            Some(place) => why::why(place, lint),
            None => run::lint(lint),
        },
        Command::Fix(fix) => fix::fix(fix),
        Command::Baseline(baseline) => baseline::baseline(baseline),
        Command::Explain(explain) => explain::explain(&explain.id),
        Command::Checks(checks) => list::checks(checks.format),
        Command::Detectors(list) => detectors::detectors(list.format),
        Command::Completions(it) => completions::completions(it.shell),
    });
    done.unwrap_or(Exit::Failed).into()
}

/// Help and versions go to standard output as they are. What clap says of a mistake quotes the arguments.
fn refused(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        return match error.print() {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                complain("standard output cannot be written");
                Exit::Failed
            }
            _ => Exit::Clean,
        };
    }
    let text: Vec<String> = error.render().to_string().lines().map(told).collect();
    let _ = writeln!(io::stderr(), "{}", guard_lines(&text.join("\n")));
    Exit::Usage
}

/// Something that was typed, for a message: a secret in it is not said again, and nothing of it commands a terminal.
fn told(typed: &str) -> String {
    visible(&scrub(typed, &Custom::default())).into_owned()
}

/// A message about the run, on standard error.
fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "caulk: {message}");
}

/// Writes to standard output. A closed pipe ends quietly; any other failure is the run's.
fn print(text: &[u8]) -> Result<(), Exit> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain("standard output cannot be written");
            Err(Exit::Failed)
        }
        _ => Ok(()),
    }
}
