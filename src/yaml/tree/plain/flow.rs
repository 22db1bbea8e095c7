//! Flow collections, on one line or many, of which JSON is a case.

use super::*;

impl PlainReader<'_> {
    /// Reads a node of a flow collection, or a whole flow collection.
    pub(super) fn flow_node(&mut self, lead: Option<Lead>) -> Option<()> {
        match self.byte(self.at) {
            b'{' => self.flow_mapping(lead),
            b'[' => self.flow_sequence(lead),
            _ => {
                let scalar = self.scalar::<true>()?;
                self.push_scalar(scalar, lead);
                Some(())
            }
        }
    }

    fn flow_sequence(&mut self, lead: Option<Lead>) -> Option<()> {
        let start = self.at;
        let opened = self.open(Kind::Sequence { structure: Structure::Flow, items: 0..0 }, start, lead)?;
        self.at += 1;
        self.flow_space()?;
        while self.byte(self.at) != b']' {
            self.flow_node(None)?;
            self.flow_separator(b']')?;
        }
        self.claim(self.at);
        self.close(opened, start);
        Some(())
    }

    fn flow_mapping(&mut self, lead: Option<Lead>) -> Option<()> {
        let start = self.at;
        let opened = self.open(Kind::Mapping { structure: Structure::Flow, entries: 0..0 }, start, lead)?;
        self.at += 1;
        self.flow_space()?;
        while self.byte(self.at) != b'}' {
            self.flow_entry()?;
            self.flow_separator(b'}')?;
        }
        self.claim(self.at);
        self.close(opened, start);
        Some(())
    }

    /// Reads a key, its colon on the same line, and its value, if there is one.
    fn flow_entry(&mut self) -> Option<()> {
        let key = self.scalar::<true>()?;
        let colon = self.at;
        // As in JSON, the value may follow the colon if that follows a quote.
        let is_adjacent = key.style != ScalarStyle::Plain && key.span.end() == colon;
        let is_null = matches!(self.byte(colon + 1), b',' | b'}');
        if self.byte(colon) != b':'
            || !(is_adjacent || is_null || self.is_separated(colon + 1))
            || colon - key.span.start() > MAX_KEY_LENGTH
        {
            return None;
        }
        self.push_scalar(key, None);
        self.claim(colon);
        self.flow_space()?;
        if matches!(self.byte(self.at), b',' | b'}') {
            self.push_null(colon);
            return Some(());
        }
        self.flow_node(Lead::at(colon))
    }

    /// Reads the comma after a node, or nothing before the bracket that closes.
    fn flow_separator(&mut self, bracket: u8) -> Option<()> {
        self.flow_space()?;
        match self.byte(self.at) {
            b',' => {
                self.at += 1;
                self.flow_space()
            }
            byte => (byte == bracket).then_some(()),
        }
    }

    /// Skips spaces, line breaks and comments.
    fn flow_space(&mut self) -> Option<()> {
        loop {
            match self.byte(self.at) {
                b' ' => self.at += 1,
                b'\t' if self.may_have_tabs => self.at += 1,
                b'\n' | b'\r' => {
                    self.line_break()?;
                    if self.is_at_marker() {
                        return None;
                    }
                }
                b'#' => self.comment()?,
                _ => return Some(()),
            }
        }
    }
}
