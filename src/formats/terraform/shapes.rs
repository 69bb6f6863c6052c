//! Which keys of `.tf.json` are blocks: <https://developer.hashicorp.com/terraform/language/syntax/json>.
//!
//! Inside resources only the provider's schema tells blocks from maps; there every key is an argument but Terraform's own, and those that
//! checks ask for as blocks.

use crate::syntax::hcl::BlockShape;

const fn shape(kind: &'static str, labels: usize, inner: &'static [BlockShape]) -> BlockShape {
    BlockShape { kind, labels, inner }
}

const CONDITIONS: &[BlockShape] = &[shape("precondition", 0, &[]), shape("postcondition", 0, &[])];

const RESOURCE: &[BlockShape] = &[
    shape("lifecycle", 0, CONDITIONS),
    shape("connection", 0, &[]),
    shape("provisioner", 1, &[shape("connection", 0, &[])]),
    shape("dynamic", 1, &[shape("content", 0, &[])]),
    shape("statement", 0, &[shape("principals", 0, &[]), shape("condition", 0, &[])]),
    shape("condition", 0, &[]),
    shape("inline_policy", 0, &[]),
    shape("access_policy", 0, &[]),
    shape("oidc", 0, &[]),
    shape("versioning", 0, &[]),
    shape("versioning_configuration", 0, &[]),
    shape("encryption", 0, &[]),
    shape("encryption_config", 0, &[]),
    shape("database_encryption", 0, &[]),
    shape("key_management_service", 0, &[]),
    shape("master_auth", 0, &[shape("client_certificate_config", 0, &[])]),
    shape("rotation", 0, &[]),
    shape("rotation_rules", 0, &[]),
];

const SETTINGS: &[BlockShape] = &[
    shape("backend", 1, &[]),
    shape("cloud", 0, &[shape("workspaces", 0, &[])]),
    shape("required_providers", 0, &[]),
    shape("provider_meta", 1, &[]),
    shape(
        "encryption",
        0,
        &[
            shape("key_provider", 2, &[]),
            shape("method", 2, &[]),
            shape("state", 0, &[shape("fallback", 0, &[])]),
            shape("plan", 0, &[shape("fallback", 0, &[])]),
            shape("remote_state_data_sources", 0, &[shape("default", 0, &[]), shape("remote_state_data_source", 1, &[])]),
        ],
    ),
];

/// The blocks at the top of a file.
pub(super) const TOP: &[BlockShape] = &[
    shape("resource", 2, RESOURCE),
    shape("data", 2, RESOURCE),
    shape("ephemeral", 2, RESOURCE),
    shape("module", 1, &[]),
    shape("variable", 1, &[shape("validation", 0, &[])]),
    shape("output", 1, CONDITIONS),
    shape("locals", 0, &[]),
    shape("provider", 1, &[shape("endpoints", 0, &[]), shape("kubernetes", 0, &[])]),
    shape("terraform", 0, SETTINGS),
    shape("moved", 0, &[]),
    shape("variables", 0, &[]),
    shape("run", 1, &[shape("variables", 0, &[]), shape("module", 0, &[]), shape("assert", 0, &[])]),
    shape("import", 0, &[]),
    shape("removed", 0, &[]),
    shape("check", 1, &[shape("data", 2, &[]), shape("assert", 0, &[])]),
];
