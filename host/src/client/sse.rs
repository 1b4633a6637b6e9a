//! Server-Sent Events, as they come in pieces.

/// The longest frame that is kept: the host sends no event of more than a few mebibytes, whatever its agents do.
const MAX_FRAME_BYTES: usize = 64 << 20;

/// One frame that has data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// The number of a stored event.
    pub(super) id: Option<u64>,
    pub(super) data: String,
}

/// What comes is no stream of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SseError {
    #[error("a frame is longer than {MAX_FRAME_BYTES} bytes")]
    TooLong,
    #[error("a frame is not UTF-8")]
    NotText,
}

/// Takes bytes as they come, wherever they are cut, and gives whole frames.
#[derive(Debug, Default)]
pub(super) struct SseParser {
    /// The line that is not finished.
    line: Vec<u8>,
    /// Whether the last byte was a carriage return: a line feed after it belongs to the same end of line.
    after_return: bool,
    id: Option<u64>,
    data: Option<String>,
    frames: std::collections::VecDeque<Frame>,
}

impl SseParser {
    /// The next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), SseError> {
        for &byte in bytes {
            let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => self.end_line()?,
                _ => self.line.push(byte),
            }
        }
        let kept = self.line.len() + self.data.as_ref().map_or(0, String::len);
        if kept > MAX_FRAME_BYTES { Err(SseError::TooLong) } else { Ok(()) }
    }

    /// The next whole frame. What is unfinished when the stream ends is no frame.
    pub(super) fn next(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }

    fn end_line(&mut self) -> Result<(), SseError> {
        let line = std::mem::take(&mut self.line);
        let line = std::str::from_utf8(&line).map_err(|_| SseError::NotText)?;
        if line.is_empty() {
            let id = self.id.take();
            if let Some(data) = self.data.take() {
                self.frames.push_back(Frame { id, data });
            }
            return Ok(());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            "id" => self.id = value.parse().ok(),
            // A comment has no name before its colon, and the host sends no other fields.
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(parser: &mut SseParser) -> Vec<(Option<u64>, String)> {
        std::iter::from_fn(|| parser.next()).map(|frame| (frame.id, frame.data)).collect()
    }

    #[test]
    fn frames_are_the_same_wherever_they_are_cut() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ": hello\n\nid: 1\ndata: {\"a\": \"grüße\"}\n\ndata:two\ndata: lines\n\nevent: x\nid: 7\n\ndata\nretry: 5\n\ndata: cut"
                .replace('\n', end);
            for step in 1..text.len() {
                let mut parser = SseParser::default();
                let mut found = Vec::new();
                for piece in text.as_bytes().chunks(step) {
                    parser.push(piece).unwrap();
                    found.extend(frames(&mut parser));
                }
                let expected = [
                    (Some(1), "{\"a\": \"grüße\"}".to_owned()),
                    (None, "two\nlines".to_owned()),
                    (None, String::new()),
                ];
                assert_eq!(found, expected, "{end:?} {step}");
            }
        }
    }

    #[test]
    fn what_is_no_stream_of_events_is_an_error() {
        assert_eq!(SseParser::default().push(b"data: \xff\n"), Err(SseError::NotText));
        let mut parser = SseParser::default();
        let long = vec![b'x'; MAX_FRAME_BYTES / 2];
        parser.push(b"data: ").unwrap();
        parser.push(&long).unwrap();
        parser.push(b"\ndata: ").unwrap();
        assert_eq!(parser.push(&long), Err(SseError::TooLong));
    }
}
