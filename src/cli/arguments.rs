//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::catalogue::Severity;

/// Finds the leaks in infrastructure code before anyone else does.
#[derive(Parser, Debug)]
#[command(name = "caulk", version, about, propagate_version = true, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Lint files and directories
    Lint(Lint),
    /// Show a check's page
    Explain(Explain),
    /// List every check
    Checks(Checks),
}

#[derive(Args, Debug)]
pub(super) struct Lint {
    /// Files and directories
    #[arg(default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// Format of the report on standard output
    #[arg(long, value_name = "F", default_value = "terminal")]
    pub(super) format: OutputFormat,
    /// Exit with 1 from this severity on
    #[arg(long, value_name = "SEVERITY", default_value = "low")]
    pub(super) fail_on: FailOn,
    /// Show findings from this severity on
    #[arg(long, value_name = "SEVERITY", default_value = "low")]
    pub(super) min_severity: SeverityName,
    /// Run pedantic checks and show `info` findings too
    #[arg(long)]
    pub(super) pedantic: bool,
    /// Run only these checks: an id, a glob over ids, a check's name, family:NAME
    #[arg(long, value_name = "SEL", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Do not run these checks
    #[arg(long, value_name = "SEL", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// Read no caulk.toml (there is none to read yet)
    #[arg(long)]
    pub(super) no_config: bool,
    /// Read git-ignored files too
    #[arg(long, visible_alias = "no-ignore")]
    pub(super) include_ignored: bool,
    /// Exit with 0 although something could not be linted
    #[arg(long)]
    pub(super) allow_incomplete: bool,
    /// Threads; one per core unless given
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(super) jobs: usize,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: When,
    /// Print the findings and nothing else
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Say how each file was read, and show suppressed findings
    #[arg(long, short, conflicts_with = "quiet")]
    pub(super) verbose: bool,
}

#[derive(Args, Debug)]
pub(super) struct Explain {
    /// The id of a check, or its name
    pub(super) id: String,
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
