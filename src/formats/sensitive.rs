//! Which attributes of which resources Terraform's providers call sensitive: the table for files that do not say it
//! themselves (modules, and state of versions that stored no marks).

use std::collections::HashMap;
use std::sync::OnceLock;

/// What the table says of an attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sensitivity {
    /// It opens something: a password, a token, a key, a connection string.
    Credential,
    /// Providers hide it on screen, but it opens nothing by itself: a host, an id, a certificate.
    Marked,
}

type Table = HashMap<&'static str, Vec<(&'static str, Sensitivity)>>;

/// Looks up an attribute. `kind` is the type of the resource (`aws_db_instance`), `data.` or `ephemeral.` in front of it where
/// it is no managed resource; `path` is the attribute's path, indices left out, joined by dots. What lies inside a sensitive
/// attribute (the keys of a map) is sensitive too.
#[must_use]
pub fn sensitivity(kind: &str, path: &str) -> Option<Sensitivity> {
    let attributes = table().get(kind)?;
    let mut path = path;
    loop {
        if let Some((_, sensitivity)) = attributes.iter().find(|(attribute, _)| *attribute == path) {
            return Some(*sensitivity);
        }
        path = path.rsplit_once('.')?.0;
    }
}

/// Every sensitive attribute of a type, as paths.
pub fn attributes(kind: &str) -> impl Iterator<Item = (&'static str, Sensitivity)> + use<> {
    table().get(kind).into_iter().flatten().copied()
}

/// Parsed when first asked for: most runs see no Terraform.
fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::new();
        for (kind, attribute, sensitivity) in include_str!("sensitive.csv").lines().filter_map(row) {
            table.entry(kind).or_default().push((attribute, sensitivity));
        }
        table
    })
}

fn row(line: &'static str) -> Option<(&'static str, &'static str, Sensitivity)> {
    let (kind, rest) = line.split_once(',').filter(|_| !line.starts_with('#'))?;
    let (attribute, word) = rest.split_once(',')?;
    let sensitivity = match word {
        "credential" => Sensitivity::Credential,
        "marked" => Sensitivity::Marked,
        _ => return None,
    };
    Some((kind, attribute, sensitivity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_once_and_in_order() {
        let lines: Vec<&str> = include_str!("sensitive.csv").lines().filter(|line| !line.starts_with('#')).collect();
        let rows: Vec<_> = include_str!("sensitive.csv").lines().filter_map(row).collect();
        assert_eq!(rows.len(), lines.len());
        assert!(lines.is_sorted_by(|a, b| a.split(',').take(2).lt(b.split(',').take(2))), "rows are sorted and unique");
    }

    #[test]
    fn attributes_are_found_by_type_and_path() {
        assert_eq!(sensitivity("aws_db_instance", "password"), Some(Sensitivity::Credential));
        assert_eq!(sensitivity("aws_db_instance", "address"), None);
        assert_eq!(sensitivity("random_password", "result"), Some(Sensitivity::Credential));
        assert_eq!(sensitivity("random_password", "bcrypt_hash"), Some(Sensitivity::Marked));
        assert_eq!(sensitivity("no_such_thing", "password"), None);
    }

    #[test]
    fn what_is_inside_a_sensitive_attribute_is_sensitive() {
        assert_eq!(sensitivity("kubernetes_secret", "data.password"), Some(Sensitivity::Credential));
        assert_eq!(sensitivity("kubernetes_secret", "metadata.name"), None);
        assert_eq!(sensitivity("azurerm_kubernetes_cluster", "kube_config.host"), Some(Sensitivity::Marked));
        assert_eq!(sensitivity("azurerm_kubernetes_cluster", "kube_config.client_key"), Some(Sensitivity::Credential));
    }

    #[test]
    fn attributes_of_a_type_are_listed() {
        assert!(attributes("tls_private_key").any(|row| row == ("private_key_pem", Sensitivity::Credential)));
        assert_eq!(attributes("no_such_thing").count(), 0);
    }
}
