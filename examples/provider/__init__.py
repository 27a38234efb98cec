"""A small provider, written from the standard's document alone. It shares no code with the examiner or the emulator."""
