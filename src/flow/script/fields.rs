//! Fields of secrets that are objects: which of them are no secret.

/// What objects that hold a secret hold beside it: of a key of a service account the project, of a login the user, of what a cloud
/// answers its numbers and dates.
#[rustfmt::skip]
const HARMLESS: [&str; 51] = [
    "account", "accountid", "apiversion", "arn", "assumedroleid", "authuri", "clientemail", "clientid", "conclusion", "createddate", "creationtimestamp",
    "database", "dbname", "email", "engine", "etag", "expiration", "expiresin", "expireson", "expiry", "host", "hostname", "id", "kind",
    "lastmodifieddate", "length", "login", "metadata", "name", "namespace", "outcome", "path", "pathname", "port", "projectid", "protocol", "region", "result", "scheme", "size", "status", "subscriptionid",
    "tenant", "tenantid", "tokentype", "tokenuri", "type", "user", "username", "version", "versionid",
];

/// Whether a field of this name is no secret, however it is written: `client_email`, `clientEmail`.
pub(super) fn is_harmless(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    HARMLESS.binary_search(&plain.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{HARMLESS, is_harmless};

    #[test]
    fn names_of_fields() {
        assert!(HARMLESS.is_sorted());
        for name in ["client_email", "clientEmail", "Arn", "Expiration", "project_id"] {
            assert!(is_harmless(name), "{name}");
        }
        for name in ["", "password", "private_key", "SecretAccessKey", "value", "日本"] {
            assert!(!is_harmless(name), "{name}");
        }
    }
}
