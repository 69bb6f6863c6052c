//! Values that documentation made famous.

/// Whether a token is one that vendors print in their documentation, or one that is public by design.
pub(super) fn is_documented(token: &str) -> bool {
    // The middle of the token on the front page of jwt.io: {"sub":"1234567890","name":"John Doe", …
    const JWT_IO: &str = ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIi";
    // The identity that age's specification and its tests use: 32 bytes, all alike.
    const AGE: &str = "GFPYYSJZGFPYYSJZ";
    token.contains(JWT_IO)
        || token.contains(AGE)
        || (token.starts_with("eyJ") && super::jwt::is_public(token))
        || token.ends_with("EXAMPLE")
        || token.ends_with("EXAMPLEKEY")
}
