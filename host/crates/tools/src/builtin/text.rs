//! What of some bytes can be read.

/// Bytes as a text, if they are one. A character that is cut off at their end is left out.
pub(crate) fn readable(bytes: &[u8]) -> Option<&str> {
    if bytes.contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

/// How many bytes at the beginning are the rest of a character that began before them.
pub(crate) fn rest_of_character(bytes: &[u8]) -> usize {
    bytes.iter().take(3).take_while(|byte| (**byte & 0xc0) == 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_told_from_what_is_none() {
        assert_eq!(readable("größer".as_bytes()), Some("größer"));
        assert_eq!(readable(b""), Some(""));
        assert_eq!(readable(b"a\0b"), None);
        assert_eq!(readable(b"\x89PNG\r\n"), None);
        assert_eq!(readable(b"gr\xf6\xdfer"), None);
    }

    proptest! {
        #[test]
        fn a_text_is_read_in_pieces(text in "\\PC{0,20}", max in 4_usize..9) {
            let (bytes, mut whole, mut at) = (text.as_bytes(), String::new(), 0);
            while at < bytes.len() {
                let piece = readable(&bytes[at..bytes.len().min(at + max)]).unwrap();
                whole.push_str(piece);
                at += piece.len();
            }
            prop_assert_eq!(&whole, &text);
            for at in 0..bytes.len() {
                prop_assert!(text.is_char_boundary(at + rest_of_character(&bytes[at..])));
            }
        }
    }
}
