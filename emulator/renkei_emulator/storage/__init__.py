"""Storage: what the journeys may ask of a disk, and the filling that answers (SQLite).

``sqlite.SqliteFile`` is the file; what a body keeps in it stands in ``body_sqlite``, what the network keeps in
``network_sqlite``. Rooms know none of it.
"""

from renkei_emulator.storage.chain import LogLine
from renkei_emulator.storage.sqlite import MEMORY, Conflict, SqliteFile, Statement

__all__ = ["MEMORY", "Conflict", "LogLine", "SqliteFile", "Statement"]
