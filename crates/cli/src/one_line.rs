//! One event of the log is one line, whatever stands in it.

use std::io::{self, Write};

/// Writes line breaks within an event as `\n` and `\r`: what others said, quoted in an error, must not look
/// like a line of ours. It is given one event at a time, as the log writes them.
pub(crate) struct OneLine<W>(pub(crate) W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let (text, end) = match event.strip_suffix(b"\n") {
            Some(text) => (text, &b"\n"[..]),
            None => (event, &b""[..]),
        };
        let mut line = Vec::with_capacity(event.len());
        for byte in text {
            match byte {
                b'\n' => line.extend(b"\\n"),
                b'\r' => line.extend(b"\\r"),
                other => line.push(*other),
            }
        }
        line.extend(end);
        self.0.write_all(&line)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_s_words_make_a_line_of_their_own() {
        let kept = Kept::default();
        let to = kept.clone();
        let log = tracing_subscriber::fmt().with_writer(move || OneLine(to.clone())).finish();
        tracing::subscriber::with_default(log, || {
            let said = "no such host\r\n2026-11-29T00:00:00Z  INFO qige: all is well";
            tracing::error!(error = %said, "a message did not leave");
            tracing::info!("the next one");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[0].contains(r"no such host\r\n2026-11-29T00:00:00Z  INFO qige: all is well"), "{text}");
    }
}
