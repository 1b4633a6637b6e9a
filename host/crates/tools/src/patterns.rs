//! Lists of tools by pattern.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// How many patterns a list may have: more than anybody writes, and few enough that a name is compared with all of them.
const MAX_PATTERNS: usize = 256;
/// The longest pattern, in bytes: longer than any tool's name.
const MAX_PATTERN_BYTES: usize = 512;

/// Names of tools by pattern: `*` is any text, `?` any character, `[ab]` one of several, `{a,b}` one of several texts.
#[derive(Clone, Debug, Default)]
pub struct ToolPatterns(GlobSet);

impl ToolPatterns {
    /// Takes patterns; otherwise which of them cannot be used, and why.
    pub fn new(patterns: &[String]) -> Result<Self, String> {
        if patterns.len() > MAX_PATTERNS {
            return Err(format!("it has {} patterns, and {MAX_PATTERNS} are allowed", patterns.len()));
        }
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            if pattern.is_empty() || pattern.len() > MAX_PATTERN_BYTES {
                return Err(format!("a pattern has 1 to {MAX_PATTERN_BYTES} bytes, {pattern:?} has not"));
            }
            let glob = GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build();
            set.add(glob.map_err(|error| format!("{pattern:?} is no pattern: {}", error.kind()))?);
        }
        set.build().map(Self).map_err(|error| error.to_string())
    }

    /// Whether one of them is a pattern of the name.
    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(patterns: &[&str]) -> Result<ToolPatterns, String> {
        ToolPatterns::new(&patterns.iter().map(|&pattern| pattern.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_star_is_any_text_dots_and_slashes_too() {
        let some = patterns(&["mcp.files.write*", "agent.{clerk,buyer}"]).unwrap();
        for name in ["mcp.files.write", "mcp.files.write_file", "mcp.files.write/all.x", "agent.buyer"] {
            assert!(some.matches(name), "{name}");
        }
        for name in ["mcp.files.read", "xmcp.files.write", "agent.clerks"] {
            assert!(!some.matches(name), "{name}");
        }
        assert!(patterns(&["*"]).unwrap().matches("clock"));
        assert!(!ToolPatterns::default().matches("clock"));
    }

    #[test]
    fn what_is_no_pattern_is_named() {
        assert!(patterns(&["ok", "[a"]).unwrap_err().contains("\"[a\""));
        assert!(patterns(&[""]).is_err());
        assert!(patterns(&[&"x".repeat(600)]).is_err());
        assert!(patterns(&["a"; 300]).unwrap_err().contains("256"));
    }
}
