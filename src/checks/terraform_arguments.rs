//! What the checks of GitHub Actions and GitLab CI share: what is said of a secret that is an argument of Terraform.

use crate::flow::script::{Leak, Origin, Reach};

/// Where such secrets end up.
pub(super) const REACH: [Reach; 2] = [Reach::TerraformVariable, Reach::TerraformBackend];

/// The message and the help.
pub(super) fn said(leak: &Leak, origin: &Origin) -> (String, &'static str) {
    let (what, program) = (leak.what(origin), &leak.printer);
    match leak.reach {
        Reach::TerraformBackend => (
            format!("{what} is an argument of `{program}`, which writes it to `.terraform` and into every plan"),
            "let the backend read its key from the environment: `AWS_SECRET_ACCESS_KEY`, `ARM_ACCESS_KEY`, `TF_HTTP_PASSWORD`",
        ),
        _ => (
            format!("{what} is an argument of `{program}`, which every process of the machine can read and error messages repeat"),
            "give the variable by the environment: `TF_VAR_db_password`",
        ),
    }
}
