//! Configuration in YAML that no format reads: every scalar under its own key, wherever it stands.
//!
//! Flow mappings, lists, scalars of several lines, anchors and keys with any characters are read as YAML reads them. Text that
//! does not parse as a whole is left to the reader of lines.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Judge, MAX_DECODED, Scope, Step, Steps, basic_password, trimmed};
use crate::literal::{LogicalPath, Reading};
use crate::secrets::{lines, names};
use crate::source::Text;
use crate::syntax::shell::{self, Dialect, Part, PartKind};
use crate::syntax::yaml::{Node, Shape, Tree};

/// What an alias stands for is judged under the alias's name too, up to this many bytes: a password, not a document.
const MAX_ALIASED: usize = 256;
/// Longer texts on one line are no commands.
const MAX_COMMAND: usize = 4096;

/// The list of logins below it is written like the input of the program:
/// <https://cloudinit.readthedocs.io/en/latest/reference/modules.html#set-passwords>.
const CHPASSWD: &str = "chpasswd";

/// A node on the way, under the name it goes by.
struct Met<'t> {
    node: Node<'t>,
    /// The key, or what takes its place.
    name: Cow<'t, str>,
    /// The nearest key, which a bare one inside is told by.
    key: Cow<'t, str>,
    step: Option<usize>,
    /// It stands in an example: names say nothing in it.
    example: bool,
}

impl Judge<'_, '_, '_> {
    /// The scalars of YAML documents, each under its own key. False where the text is no mapping or list, or does not parse.
    pub(super) fn yaml(&mut self, text: &Text<'_>, scope: &Scope<'_>) -> bool {
        let string = text.as_str();
        if scope.chain.len() >= MAX_DECODED || memchr::memchr(b':', string.as_bytes()).is_none() {
            return false;
        }
        let tree = Tree::parse(string);
        let holds = |node: Node<'_>| matches!(node.shape(), Shape::Mapping | Shape::Sequence);
        if !tree.errors().is_empty() || !tree.documents(string).any(holds) {
            return false;
        }
        // The document itself is no string that had to be decoded.
        let whole_file = self.literal.reading == Reading::Config && scope.chain.is_empty();
        let scope = if whole_file { scope.clone() } else { scope.through("YAML") };
        for root in tree.documents(string) {
            self.nodes(text, root, &scope);
        }
        for span in tree.comments() {
            self.lines(&text.slice(span.range()), &scope);
        }
        true
    }

    fn nodes<'t>(&mut self, outer: &Text<'_>, root: Node<'t>, scope: &Scope<'_>) {
        let mut steps = Steps::default();
        let mut aliased = HashSet::new();
        let none = Cow::Borrowed("");
        let mut pending = vec![Met { node: root, name: none.clone(), key: none.clone(), step: None, example: false }];
        while let Some(met) = pending.pop() {
            let Met { node, name, key, step, example } = met;
            let first = pending.len();
            match node.shape() {
                Shape::Mapping => {
                    let sibling = sibling(node);
                    for entry in node.entries() {
                        let own = entry.key.str().unwrap_or_default();
                        self.key(outer, entry.key, scope);
                        let name = match (&sibling, is_generic(&own)) {
                            (Some(sibling), true) => names::with_outer(sibling.clone(), &key),
                            (None, true) => name.clone(),
                            _ if names::is_of_schema(&key) => none.clone(),
                            _ if key == CHPASSWD && own == "list" => CHPASSWD.into(),
                            (Some(_), false) if names::is_reference(&key) => own.clone(),
                            _ => names::with_outer(own.clone(), &key),
                        };
                        let example = example || matches!(own.as_ref(), "example" | "examples");
                        let step = steps.then(step, Step::Key(own.clone()));
                        pending.push(Met { node: entry.value, name, key: own, step, example });
                    }
                }
                Shape::Sequence => {
                    for (index, node) in node.items().enumerate() {
                        let step = steps.then(step, Step::Index(index));
                        pending.push(Met { node, name: name.clone(), key: key.clone(), step, example });
                    }
                }
                Shape::Alias => {
                    // What it stands for is met at its anchor, once more where only the alias's name tells.
                    let target = node.resolve();
                    let tells = !example && self.custom.telling(&name).is_some();
                    if tells && target.shape() == Shape::Scalar && target.span().len() <= MAX_ALIASED && aliased.insert(target.id()) {
                        pending.push(Met { node: target, name, key, step, example });
                    }
                }
                Shape::Scalar => {
                    let Some(leaf) = node.text().filter(|leaf| !leaf.is_empty()) else { continue };
                    let path = || steps.path(step);
                    let inner = scope.inside(&name, &path);
                    if example {
                        // The lines of a command or a file that is shown have names of their own, which say no more.
                        self.text(&leaf.then(outer), &Scope { nameless: true, ..inner }, Reading::Prose);
                        continue;
                    }
                    let nameless = scope.nameless || is_looked_up(node);
                    self.leaf(&leaf.then(outer), &Scope { nameless, ..inner });
                }
            }
            pending[first..].reverse();
        }
    }

    /// Keys hold no secrets by their name, but some are token shapes.
    fn key(&mut self, outer: &Text<'_>, key: Node<'_>, scope: &Scope<'_>) {
        if let Some(text) = key.text().filter(|text| text.len() >= super::MIN_ENCODED) {
            self.text(&text.then(outer), &scope.under(""), Reading::Prose);
        }
    }

    fn leaf(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let text = text.slice(trimmed(text.as_str()));
        if scope.name == CHPASSWD {
            return self.logins(&text, scope);
        }
        if text.as_str().contains('\n') {
            if !self.nested(&text, scope) {
                self.config(&text, &scope.through("YAML"));
            }
            return;
        }
        self.scalar(&text, scope);
    }

    /// `user:password` on each line.
    fn logins(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let mut start = 0;
        for line in text.as_str().split_inclusive('\n') {
            let login = text.slice(start..start + line.trim_end().len());
            start += line.len();
            // `RANDOM` and `R` ask for a password that is made there.
            if let Some(password) = basic_password(login.as_str()).filter(|at| !matches!(&login.as_str()[at.clone()], "R" | "RANDOM")) {
                self.password(&login, password, scope);
            }
        }
    }

    /// A value of one line, which may be a command.
    pub(super) fn scalar(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let before = self.found.len();
        self.single(text, scope);
        if self.found.len() == before && text.as_str().contains(['=', ' ']) && !scope.nameless {
            self.words(text, scope);
        }
    }

    /// `NAME=value` in a list, and what a command on one line gives to its variables and options.
    pub(super) fn words(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let (before, pairs) = (self.found.len(), lines::read(text.as_str()));
        for pair in pairs.iter() {
            let assigned = text.as_str().strip_prefix(pair.name).is_some_and(|rest| rest.starts_with('='));
            if pair.comment || !(pair.command || assigned) {
                continue;
            }
            let path = || LogicalPath::same(pair.name);
            self.pair(text, pair, &scope.inside(pair.name, &path));
        }
        if self.found.len() > before || !text.as_str().contains(' ') {
            return;
        }
        // What stands behind an assignment may be a program, not more of the value: `PGPASSWORD=x psql`.
        for pair in lines::command(text.as_str()).iter() {
            let path = || LogicalPath::same(pair.name);
            self.pair(text, pair, &scope.inside(pair.name, &path));
        }
        if self.found.len() == before && text.len() <= MAX_COMMAND {
            self.command(text, scope);
        }
    }

    /// What only the tool tells: `mysql -px`, `curl -u me:x`, `echo me:x | chpasswd`.
    fn command(&mut self, text: &Text<'_>, scope: &Scope<'_>) {
        let script = shell::parse(text.as_str(), Dialect::Posix, &[]);
        for named in shell::literals(&script) {
            if let [Part { span, kind: PartKind::Literal, .. }] = named.value.parts.as_slice() {
                let path = || LogicalPath::same(&*named.name);
                self.convincing(&text.slice(span.range()), &scope.inside(&named.name, &path));
            }
        }
    }
}

