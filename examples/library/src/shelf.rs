//! What is in the library, and how it is found.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::Serialize;

/// As many as a reader takes at once.
const MAX_RESULTS: usize = 2;
/// Shorter words say nothing of what a text is about.
const MIN_WORD_CHARS: usize = 3;
/// Nor do these.
const COMMON: [&str; 20] = [
    "and", "are", "does", "for", "from", "has", "her", "how", "its", "not", "that", "the", "their", "they",
    "was", "what", "where", "which", "why", "with",
];

/// A text of the library.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Passage {
    title: &'static str,
    text: &'static str,
}

const PASSAGES: [Passage; 7] = [
    Passage {
        title: "The sun as a compass",
        text: "A honey bee keeps her direction by the sun. She knows the time of the day, and allows for the way that the sun \
               goes meanwhile. Where clouds hide it, a patch of blue sky is enough: its light is polarized, in a pattern that \
               shows where the sun stands.",
    },
    Passage {
        title: "How a bee measures distance",
        text: "A bee tells how far she has flown by how much the world moves past her eyes. In a narrow tunnel with a pattern on \
               its walls she takes a few metres for a long flight. Neither time nor effort alone would mislead her so.",
    },
    Passage {
        title: "The waggle dance",
        text: "Back in the dark hive, a forager dances on the comb. The angle between her waggling run and straight up is the \
               angle between the food and the sun, and the longer the run lasts, the farther it is. Others follow her dance, \
               and fly there. Karl von Frisch read the dance, and had a Nobel Prize for it in 1973.",
    },
    Passage {
        title: "Learning the landmarks",
        text: "Before a young bee gathers food she flies short loops around the hive, and looks back at it. She learns the \
               landmarks and the line of the horizon, and comes home by them on her last metres.",
    },
    Passage {
        title: "Why leaves turn yellow",
        text: "In autumn a tree takes the green chlorophyll of its leaves apart, and keeps what it can use. The yellow was there \
               all summer, and is seen only now.",
    },
    Passage {
        title: "Two tides a day",
        text: "The moon pulls most at the water that is nearest to it and least at the water on the far side, so the sea rises on \
               both. The earth turns beneath, and a coast meets two tides a day.",
    },
    Passage {
        title: "Bread that rises",
        text: "Yeast eats the sugar of the dough and breathes out carbon dioxide. Kneading makes a net of gluten, which holds the \
               bubbles, so that the bread rises.",
    },
];

/// The passages that have most of the words, the best one first.
pub(crate) fn search(query: &str) -> Vec<&'static Passage> {
    let wanted = words(query);
    let hits = |passage: &Passage| {
        let (title, text) = (words(passage.title), words(passage.text));
        // What a text is about is worth more than what it mentions.
        2 * wanted.intersection(&title).count() + wanted.intersection(&text).count()
    };
    let mut found: Vec<_> = PASSAGES.iter().map(|passage| (hits(passage), passage)).collect();
    found.retain(|(hits, _)| *hits > 0);
    found.sort_by_key(|(hits, _)| Reverse(*hits));
    found.into_iter().map(|(_, passage)| passage).take(MAX_RESULTS).collect()
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|character: char| !character.is_alphanumeric());
    let words = words.filter(|word| word.chars().count() >= MIN_WORD_CHARS).map(str::to_lowercase);
    words.filter(|word| !COMMON.contains(&word.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(query: &str) -> Vec<&str> {
        search(query).into_iter().map(|passage| passage.title).collect()
    }

    #[test]
    fn the_best_passage_comes_first() {
        assert_eq!(titles("Why are there two tides?")[0], "Two tides a day");
        assert_eq!(titles("yeast")[0], "Bread that rises");
        assert_eq!(titles("SUN, compass!")[0], "The sun as a compass");
    }

    #[test]
    fn no_more_is_given_than_is_read() {
        assert_eq!(titles("bee hive sun dance").len(), MAX_RESULTS);
        assert!(titles("xylophone").is_empty());
        assert!(titles("").is_empty());
    }
}
