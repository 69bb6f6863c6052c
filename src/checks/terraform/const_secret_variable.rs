//! A constant variable takes a secret, and constants cannot be marked sensitive.

use std::collections::HashMap;

use super::about;
use crate::catalogue::page;
use crate::checks::{Check, Run};
use crate::finding::Findings;
use crate::formats::terraform::Module;
use crate::secrets;
use crate::unit::Unit;

pub(super) static CONST_SECRET_VARIABLE: Check = Check { page: page!("terraform/const-secret-variable"), runs: &[Run::Module(check)] };

/// <https://developer.hashicorp.com/terraform/language/values/variables>
fn check(module: &Unit<Module<'_>>, findings: &mut Findings) {
    let becomes: HashMap<&str, &str> = module.flow().variables.iter().map(|open| (open.name.as_str(), open.sink.as_str())).collect();
    for variable in module.blocks_of("variable").filter(|variable| variable.flag("const") == Some(true)) {
        let name = variable.label(0);
        let why = match becomes.get(name) {
            Some(sink) => format!("becomes `{sink}`"),
            None if secrets::is_secret_name(name) && variable.is_string() => "is named like a secret".to_owned(),
            None => continue,
        };
        let constant = variable.argument("const");
        let message = format!("variable `{name}` {why} and is constant, so it cannot be marked sensitive");
        about(findings, None, (variable, constant.as_ref()), message).help("delete `const` and write `sensitive = true`");
    }
}
