//! The `caulk` binary: arguments → `caulk::run` → exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    caulk::run()
}
