//! What Python prints when a module cannot be loaded, as its author reads it.

/// The first line of a traceback.
const TITLE: &str = "Traceback (most recent call last):";

/// `printed` without the frames of files that begin with one of `hidden`, and without a title where no frame is left.
pub(super) fn without_frames(printed: &str, hidden: &[String]) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut is_hidden = false;
    for line in printed.trim_end().lines() {
        if let Some(file) = line.strip_prefix("  File \"") {
            is_hidden = hidden.iter().any(|folder| file.starts_with(folder));
        } else if !line.starts_with("    ") {
            is_hidden = false;
        }
        if !is_hidden {
            let is_frame = line.starts_with("  ");
            if !is_frame && lines.last() == Some(&TITLE) {
                lines.pop();
            }
            lines.push(line);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(printed: &str) -> String {
        without_frames(printed, &["/entry/".to_owned(), "/1/rak/".to_owned()])
    }

    #[test]
    fn only_frames_of_the_author_are_left() {
        let printed = "hello\nTraceback (most recent call last):\n  File \"/entry/e.py\", line 3, in <module>\n    a()\n    ~^^\n  File \"/0/a.py\", line 2\n    def f(:\n          ^\nSyntaxError: invalid syntax\n";
        assert_eq!(
            shown(printed),
            "hello\nTraceback (most recent call last):\n  File \"/0/a.py\", line 2\n    def f(:\n          ^\nSyntaxError: invalid syntax"
        );
    }

    #[test]
    fn a_traceback_without_frames_is_its_last_line() {
        let printed = "Traceback (most recent call last):\n  File \"/entry/e.py\", line 3, in <module>\n    a()\n  File \"/1/rak/b.py\", line 4, in b\nLookupError: a has no agent\n";
        assert_eq!(shown(printed), "LookupError: a has no agent");
    }
}
