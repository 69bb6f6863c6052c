//! `caulk lint`.

use std::path::{Path, PathBuf};

use super::arguments::{Lint, OutputFormat, When};
use super::{Exit, complain, print, settings, told};
use crate::checks::core;
use crate::config::Config;
use crate::discover::{Selection, discover};
use crate::report::{self, Output, Report, TerminalOptions};

pub(super) fn lint(arguments: &Lint) -> Exit {
    let (mut config, exclude) = match settings::of(arguments) {
        Ok(settings) => settings,
        Err(refusal) => return refusal.tell(arguments.color),
    };
    if let Some(exit) = missing(&arguments.paths) {
        return exit;
    }
    let selection = Selection { paths: arguments.paths.clone(), include_ignored: arguments.what.include_ignored, exclude };
    config.excerpts = arguments.format == OutputFormat::Terminal;
    let report = crate::lint::lint(discover(Path::new("."), &selection), &config);
    let mut bytes = Vec::new();
    if report::write(&report, output(arguments), &mut bytes).is_err() {
        complain("the report could not be written");
        return Exit::Failed;
    }
    match print(&bytes) {
        Ok(()) => exit(&report, &config, arguments),
        Err(exit) => exit,
    }
}

/// A path that is not there is a mistake on the command line.
pub(super) fn missing(paths: &[PathBuf]) -> Option<Exit> {
    let gone = |path: &&PathBuf| std::fs::symlink_metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    let missing = paths.iter().find(gone)?;
    complain(&format!("there is no file or directory `{}`", told(&missing.to_string_lossy())));
    Some(Exit::Usage)
}

fn output(arguments: &Lint) -> Output {
    match arguments.format {
        OutputFormat::Terminal => Output::Terminal(terminal(arguments)),
        OutputFormat::Json => Output::Json,
        OutputFormat::Sarif => Output::Sarif,
    }
}

fn terminal(arguments: &Lint) -> TerminalOptions {
    let stdout = std::io::stdout();
    TerminalOptions {
        width: terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0)),
        quiet: arguments.quiet,
        verbose: arguments.verbose,
        ..looks(&stdout, arguments.color)
    }
}

/// Colours and characters for a stream.
pub(super) fn looks<S: anstream::stream::RawStream>(stream: &S, color: When) -> TerminalOptions {
    let color = match color {
        When::Always => true,
        When::Never => false,
        // Knows NO_COLOR, CLICOLOR, TERM=dumb and whether anybody is looking.
        When::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
    };
    TerminalOptions { color, unicode: !stream.is_terminal() || locale_is_utf8(), ..TerminalOptions::default() }
}

/// The first of these that is set decides: <https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html>.
fn locale_is_utf8() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let says_utf8 = |value: &String| value.to_ascii_lowercase().replace('-', "").contains("utf8");
    cfg!(windows) || set.as_ref().is_some_and(says_utf8)
}

/// Order when several hold: 1, 3, 0. Failures of caulk and broken files never make it 1.
fn exit(report: &Report, config: &Config, arguments: &Lint) -> Exit {
    let about_the_run = [core::SYNTAX_ERROR.page.id, core::INTERNAL_ERROR.page.id];
    let fails = config.fail_on.is_some_and(|least| {
        report.open().any(|reported| reported.finding.severity >= least && !about_the_run.contains(&reported.finding.page.id))
    });
    if fails {
        Exit::Findings
    } else if !report.complete() && !arguments.allow_incomplete {
        Exit::Incomplete
    } else {
        Exit::Clean
    }
}
