//! Takes a credential out of what comes back: a server may repeat what it was sent, in its headers, its addresses and its text,
//! and the text may be cut anywhere.

use std::fmt;
use std::sync::Arc;

use rak_core::Failure;
use url::form_urlencoded;

/// What stands where a secret was.
const HIDDEN: &[u8] = b"***";
/// What an address may have as it is (`encodeURIComponent`), and forms have not.
const PLAIN_IN_ADDRESSES: [(&str, &str); 6] =
    [("+", "%20"), ("%21", "!"), ("%27", "'"), ("%28", "("), ("%29", ")"), ("%7E", "~")];

/// Texts of which none may be seen, in all the ways in which they are commonly written, in upper case and in lower case.
pub(crate) struct Secrets {
    /// The longest first: where one contains another, what were left of it could be told from.
    texts: Vec<Vec<u8>>,
    /// Which bytes one of them begins with.
    begins: [bool; 256],
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What is at the beginning of some bytes.
enum Found {
    /// A secret of this length.
    Secret(usize),
    /// What may become one.
    Unclear,
    Nothing,
}

impl Secrets {
    pub(crate) fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut texts: Vec<_> = values
            .into_iter()
            .filter(|value| !value.is_empty())
            .flat_map(spellings)
            .map(String::into_bytes)
            .collect();
        texts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        texts.dedup();
        let mut begins = [false; 256];
        for first in texts.iter().filter_map(|text| text.first()) {
            for either in [first.to_ascii_lowercase(), first.to_ascii_uppercase()] {
                if let Some(begins) = begins.get_mut(usize::from(either)) {
                    *begins = true;
                }
            }
        }
        Self { texts, begins }
    }

    /// Whether one of them is in this.
    pub(crate) fn are_in(&self, bytes: &[u8]) -> bool {
        self.redacted(bytes) != bytes
    }

    /// This without them.
    pub(crate) fn redacted(&self, bytes: &[u8]) -> Vec<u8> {
        self.scan(bytes, true).0
    }

    /// A text without them.
    pub(crate) fn shown(&self, text: &[u8]) -> String {
        String::from_utf8_lossy(&self.redacted(text)).into_owned()
    }

    /// A failure that says none of them; the name of a place may be one.
    pub(crate) fn failure(&self, failure: Failure) -> Failure {
        Failure { message: self.shown(failure.message.as_bytes()), ..failure }
    }

    /// The beginning without them, and how long it was; what comes after may become one, unless nothing more comes.
    fn scan(&self, bytes: &[u8], is_end: bool) -> (Vec<u8>, usize) {
        let mut shown = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            let length = match self.find(*first, rest, is_end) {
                Found::Secret(length) => {
                    shown.extend_from_slice(HIDDEN);
                    length
                }
                Found::Nothing => {
                    shown.push(*first);
                    1
                }
                Found::Unclear => break,
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        (shown, bytes.len() - rest.len())
    }

    fn find(&self, first: u8, rest: &[u8], is_end: bool) -> Found {
        if !self.begins.get(usize::from(first)).is_some_and(|begins| *begins) {
            return Found::Nothing;
        }
        for text in &self.texts {
            // Names of hosts and of headers are given in lower case, whatever they were written in.
            let is_here = |these: Option<&[u8]>, those: &[u8]| {
                these.is_some_and(|these| these.eq_ignore_ascii_case(those))
            };
            if is_here(rest.get(..text.len()), text) {
                return Found::Secret(text.len());
            }
            if !is_end && is_here(text.get(..rest.len()), rest) {
                return Found::Unclear;
            }
        }
        Found::Nothing
    }
}

/// As it is, in addresses (of forms, and otherwise), and in JSON.
fn spellings(value: &str) -> Vec<String> {
    let form: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let address =
        PLAIN_IN_ADDRESSES.iter().fold(form.clone(), |text, (form, plain)| text.replace(form, plain));
    let quoted = serde_json::Value::from(value).to_string();
    let json = quoted.trim_matches('"').to_owned();
    let escaped_slashes = json.replace('/', "\\/");
    let small = [&form, &address].map(|text| with_small_digits(text));
    [value.to_owned(), form, address, json, escaped_slashes].into_iter().chain(small).collect()
}

/// `%2b` for `%2B`.
fn with_small_digits(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        text.push('%');
        text.push_str(&digits.to_ascii_lowercase());
        text.push_str(rest);
    }
    text
}