/// What the members of a mapping that are called `value` go by: what stands beside them.
fn sibling(node: Node<'_>) -> Option<Cow<'_, str>> {
    const NAMES: [&str; 6] = ["name", "key", "Name", "Key", "ParameterKey", "path"];
    let mut best: Option<(usize, Cow<'_, str>)> = None;
    for entry in node.entries() {
        let Some(rank) = NAMES.iter().position(|name| entry.key.is_str(name)) else { continue };
        if best.as_ref().is_none_or(|(other, _)| rank < *other)
            && let Some(name) = entry.value.str()
        {
            best = Some((rank, name));
        }
    }
    let typed = || node.entries().find(|entry| entry.key.is_str("type"))?.value.str().filter(|kind| *kind == "password");
    let best = best.map(|(_, name)| name).or_else(typed);
    best.map(|name| match name.rfind('/') {
        // A patch: `path: /stringData/password`.
        Some(slash) => name[slash + 1..].to_owned().into(),
        None => name,
    })
}

/// Whether a tag of the program's own says what is done with the scalar: `!Ref DBPassword`, `!secret db_password`, `!vault |`.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>
fn is_looked_up(node: Node<'_>) -> bool {
    node.tag().is_some_and(|tag| !tag.starts_with("!!") && !tag.starts_with("!<tag:yaml.org,") && tag.len() > 1)
}

fn is_generic(name: &str) -> bool {
    matches!(name, "value" | "Value" | "default" | "Default" | "defaultValue" | "content" | "ParameterValue")
}
