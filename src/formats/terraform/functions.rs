//! What functions do with what they are given: <https://developer.hashicorp.com/terraform/language/functions>. The one table for
//! whoever reads expressions: literals (`walk`), constant texts (`fold`), and the flow of secrets.

/// What is left of its arguments in a function's result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Function {
    /// Nothing that is secret: digests, lengths, tests.
    Test,
    /// The text of the first argument, as it is or in an encoding that is its own.
    Text,
    /// The text of the first argument, readable but changed.
    Changed,
    /// The first argument, of which Terraform is told that it is no secret.
    Unmarked,
    /// One of the arguments, whole.
    Choice,
    /// The elements of lists and maps, under the names that they have.
    Structure,
    /// The elements of lists and maps, in a structure or document of its own.
    Document,
    /// A part of the first argument.
    Part,
    /// Anything that is built of the arguments.
    Other,
}

impl Function {
    /// The function of this name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "length" | "issensitive" | "can" | "contains" | "startswith" | "endswith" | "strcontains" | "index" | "keys" | "alltrue"
            | "anytrue" | "bcrypt" | "md5" | "file" | "fileexists" | "fileset" | "uuidv5" | "timecmp" | "parseint" | "signum" | "abs"
            | "type" => Self::Test,
            "sensitive" | "tostring" | "trimspace" | "chomp" | "trim" | "trimprefix" | "trimsuffix" | "base64encode" => Self::Text,
            "replace" | "base64gzip" | "textencodebase64" | "urlencode" => Self::Changed,
            "nonsensitive" | "ephemeralasnull" => Self::Unmarked,
            "coalesce" | "coalescelist" | "try" => Self::Choice,
            "merge" | "concat" | "flatten" | "compact" | "distinct" | "tolist" | "toset" | "tomap" | "setunion" | "values" | "one"
            | "element" | "defaults" => Self::Structure,
            "jsonencode" | "yamlencode" | "zipmap" => Self::Document,
            "lookup" | "sort" | "reverse" | "slice" | "chunklist" | "base64decode" => Self::Part,
            _ if DIGESTS.iter().any(|start| name.starts_with(start)) => Self::Test,
            _ => Self::Other,
        }
    }

    /// Whether the text of the first argument can be read in the result, or from it by decoding.
    #[must_use]
    pub fn keeps_text(self) -> bool {
        matches!(self, Self::Text | Self::Changed | Self::Unmarked)
    }
}

/// How the names of functions begin that only give digests.
const DIGESTS: [&str; 7] = ["sha1", "sha256", "sha512", "base64sha", "filesha", "filemd5", "filebase64"];
