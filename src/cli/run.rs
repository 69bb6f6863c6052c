//! `caulk lint`.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::arguments::{Lint, OutputFormat, ReportFile, When, Which};
use super::file::replace;
use super::settings::Refusal;
use super::{Exit, complain, print, settings, told};
use crate::checks::core;
use crate::config::Config;
use crate::discover::{MAX_BYTES, Revision, Selected, Selection, Snapshot, discover, is_git_data, staged};
use crate::report::gitlab::Times;
use crate::report::{self, Output, Report, TerminalOptions};

pub(super) fn lint(arguments: &Lint) -> Exit {
    if let Some(exit) = overwritten(arguments) {
        return exit;
    }
    let (mut config, selected) = match asked(arguments) {
        Ok(Ok(asked)) => asked,
        Ok(Err(exit)) => return exit,
        Err(refusal) => return refusal.tell(arguments.color),
    };
    // Only the boxes of the terminal quote the files.
    let formats = || arguments.report.iter().map(|report| report.format).chain([arguments.format]);
    config.excerpts = formats().any(|format| format == OutputFormat::Terminal && !arguments.quiet);
    let start = seconds();
    let report = crate::lint::lint(selected, &config);
    let times = Times { start, end: seconds() };
    let unwritten = arguments.report.iter().filter(|file| !write(&report, file, times)).count();
    let mut bytes = Vec::new();
    if report::write(&report, output(arguments.format, terminal(arguments), times), &mut bytes).is_err() {
        complain("the report could not be written");
        return Exit::Failed;
    }
    match print(&bytes) {
        Ok(()) if unwritten == 0 => exit(&report, &config, &arguments.which),
        Ok(()) => Exit::Failed,
        Err(exit) => exit,
    }
}

/// The settings of the run and what it reads, from disk or from the index.
fn asked(arguments: &Lint) -> Result<Result<(Config, Selected), Exit>, Refusal> {
    let is_input = |path: &&PathBuf| path.as_os_str() == "-";
    let given = match standard_input(arguments, arguments.paths.iter().any(|path| is_input(&path))) {
        Ok(given) => given,
        Err(exit) => return Ok(Err(exit)),
    };
    let start = settings::start().unwrap_or_default();
    let index = if arguments.staged { Some(Arc::new(Snapshot::of_index(&start)?)) } else { None };
    let trusted = arguments.config_from.as_ref().map(|name| Revision::at(&start, name)).transpose()?.map(Arc::new);
    let (mut config, exclude) =
        settings::of(&arguments.which, &arguments.what, trusted.as_ref().map(|it| it.snapshot()).or(index.as_deref()))?;
    config.newer = trusted.as_ref().map(|_| Arc::new(settings::newer(arguments, index.as_deref())));
    let paths: Vec<PathBuf> = arguments.paths.iter().filter(|path| !is_input(path)).cloned().collect();
    let there = |path: &Path| index.as_ref().is_some_and(|index| index.has_argument(&start, path));
    let on_disk: Vec<PathBuf> = paths.iter().filter(|path| !there(path)).cloned().collect();
    if let Some(exit) = missing(&on_disk) {
        return Ok(Err(exit));
    }
    let selection = Selection { paths, include_ignored: arguments.what.include_ignored, exclude, given };
    let mut selected = match &index {
        Some(index) => staged(&start, &selection, index)?,
        None => discover(Path::new("."), &selection),
    };
    selected.trusted = trusted;
    selected.since = arguments.diff.as_ref().map(|name| Revision::shared_with(&start, name)).transpose()?.map(Arc::new);
    if let Some(base) = selected.since.as_ref().filter(|base| base.is_apart) {
        let name = told(&base.name);
        complain(&format!("this clone does not reach back to where `{name}` and HEAD part; the files are compared with `{name}` itself"));
    }
    Ok(Ok((config, selected)))
}

