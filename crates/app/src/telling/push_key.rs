//! By what browsers know this server: a file beside the photos, since with another key every browser would
//! have to be asked again.

use std::io;

use qige_channels::push::PushKey;

use crate::App;

/// Inside the data folder.
const FILE: &str = "push.key";

impl App {
    /// The key that browsers subscribe to; made where there is none.
    ///
    /// # Errors
    /// When the file cannot be read or made.
    pub fn push_key(&self) -> Result<&PushKey, io::Error> {
        if let Some(key) = self.push_key.get() {
            return Ok(key);
        }
        let file = self.settings.data_folder.join(FILE);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let drawn = PushKey::draw().map_err(io::Error::other)?;
                match crate::keys::keep_text(&file, drawn.as_bytes()) {
                    Ok(()) => drawn,
                    // Another process was quicker.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        std::fs::read_to_string(&file)?
                    }
                    Err(error) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        let key: PushKey = text.parse().map_err(io::Error::other)?;
        Ok(self.push_key.get_or_init(|| key.with_contact(&self.settings.public_url)))
    }
}
