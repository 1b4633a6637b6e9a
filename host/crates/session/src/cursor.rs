//! The cursors of session lists: opaque to clients, the number of a change to the stores.

use rak_core::StoreError;

/// What a cursor begins with, so that a later form of it can be told apart.
const VERSION: &str = "1.";

/// The cursor after the session whose last change has this number.
pub(crate) fn encode(change: i64) -> String {
    format!("{VERSION}{change}")
}

/// The number in a cursor; [`StoreError::NotFound`] where the text was never one.
pub(crate) fn decode(cursor: &str) -> Result<i64, StoreError> {
    cursor
        .strip_prefix(VERSION)
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| StoreError::Invalid { reason: "the cursor is not one this host gave".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_anything_else_is_refused() {
        assert_eq!(decode(&encode(42)), Ok(42));
        for bad in ["", "1.", "42", "1.x", "2.42", "1.99999999999999999999"] {
            assert!(matches!(decode(bad), Err(StoreError::Invalid { .. })), "{bad:?}");
        }
    }
}
