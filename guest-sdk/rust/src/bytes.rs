//! Bytes that the host gives in parts, for who reads them as a file.

use std::io;

use crate::Failure;

/// Fills a buffer with what the host gives for `max`, which is nothing at the end.
pub(crate) fn read_into(
    buffer: &mut [u8],
    read: impl FnOnce(u32) -> Result<Vec<u8>, Failure>,
) -> io::Result<usize> {
    if buffer.is_empty() {
        return Ok(0);
    }
    let bytes = read(u32::try_from(buffer.len()).unwrap_or(u32::MAX))?;
    let filled = buffer
        .get_mut(..bytes.len())
        .ok_or_else(|| Failure::failed("the host gave more bytes than it was asked for"))?;
    filled.copy_from_slice(&bytes);
    Ok(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureKind;

    #[test]
    fn a_failure_survives_the_way_through_an_error_of_reading() {
        let failure = Failure::interrupted();
        let error = read_into(&mut [0; 2], |_| Err(failure.clone())).unwrap_err();
        assert_eq!(Failure::from(error), failure);
    }

    #[test]
    fn a_buffer_is_filled_as_far_as_there_is_something() {
        let mut buffer = *b"....";
        let read = read_into(&mut buffer, |max| Ok(vec![b'x'; max as usize - 1]));
        assert_eq!((read.unwrap(), &buffer), (3, b"xxx."));
        // No call for nothing: an empty answer would be the end.
        let nothing = read_into(&mut [], |_| Err(Failure::failed("called")));
        assert_eq!(nothing.unwrap(), 0);
        let too_much = read_into(&mut buffer, |_| Ok(vec![0; 5])).unwrap_err();
        assert_eq!(Failure::from(too_much).kind, FailureKind::Failed);
    }
}
