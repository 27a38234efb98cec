"""The cases, in the shape of the standard: a room of the emulator has its cases under the same name here."""
