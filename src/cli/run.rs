//! `caulk lint`.

use std::io::IsTerminal;
use std::path::Path;

use super::arguments::{Lint, OutputFormat, When};
use super::{Exit, complain, print, told};
use crate::checks::{self, core};
use crate::config::{Config, Selector};
use crate::discover::{Selection, discover};
use crate::report::{self, Output, Report, TerminalOptions};

/// More threads than any machine has cores help nobody, and the system may refuse them.
const MAX_JOBS: usize = 256;

pub(super) fn lint(arguments: &Lint) -> Exit {
    let config = match config(arguments) {
        Ok(config) => config,
        Err(message) => {
            complain(&message);
            return Exit::Usage;
        }
    };
    if let Some(missing) =
        arguments.paths.iter().find(|path| std::fs::symlink_metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound))
    {
        complain(&format!("there is no file or directory `{}`", told(&missing.to_string_lossy())));
        return Exit::Usage;
    }
    let selection = Selection { paths: arguments.paths.clone(), include_ignored: arguments.include_ignored };
    let report = crate::lint::lint(discover(Path::new("."), &selection), &config);
    let mut bytes = Vec::new();
    if report::write(&report, output(arguments), &mut bytes).is_err() {
        complain("the report could not be written");
        return Exit::Failed;
    }
    match print(&bytes) {
        Ok(()) => exit(&report, arguments),
        Err(exit) => exit,
    }
}

fn config(arguments: &Lint) -> Result<Config, String> {
    let pages = || checks::all().map(|check| &check.page);
    let parse = |list: &[String]| -> Result<Vec<Selector>, String> {
        list.iter()
            .map(|text| {
                Selector::parse(text, pages()).map_err(|unknown| {
                    let hint = unknown.nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
                    format!("`{}` selects no check{hint} (`caulk checks` lists them)", told(&unknown.given))
                })
            })
            .collect()
    };
    Ok(Config {
        min_severity: arguments.min_severity.severity(),
        pedantic: arguments.pedantic,
        only: parse(&arguments.only)?,
        skip: parse(&arguments.skip)?,
        jobs: arguments.jobs.min(MAX_JOBS),
        ..Config::default()
    })
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
    let color = match arguments.color {
        When::Always => true,
        When::Never => false,
        // Knows NO_COLOR, CLICOLOR, TERM=dumb and whether anybody is looking.
        When::Auto => anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
    };
    TerminalOptions {
        width: terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0)),
        color,
        unicode: !stdout.is_terminal() || locale_is_utf8(),
        quiet: arguments.quiet,
        verbose: arguments.verbose,
    }
}

/// The first of these that is set decides: <https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html>.
fn locale_is_utf8() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let says_utf8 = |value: &String| value.to_ascii_lowercase().replace('-', "").contains("utf8");
    cfg!(windows) || set.as_ref().is_some_and(says_utf8)
}

/// Order when several hold: 1, 3, 0. Failures of caulk and broken files never make it 1.
fn exit(report: &Report, arguments: &Lint) -> Exit {
    let about_the_run = [core::SYNTAX_ERROR.page.id, core::INTERNAL_ERROR.page.id];
    let fails = arguments.fail_on.severity().is_some_and(|least| {
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
