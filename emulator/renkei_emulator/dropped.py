"""The drop folder that the operator ordered, brought to the business door of the one body that runs here."""

from __future__ import annotations

import json
from typing import Any

from renkei_emulator.business_systems.drop_folder import DropFolder
from renkei_emulator.installation import Installation
from renkei_emulator.ordered import EmulateOptions
from renkei_emulator.world import HttpRequest
from renkei_fixtures.errors import SetupError
from renkei_fixtures.sheets import load_layout
from renkei_fixtures.sheets.drop import folders


def drops(options: EmulateOptions, installation: Installation) -> list[DropFolder]:
    """The drop folder, if one was ordered. Raises SetupError where it, its layout or its body is not clear."""
    if options.drop is None:
        return []
    if len(installation.nodes) != 1:
        got = ", ".join(installation.nodes) or "-"
        raise SetupError("emulator.drop.body", where="--drop", expected="--only BODY", got=got)
    (body,) = installation.nodes
    try:
        folders(options.drop)
    except OSError as error:
        raise SetupError("emulator.storage.unwritable", where=str(options.drop), got=error.strerror) from None

    async def send(operation: str, members: dict[str, Any]) -> tuple[int, bytes]:
        headers = {"authorization": f"Bearer {installation.tokens[body]}"}
        path, content = f"/business/1/{body}/{operation}", json.dumps(members).encode()
        reply = await installation.handle("business", HttpRequest("POST", path, headers, content))
        return reply.status, reply.body

    return [DropFolder(options.drop, load_layout(options.drop_layout), installation.standard, send)]
