//! JSON in a literal, or as all of it.

use std::borrow::Cow;

use super::{Judge, MAX_DECODED, Scope, Step, Steps, outer_str};
use crate::literal::Reading;
use crate::secrets::{names, objects};
use crate::source::Text;
use crate::syntax::json::{Kind as JsonKind, Node, Tree};

impl Judge<'_, '_, '_> {
    /// The leaves of a JSON object or list, each under its own key. False where the text is none.
    pub(super) fn json(&mut self, text: &Text<'_>, scope: &Scope<'_>, decoder: &'static str) -> bool {
        let string = text.as_str();
        if !string.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) || scope.chain.len() >= MAX_DECODED {
            return false;
        }
        let tree = Tree::parse(string);
        let Some(root) =
            tree.root(string).filter(|root| tree.errors().is_empty() && matches!(root.kind(), JsonKind::Object | JsonKind::Array))
        else {
            return false;
        };
        // The document itself is no string that had to be decoded.
        let whole_file = self.literal.reading == Reading::Config && scope.chain.is_empty();
        let scope = if whole_file { scope.clone() } else { scope.through(decoder) };
        self.leaves(text, root, &scope);
        true
    }

    fn leaves(&mut self, outer: &Text<'_>, root: Node<'_>, scope: &Scope<'_>) {
        let mut steps = Steps::default();
        let none: Cow<'_, str> = Cow::Borrowed("");
        // `JWT_SECRET: {"type": "HS256", "key": "…"}`
        let mut pending = vec![(root, none.clone(), Cow::Borrowed(scope.name.as_ref()), None)];
        while let Some((node, name, outer_key, step)) = pending.pop() {
            match node.kind() {
                JsonKind::Object => {
                    let sibling = ["name", "key", "Name", "Key"].iter().find_map(|key| node.get(key)?.str());
                    // Keycloak's `{"type": "password", "value": "…"}`.
                    let sibling = sibling.or_else(|| node.get("type")?.str().filter(|kind| *kind == "password"));
                    let first = pending.len();
                    let entries: Vec<_> = node.entries().collect();
                    let member = objects::secret_member(&entries);
                    for (index, (key, value)) in entries.into_iter().enumerate() {
                        let key = key.str().unwrap_or_default();
                        if let Some((_, format)) = member.filter(|(at, _)| *at == index)
                            && let Some(leaf) = value.text()
                        {
                            let step = steps.then(step, Step::Key(key.clone()));
                            self.member(&leaf.then(outer), &scope.inside(&key, &|| steps.path(step)), format);
                            continue;
                        }
                        // `{"name": "DB_PASSWORD", "value": "…"}`, `{"password": {"value": "…"}}`
                        let generic = matches!(key.as_ref(), "value" | "Value" | "default" | "Default" | "defaultValue");
                        let own = match &sibling {
                            Some(sibling) if generic => sibling.clone(),
                            None if generic => name.clone(),
                            Some(_) if names::is_reference(&outer_key) => key.clone(),
                            _ if names::is_of_schema(&outer_key) => none.clone(),
                            _ => names::with_outer(key.clone(), &outer_key),
                        };
                        pending.push((value, own, key.clone(), steps.then(step, Step::Key(key))));
                    }
                    pending[first..].reverse();
                }
                JsonKind::Array => {
                    let first = pending.len();
                    for (index, item) in node.items().enumerate() {
                        pending.push((item, name.clone(), outer_key.clone(), steps.then(step, Step::Index(index))));
                    }
                    pending[first..].reverse();
                }
                JsonKind::String | JsonKind::Number => {
                    let leaf = node.text().unwrap_or_else(|| Text::raw(outer_str(outer), node.span()));
                    self.scalar(&leaf.then(outer), &scope.inside(&name, &|| steps.path(step)));
                }
                _ => {}
            }
        }
    }
}