/// The text of standard input under its name, if it is asked for.
fn standard_input(arguments: &Lint, is_asked: bool) -> Result<Option<(PathBuf, Vec<u8>)>, Exit> {
    let mistake = match (is_asked, arguments.staged, &arguments.stdin_path) {
        (false, _, Some(_)) => "`--stdin-path` names what standard input is read as: write `-` among the paths",
        (true, true, _) => "`-` reads standard input, and `--staged` the index",
        (false, ..) => return Ok(None),
        (true, ..) => {
            let (mut bytes, most) = (Vec::new(), MAX_BYTES);
            let read = std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes);
            if read.is_ok() && bytes.len() as u64 <= most {
                return Ok(Some((arguments.stdin_path.clone().unwrap_or_else(|| "-".into()), bytes)));
            }
            complain(if read.is_ok() { "standard input is larger than 512 MB" } else { "standard input cannot be read" });
            return Err(Exit::Failed);
        }
    };
    complain(mistake);
    Err(Exit::Usage)
}

/// Writes a report to its file, or says that it could not.
fn write(report: &Report, file: &ReportFile, times: Times) -> bool {
    let mut bytes = Vec::new();
    let looks = TerminalOptions { unicode: true, ..TerminalOptions::default() };
    let written = report::write(report, output(file.format, looks, times), &mut bytes).and_then(|()| replace(&file.path, &bytes));
    if let Err(error) = &written {
        let why = match error.kind() {
            // A file that is written need not be there.
            ErrorKind::NotFound => "there is no such folder".to_owned(),
            kind => kind.to_string(),
        };
        complain(&format!("`{}` could not be written: {why}", told(&file.path.to_string_lossy())));
    }
    written.is_ok()
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A path that is not there is a mistake on the command line, and so is one below which nothing was written by people: "no findings"
/// would be said of a repository that nobody looked at.
pub(super) fn missing(paths: &[PathBuf]) -> Option<Exit> {
    let gone = |path: &PathBuf| std::fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let mistake = paths.iter().find_map(|path| {
        let shown = told(&path.to_string_lossy());
        if gone(path) {
            return Some(format!("there is no file or directory `{shown}`"));
        }
        let is_bare = is_git_data(path) && !path.join(".git").exists();
        is_bare.then(|| format!("`{shown}` is a bare repository: it holds no files to lint, but `git worktree add` makes a folder of them"))
    })?;
    complain(&mistake);
    Some(Exit::Usage)
}

/// A report in the place of another report, or of a file that is linted, is a mistake on the command line.
fn overwritten(arguments: &Lint) -> Option<Exit> {
    let mut taken: Vec<(PathBuf, &str)> = arguments.paths.iter().filter_map(|path| Some((file_of(path)?, "is linted"))).collect();
    for ReportFile { path, .. } in &arguments.report {
        let Some(file) = file_of(path) else { continue };
        if let Some((_, why)) = taken.iter().find(|(known, _)| *known == file) {
            complain(&format!("`--report` would write to `{}`, which {why}", told(&path.to_string_lossy())));
            return Some(Exit::Usage);
        }
        taken.push((file, "another `--report` names too"));
    }
    None
}

/// The file that a path leads to, if it is one or may become one. Devices and pipes take several texts.
fn file_of(path: &Path) -> Option<PathBuf> {
    match std::fs::metadata(path) {
        Ok(known) if !known.is_file() => None,
        Ok(_) => path.canonicalize().ok(),
        Err(_) => Some(path.parent().map_or(Path::new("."), or_here).canonicalize().ok()?.join(path.file_name()?)),
    }
}

fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

fn output(format: OutputFormat, looks: TerminalOptions, times: Times) -> Output {
    match format {
        OutputFormat::Terminal => Output::Terminal(looks),
        OutputFormat::Json => Output::Json,
        OutputFormat::Sarif => Output::Sarif,
        OutputFormat::Github => Output::Github,
        OutputFormat::Markdown => Output::Markdown,
        OutputFormat::GitlabCodequality => Output::GitlabCodeQuality,
        OutputFormat::GitlabSecretDetection => Output::GitlabSecretDetection(times),
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
pub(super) fn exit(report: &Report, config: &Config, which: &Which) -> Exit {
    let about_the_run = [core::SYNTAX_ERROR.page.id, core::INTERNAL_ERROR.page.id];
    let fails = config.fail_on.is_some_and(|least| {
        report.open().any(|reported| reported.finding.severity >= least && !about_the_run.contains(&reported.finding.page.id))
    });
    if fails {
        Exit::Findings
    } else if !report.complete() && !which.allow_incomplete {
        Exit::Incomplete
    } else {
        Exit::Clean
    }
}
