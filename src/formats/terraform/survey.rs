//! What one file says of other modules of the repository: which it calls, and where state is kept.

use std::sync::Arc;

use super::{Argument, Backend, Block, ParsedFile, child_directory, directory_of};
use crate::source::Source;

/// What a file says of others.
#[derive(Default)]
pub struct Survey {
    /// The directories of the modules that it calls by a local path, from the repository's root.
    pub calls: Vec<String>,
    /// Buckets and storage accounts that state is kept in, where they are named.
    pub stores: Vec<String>,
}

/// The arguments of backends that name one: <https://developer.hashicorp.com/terraform/language/backend>.
pub const STORES: &[&str] = &["bucket", "storage_account_name"];

/// Reads a file of modules, of backend settings (`*.tfbackend`) or of Terragrunt. `path` begins at the repository's root.
#[must_use]
pub fn survey(path: &str, text: &str) -> Survey {
    let mut survey = Survey::default();
    if !text.contains("./") && STORES.iter().all(|name| !text.contains(name)) {
        return survey;
    }
    let source = Source { path: path.to_owned(), root_path: path.to_owned(), text: text.to_owned(), ..Source::default() };
    let file = ParsedFile::new(Arc::new(source));
    let directory = directory_of(&file.source);
    for block in file.body().blocks().map(|block| Block::new(&file.source, block)) {
        let backends = match block.kind() {
            "module" => {
                let called = block.text("source").and_then(|source| child_directory(directory, source.as_str()));
                survey.calls.extend(called);
                continue;
            }
            "remote_state" => Backend::configured(block).into_iter().collect(),
            _ => Backend::of(block),
        };
        survey.stores.extend(backends.iter().flat_map(|backend| STORES.iter().filter_map(|name| backend.text(name))));
    }
    if path.ends_with(".tfbackend") {
        let arguments = file.body().attributes().map(|attribute| Argument::of(&file.source, attribute));
        let named = arguments.filter(|argument| STORES.contains(&argument.name()));
        survey.stores.extend(named.filter_map(|argument| Some(argument.text()?.as_str().to_owned())));
    }
    survey
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_calls_are_found() {
        let text =
            "module \"a\" {\n  source = \"../a\"\n}\nmodule \"b\" {\n  source = \"./b/\"\n}\nmodule \"c\" {\n  source = \"x/y/z\"\n}\n";
        assert_eq!(survey("live/main.tf", text).calls, ["a", "live/b"]);
        assert_eq!(survey("main.tf", text).calls, ["b"]);
    }

    #[test]
    fn stores_are_found_in_every_spelling() {
        let backend = "terraform {\n  backend \"s3\" {\n    bucket = \"a\"\n  }\n}\n";
        let terragrunt = "remote_state {\n  backend = \"azurerm\"\n  config = {\n    storage_account_name = \"b\"\n  }\n}\n";
        assert_eq!(survey("main.tf", backend).stores, ["a"]);
        assert_eq!(survey("terragrunt.hcl", terragrunt).stores, ["b"]);
        assert_eq!(survey("prod.tfbackend", "bucket = \"c\"\nkey = \"k\"\n").stores, ["c"]);
        assert!(survey("main.tf", "terraform {\n  backend \"s3\" {\n    bucket = var.x\n  }\n}\n").stores.is_empty());
    }
}
