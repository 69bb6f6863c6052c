//! What is left of a secret in the result of a function: <https://developer.hashicorp.com/terraform/language/functions>.

/// How a function hands on what is in its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Handing {
    /// Structure and all.
    AsItIs,
    /// Built into something else.
    Mixed,
}

/// None where nothing secret is left in the result: digests, lengths, tests, and what `nonsensitive` vouches for.
pub(super) fn handing(function: &str) -> Option<Handing> {
    let stops =
        matches!(
            function,
            "length"
                | "nonsensitive"
                | "issensitive"
                | "can"
                | "contains"
                | "startswith"
                | "endswith"
                | "strcontains"
                | "index"
                | "keys"
                | "alltrue"
                | "anytrue"
                | "bcrypt"
                | "md5"
                | "file"
                | "fileexists"
                | "fileset"
                | "uuidv5"
                | "timecmp"
                | "ephemeralasnull"
                | "parseint"
                | "signum"
                | "abs"
                | "type"
        ) || ["sha1", "sha256", "sha512", "base64sha", "filesha", "filemd5", "filebase64"].iter().any(|start| function.starts_with(start));
    let as_it_is = matches!(
        function,
        "coalesce"
            | "coalescelist"
            | "try"
            | "sensitive"
            | "tostring"
            | "trimspace"
            | "chomp"
            | "trim"
            | "trimprefix"
            | "trimsuffix"
            | "base64encode"
            | "base64decode"
            | "one"
            | "element"
            | "lookup"
            | "merge"
            | "concat"
            | "flatten"
            | "compact"
            | "distinct"
            | "tolist"
            | "toset"
            | "tomap"
            | "values"
            | "sort"
            | "reverse"
            | "slice"
            | "chunklist"
            | "defaults"
    );
    match (stops, as_it_is) {
        (true, _) => None,
        (false, true) => Some(Handing::AsItIs),
        (false, false) => Some(Handing::Mixed),
    }
}
