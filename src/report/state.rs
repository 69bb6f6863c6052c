//! Addresses in a state file. A state of a thousand databases holds a thousand passwords: the terminal shows them by type of
//! resource, SARIF by resource.

/// The type: `aws_db_instance` of `module.a["x.y"].data.aws_db_instance.main[0].password`, `outputs` of `outputs.token`.
pub(super) fn resource_type(address: &str) -> Option<&str> {
    let rest = address.get(type_start(address)?..)?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    rest.get(..end).filter(|kind| !kind.is_empty())
}

/// The resource: `module.a["x.y"].data.aws_db_instance.main[0]` of the same.
pub(super) fn resource_instance(address: &str) -> Option<&str> {
    let rest = address.get(type_start(address)?..)?;
    let name = after_segment(rest)?;
    let attribute = after_segment(name).unwrap_or("");
    let end = address.len() - attribute.len();
    address.get(..end).map(|instance| instance.trim_end_matches('.')).filter(|instance| !instance.is_empty())
}

/// Where the type begins: behind the modules and `data`.
fn type_start(address: &str) -> Option<usize> {
    let mut rest = address;
    while let Some(name) = rest.strip_prefix("module.") {
        rest = after_segment(name)?;
    }
    Some(address.len() - rest.strip_prefix("data.").unwrap_or(rest).len())
}

/// What follows the first segment: past the first dot that is in no bracket and no quotes.
fn after_segment(path: &str) -> Option<&str> {
    let (mut depth, mut quote, mut escaped) = (0u32, None, false);
    for (at, byte) in path.bytes().enumerate() {
        match (quote, byte) {
            _ if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') if depth > 0 => quote = Some(byte),
            (None, b'[') => depth += 1,
            (None, b']') => depth = depth.saturating_sub(1),
            (None, b'.') if depth == 0 => return path.get(at + 1..),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_type() {
        let table = [
            ("aws_db_instance.main.password", Some("aws_db_instance")),
            ("data.aws_secret.x[0].value", Some("aws_secret")),
            ("module.a.module.b[\"x.y]\"].random_password.p", Some("random_password")),
            ("module.a['it\\'s.x'].data.http.x", Some("http")),
            ("outputs.token", Some("outputs")),
            ("outputs['odd.name']", Some("outputs")),
            ("module.broken", None),
            ("", None),
        ];
        for (address, kind) in table {
            assert_eq!(resource_type(address), kind, "{address}");
        }
    }

    #[test]
    fn addresses_name_a_resource() {
        let table = [
            ("aws_db_instance.main.password", Some("aws_db_instance.main")),
            ("module.b[\"x.y]\"].data.random_password.p[0].result.x", Some("module.b[\"x.y]\"].data.random_password.p[0]")),
            ("a.b[\"k.k\"]['odd.key']", Some("a.b[\"k.k\"]['odd.key']")),
            ("outputs.token", Some("outputs.token")),
            ("outputs", None),
            ("", None),
        ];
        for (address, instance) in table {
            assert_eq!(resource_instance(address), instance, "{address}");
        }
    }
}
