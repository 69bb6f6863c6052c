//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::catalogue::{Confidence, Severity};

/// Headings of the options.
const READ: &str = "What is read";
const COUNTS: &str = "What counts";
const TOLD: &str = "How it is told";

/// What a first look at the program should teach.
const EXAMPLES: &str = "\
Examples:
  caulk lint                        everything here that git would commit
  caulk fix --diff                  what could be mended, before anything is
  caulk explain secret-in-log       why a finding matters, with examples
  caulk baseline                    accept what is there today, and see only what is new

Exit codes: 0 nothing found, 1 findings, 2 wrong arguments or caulk.toml, 3 something could not be linted, 4 the run failed";

const LINT_EXAMPLES: &str = "\
Examples:
  caulk lint infra .github              two folders
  caulk lint --only 'notebook/*'        some checks
  caulk lint --report sarif=c.sarif     a file for code scanning as well
  caulk lint --staged                   what the next commit holds: for a hook
  caulk lint --diff origin/main         what a branch brings
  caulk lint --why infra/main.tf:12     why a line was or was not reported
  caulk lint --stdin-path main.tf -     what an editor holds, on standard input";

const BASELINE_EXAMPLES: &str = "\
Examples:
  caulk baseline                  accept what is there today; commit the file
  caulk baseline infra            drop what is mended in a folder, and keep the rest
  caulk lint --no-suppressions    see what it accepts";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  caulk explain secret-in-output          the checks of this name
  caulk explain terraform/backend-local   one of them
  caulk explain secrets/github            the tokens of a provider";

const FIX_EXAMPLES: &str = "\
Examples:
  caulk fix --diff                        look first; secrets are masked
  caulk fix --only secret-in-output       clear the outputs of notebooks that show a secret
  caulk fix --unsafe compose.yaml         literals become references too

A token that stood in a file is known to whoever has read it: revoke it as well.";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  caulk completions bash > ~/.local/share/bash-completion/completions/caulk
  caulk completions zsh > \"${fpath[1]}/_caulk\"
  caulk completions fish > ~/.config/fish/completions/caulk.fish";

/// Finds the leaks in infrastructure code before anyone else does.
#[derive(Parser, Debug)]
#[command(name = "caulk", version, about, propagate_version = true, disable_help_subcommand = true, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Lint files and directories
    #[command(after_help = LINT_EXAMPLES)]
    Lint(Lint),
    /// Mend what has a safe fix
    #[command(after_help = FIX_EXAMPLES)]
    Fix(Fix),
    /// Accept today's findings: write caulk.baseline
    #[command(after_help = BASELINE_EXAMPLES)]
    Baseline(Baseline),
    /// Show the page of a check or of a token format
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// List every check
    Checks(Checks),
    /// List every token format, by provider
    Detectors(Checks),
    /// Write what a shell needs to complete the arguments
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
}

#[derive(Args, Debug)]
pub(super) struct Lint {
    /// Files and directories; `-` is standard input
    #[arg(default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// The file that standard input is read as: its name tells the format, its place the context
    #[arg(long, value_name = "NAME", help_heading = READ)]
    pub(super) stdin_path: Option<PathBuf>,
    /// Format of the report on standard output
    #[arg(long, value_name = "F", default_value = "terminal", help_heading = TOLD)]
    pub(super) format: OutputFormat,
    /// Write a report of the same run in this format to this file too; repeatable
    #[arg(long, value_name = "F=FILE", value_parser = report_file, help_heading = TOLD)]
    pub(super) report: Vec<ReportFile>,
    #[command(flatten)]
    pub(super) which: Which,
    /// Lint what is staged, as the next commit will hold it, and report files that the commit changes
    #[arg(long, conflicts_with = "why", help_heading = READ)]
    pub(super) staged: bool,
    /// Report only what was changed since this branch and HEAD parted: findings on changed lines, and those that were not there before
    #[arg(long, value_name = "REF", conflicts_with = "why", help_heading = COUNTS)]
    pub(super) diff: Option<String>,
    /// Take caulk.toml, caulk.baseline and suppressions in files only as this commit has them
    #[arg(long, value_name = "REF", conflicts_with_all = ["config", "no_config", "baseline", "why"], help_heading = COUNTS)]
    pub(super) config_from: Option<String>,
    #[command(flatten)]
    pub(super) what: What,
    /// Tell how each literal of a line was judged, and why, without showing it
    #[arg(long, value_name = "PATH:LINE", help_heading = TOLD)]
    pub(super) why: Option<String>,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = TOLD)]
    pub(super) color: When,
    /// Print the findings and nothing else
    #[arg(long, short, help_heading = TOLD)]
    pub(super) quiet: bool,
    /// Say how each file was read, and show suppressed findings
    #[arg(long, short, conflicts_with = "quiet", help_heading = TOLD)]
    pub(super) verbose: bool,
}