/// Takes secrets out of bytes that come in pieces. Held back is what may be the beginning of one, and nothing else.
pub(crate) struct Redaction {
    pub(crate) secrets: Arc<Secrets>,
    held: Vec<u8>,
}

impl Redaction {
    pub(crate) fn new(secrets: Arc<Secrets>) -> Self {
        Self { secrets, held: Vec::new() }
    }

    /// What can be shown of all that came; may be nothing.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(bytes);
        let (shown, length) = self.secrets.scan(&self.held, false);
        self.held.drain(..length);
        shown
    }

    /// The rest, where nothing more comes.
    pub(crate) fn finish(&mut self) -> Vec<u8> {
        self.secrets.redacted(&std::mem::take(&mut self.held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redacted(secrets: &[&str], text: &str) -> String {
        String::from_utf8(Secrets::new(secrets.iter().copied()).redacted(text.as_bytes())).unwrap()
    }

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        let secret = "a+b/c \"~(é)=";
        for written in [
            secret,
            "a%2Bb%2Fc+%22%7E%28%C3%A9%29%3D",
            "a%2bb%2fc+%22%7e%28%c3%a9%29%3d",
            "a%2Bb%2Fc%20%22~(%C3%A9)%3D",
            "a%2bb%2fc%20%22~(%c3%a9)%3d",
            "a+b/c \\\"~(é)=",
            "a+b\\/c \\\"~(é)=",
            "A+B/c \"~(é)=",
        ] {
            assert_eq!(redacted(&[secret], &format!("<{written}>{written}")), "<***>***", "{written}");
        }
        assert_eq!(redacted(&[secret, ""], "a+b/c"), "a+b/c");
        assert!(!format!("{:?}", Secrets::new([secret])).contains('a'));
    }

    #[test]
    fn the_longest_one_goes_first() {
        assert_eq!(
            redacted(&["key-1", "key-1-long", "ong"], "key-1 key-1-long key-1-lo long"),
            "*** *** ***-lo l***"
        );
    }

    #[test]
    fn what_may_become_a_secret_is_held_back_and_nothing_else() {
        let mut redaction = Redaction::new(Arc::new(Secrets::new(["key-1", "key-1-long"])));
        assert_eq!(redaction.push(b"a key"), b"a ");
        assert_eq!(redaction.push(b"-2 k"), b"key-2 ");
        assert_eq!(redaction.push(b"ey-1"), b"");
        assert_eq!(redaction.push(b"-lo"), b"");
        assert_eq!(redaction.push(b"w key-1 "), b"***-low *** ");
        assert_eq!(redaction.push(b"ke"), b"");
        assert_eq!(redaction.finish(), b"ke");
        assert_eq!(redaction.finish(), b"");
    }

    /// A few letters, so that secrets are in texts, in each other and beside each other.
    fn letters(length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(vec!['a', 'b', '/', '"', 'é']), length)
            .prop_map(|letters| letters.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_text_is_the_same_however_it_is_cut(
            values in prop::collection::vec(letters(1..6), 1..4),
            text in letters(0..60),
            places in prop::collection::vec(any::<usize>(), 0..12),
        ) {
            let secrets = Arc::new(Secrets::new(values.iter().map(String::as_str)));
            let bytes = text.as_bytes();
            let whole = secrets.redacted(bytes);
            let mut places: Vec<_> = places.iter().map(|place| place % (bytes.len() + 1)).collect();
            places.extend([0, bytes.len()]);
            places.sort_unstable();
            let mut redaction = Redaction::new(secrets.clone());
            let mut shown = Vec::new();
            for place in places.windows(2) {
                shown.extend(redaction.push(&bytes[place[0]..place[1]]));
                let is_prefix = |secret: &Vec<u8>| secret.starts_with(&redaction.held);
                prop_assert!(redaction.held.is_empty() || secrets.texts.iter().any(is_prefix));
            }
            shown.extend(redaction.finish());
            prop_assert_eq!(&shown, &whole);
            for text in &secrets.texts {
                let found = shown.windows(text.len()).any(|window| window == text);
                prop_assert!(!found, "{:?}", String::from_utf8_lossy(&shown));
            }
        }
    }
}
