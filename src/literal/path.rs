//! Logical paths: where in a document's own structure something stands.
//!
//! Segments are `.key`, `['odd.key']`, `[n]`; what was decoded from a string continues after ` → `.

/// A logical path in two spellings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LogicalPath {
    /// What people read: `jobs.deploy.steps[2].run`.
    pub shown: String,
    /// What fingerprints are made of: names, ids and addresses instead of an index where the item has one.
    pub stable: String,
}

impl LogicalPath {
    /// A path whose two spellings are the same.
    #[must_use]
    pub fn same(path: impl Into<String>) -> Self {
        let shown = path.into();
        Self { stable: shown.clone(), shown }
    }

    /// The path of something decoded from what stands at this path.
    #[must_use]
    pub fn then(&self, inner: &str) -> Self {
        if inner.is_empty() {
            return self.clone();
        }
        Self { shown: format!("{} → {inner}", self.shown), stable: format!("{} → {inner}", self.stable) }
    }
}

/// Builds a path segment by segment.
#[derive(Clone, Debug, Default)]
pub struct PathBuilder {
    path: LogicalPath,
}

impl PathBuilder {
    /// Starts with an address that is written as it is (`Secret/db`, `aws_db_instance.main`, `cells[id]`).
    #[must_use]
    pub fn root(address: impl Into<String>) -> Self {
        Self { path: LogicalPath::same(address) }
    }

    /// `.key`, or `['odd.key']` where the key is not a word of letters, digits, `_` and `-`.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        let segment = key_segment(key, self.path.shown.is_empty());
        self.path.shown.push_str(&segment);
        self.path.stable.push_str(&segment);
        self
    }

    /// `[n]`, counted from 0.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        let segment = format!("[{index}]");
        self.path.shown.push_str(&segment);
        self.path.stable.push_str(&segment);
        self
    }

    /// `[n]` that people read; `[name]` for the fingerprint where the item has a name or id of its own.
    #[must_use]
    pub fn item(mut self, index: usize, name: Option<&str>) -> Self {
        self.path.shown.push_str(&format!("[{index}]"));
        match name {
            Some(name) => self.path.stable.push_str(&format!("[{name}]")),
            None => self.path.stable.push_str(&format!("[{index}]")),
        }
        self
    }

    /// The finished path.
    #[must_use]
    pub fn build(self) -> LogicalPath {
        self.path
    }
}

fn key_segment(key: &str, first: bool) -> String {
    let word = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    match (word, first) {
        (true, true) => key.to_owned(),
        (true, false) => format!(".{key}"),
        (false, _) => format!("['{}']", key.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined_by_dots_and_odd_keys_are_quoted() {
        let path = PathBuilder::root("Secret/regcred").key("data").key(".dockerconfigjson").build();
        assert_eq!(path.then("auths['ghcr.io'].auth").shown, "Secret/regcred.data['.dockerconfigjson'] → auths['ghcr.io'].auth");
        assert_eq!(PathBuilder::default().key("it's").build().shown, "['it\\'s']");
    }

    #[test]
    fn an_items_name_is_only_for_the_fingerprint() {
        let path = PathBuilder::default().key("steps").item(2, Some("Log in")).key("run").build();
        assert_eq!((path.shown.as_str(), path.stable.as_str()), ("steps[2].run", "steps[Log in].run"));
    }
}