/// Which findings count.
#[derive(Args, Debug)]
#[command(next_help_heading = COUNTS)]
pub(super) struct Which {
    /// Exit with 1 from this severity on: info, low, medium, high, critical, never [default: low]
    #[arg(long, value_name = "SEVERITY", hide_possible_values = true)]
    pub(super) fail_on: Option<FailOn>,
    /// Show findings from this severity on: info, low, medium, high, critical [default: low]
    #[arg(long, value_name = "SEVERITY", hide_possible_values = true)]
    pub(super) min_severity: Option<SeverityName>,
    /// Show findings that caulk is at least so sure of: low, medium, high, certain [default: low]
    #[arg(long, value_name = "CONFIDENCE", hide_possible_values = true)]
    pub(super) min_confidence: Option<ConfidenceName>,
    /// Run pedantic checks and show `info` findings too
    #[arg(long)]
    pub(super) pedantic: bool,
    /// Run only these checks: an id, a glob over ids, a check's name, family:NAME
    #[arg(long, value_name = "SEL", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Do not run these checks
    #[arg(long, value_name = "SEL", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// Accept the findings of this file, not of the caulk.baseline here or above
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Show what comments, cell tags, caulk.toml and the baseline suppress
    #[arg(long)]
    pub(super) no_suppressions: bool,
    /// Exit with 0 although something could not be linted
    #[arg(long)]
    pub(super) allow_incomplete: bool,
}

/// What is read, and by which rules.
#[derive(Args, Debug)]
#[command(next_help_heading = READ)]
pub(super) struct What {
    /// Do not read files that match, unless they are named: a name, a folder, a path with `*` and `**`
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Read git-ignored files too
    #[arg(long, visible_alias = "no-ignore")]
    pub(super) include_ignored: bool,
    /// Take the configuration from this file, not from the caulk.toml here or above
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Read no caulk.toml and no caulk.baseline
    #[arg(long)]
    pub(super) no_config: bool,
    /// Threads; one per core unless given
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(super) jobs: usize,
}

#[derive(Args, Debug)]
pub(super) struct Fix {
    /// Files and directories
    #[arg(default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// Make the changes too after which something that reads the file may fail
    #[arg(long = "unsafe")]
    pub(super) with_unsafe: bool,
    /// Show what would change, with secrets masked, and change nothing
    #[arg(long)]
    pub(super) diff: bool,
    #[command(flatten)]
    pub(super) which: Which,
    #[command(flatten)]
    pub(super) what: What,
}

#[derive(Args, Debug)]
pub(super) struct Baseline {
    /// Files and directories; entries for others are kept
    #[arg(default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// Write this file, not the caulk.baseline here or above
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(super) what: What,
}

#[derive(Args, Debug)]
pub(super) struct Explain {
    /// The id of a check, its name, or the id of a token format
    pub(super) id: String,
}

#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub(super) struct Checks {
    /// Format of the list
    #[arg(long, value_name = "F", default_value = "terminal")]
    pub(super) format: ListFormat,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum OutputFormat {
    Terminal,
    Json,
    Sarif,
    Github,
    Markdown,
    GitlabCodequality,
    GitlabSecretDetection,
}

/// A report beside the one on standard output.
#[derive(Clone, Debug)]
pub(super) struct ReportFile {
    pub(super) format: OutputFormat,
    pub(super) path: PathBuf,
}

fn report_file(typed: &str) -> Result<ReportFile, String> {
    let (format, path) =
        typed.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or("write a format, `=` and a file: `json=caulk.json`")?;
    let known: Vec<String> =
        OutputFormat::value_variants().iter().filter_map(|it| Some(it.to_possible_value()?.get_name().to_owned())).collect();
    let format = OutputFormat::from_str(format, false).map_err(|_| format!("the formats are {}", known.join(", ")))?;
    Ok(ReportFile { format, path: path.into() })
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ListFormat {
    Terminal,
    Json,
    Markdown,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SeverityName {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ConfidenceName {
    Low,
    Medium,
    High,
    Certain,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FailOn {
    Info,
    Low,
    Medium,
    High,
    Critical,
    Never,
}

impl SeverityName {
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Info => Severity::Info,
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
        }
    }
}

impl ConfidenceName {
    pub(super) fn confidence(self) -> Confidence {
        match self {
            Self::Low => Confidence::Low,
            Self::Medium => Confidence::Medium,
            Self::High => Confidence::High,
            Self::Certain => Confidence::Certain,
        }
    }
}

impl FailOn {
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Info => Some(Severity::Info),
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Critical => Some(Severity::Critical),
            Self::Never => None,
        }
    }
}
