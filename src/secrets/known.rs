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

/// Whether a value is one that a standard prints as an example; descriptions of interfaces copy them.
pub(super) fn is_of_a_standard(value: &str) -> bool {
    const VALUES: [&str; 11] = [
        // <https://www.rfc-editor.org/rfc/rfc6749>
        "2YotnFZFEjr1zCsicMWpAA",
        "tGzv3JOkF0XG5Qx2TlKWIA",
        "gX1fBat3bV",
        "7Fjfp0ZBr1KtDRbnfVdmIw",
        "SplxlOBeZQQYbYS6WxSbIA",
        // <https://www.rfc-editor.org/rfc/rfc6750>
        "mF_9.B5f-4.1JqM",
        // <https://www.rfc-editor.org/rfc/rfc7009>
        "45ghiukldjahdnhzdauz",
        // <https://www.rfc-editor.org/rfc/rfc7636>
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        // <https://openid.net/specs/openid-connect-core-1_0.html>
        "SlAV32hkKG",
        "8xLOxBtZp8",
    ];
    VALUES.contains(&value)
}
