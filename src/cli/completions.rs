//! `caulk completions`: what a shell reads to complete the arguments.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::arguments::Arguments;
use super::{Exit, print};

pub(super) fn completions(shell: Shell) -> Exit {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "caulk", &mut script);
    print(&script).err().unwrap_or(Exit::Clean)
}
