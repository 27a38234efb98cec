"""Reports: pure functions of the run record."""
