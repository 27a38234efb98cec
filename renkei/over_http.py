"""Parties over HTTP: emulated network and counterparts as a child process, the tap in this one, and the product.

With no product file the bundled reference is a second child; then all clocks begin at one instant of its own world.
With a product file every clock is the machine's, for the product has no other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from renkei.bundled import BEGINS, bundled_profile
from renkei.drivers import http_upper, upper_of
from renkei.language import current, tell
from renkei_conformance.drivers import Door, Reply, Request, Unreachable
from renkei_conformance.drivers.http import HttpDoor
from renkei_conformance.forge.tokens import network_signer
from renkei_conformance.kit import Management
from renkei_conformance.lower.inbox import ForgedInbox
from renkei_conformance.lower.network import ForgedNetwork
from renkei_conformance.lower.serve import Server
from renkei_conformance.lower.tap import Tap
from renkei_conformance.parties import ExaminerClock, Parties
from renkei_conformance.upper import UpperTester
from renkei_fixtures.errors import SetupError
from renkei_fixtures.instants import parse
from renkei_fixtures.municipalities import SUBJECT, counterpart_of, load_bodies
from renkei_fixtures.run_record import Product

if TYPE_CHECKING:
    from renkei.children import Child, Children
    from renkei_conformance.profile import Profile
    from renkei_fixtures.standard import Standard


class LateDoor:
    """A door whose other side is known only later: the tap listens before the product runs."""

    def __init__(self) -> None:
        """Nobody is there yet."""
        self.door: Door | None = None

    def send(self, request: Request, timeout: float) -> Reply:
        """See `Door.send`."""
        if self.door is None:
            raise Unreachable("product", "not started yet")
        return self.door.send(request, timeout)


def product_row(profile: Profile | None) -> Product:
    """What was examined, for the record."""
    p = (profile or bundled_profile()).product
    kind = "bundled-reference" if profile is None else "product"
    row = {"kind": kind, "name": p.name, "version": p.version, "vendor": p.vendor, "body": p.body}
    side = None if profile is None else profile.business_side
    return Product.model_validate(row | ({} if side is None else {"driver": side.driver, "operator": side.operator}))


class World:
    """Everybody in a run over HTTP. Leaving the context stops the tap; the children end with `Children`."""

    def __init__(
        self,
        children: Children,
        profile: Profile | None,
        seed: int,
        standard: Standard,
        *,
        most_s: Callable[[], float] | None = None,
        quiet: bool = False,
    ) -> None:
        """Start whom it takes. Raises SetupError where a child or the tap does not come up.

        `most_s`: no wait of the table is longer, for whoever has little time (asked when the children are up).
        `quiet`: nothing is told meanwhile.
        """
        self._quiet = quiet
        self._children = children
        self._seed = seed
        self._keys_of = [] if profile is None else _keys_of(profile)
        self._offset = timedelta(0) if profile is not None else parse(BEGINS) - datetime.now(UTC)
        body = profile.product.body if profile is not None else SUBJECT
        network = self._start("network", "network", "--all-but", body)
        management = Management(HttpDoor(network.ready["management_url"]), network.ready["management_token"])
        kit = management.kit()
        self._product = LateDoor()
        most = float("inf") if most_s is None else most_s()
        waits = {wait.id: min(wait.seconds, most) for wait in standard.waits.values()}
        clock = ExaminerClock.live(waits, self._offset)
        forged = ForgedNetwork(network_signer(kit), clock.now)
        tap = Tap(forged, HttpDoor(network.ready["network_url"]), self._product)
        if profile is not None and profile.network_side.delivery == "pull":
            tap.inbox = ForgedInbox(clock.now, may_wait=True)
        port = urlsplit(f"//{profile.network_side.listen}").port or 0 if profile is not None else 0
        self._tap = Server(tap, product_port=port)
        self._tap.start()
        if profile is None:
            profile = self._reference(body)
        if profile.network_side.address:  # who fetches need not be reachable
            self._product.door = HttpDoor(profile.network_side.address)
        management.set_address(body, self._tap.address_for_network, brought=tap.inbox is not None)
        self.parties = Parties(
            product=self._product,
            network=HttpDoor(network.ready["network_url"]),
            management=management,
            upper=upper_of(profile, standard),
            tap=tap,
            clock=clock,
            kit=management.kit(),
            profile=profile,
            counterpart_upper=_counterpart(network, counterpart_of(body)),
            tap_address=self._tap.address_for_network,
        )

    def _start(self, child: str, say: str, *args: str, **values: str) -> Child:
        from click import echo  # noqa: PLC0415 - the terminal is there already

        if not self._quiet:
            echo(tell(f"cli.starting.{say}", **values))
        # An offset and no instant: an instant would count from when the child has come up, later than ours.
        clock = "live" if not self._offset else f"offset:{self._offset.total_seconds()}"
        same = ["--seed", str(self._seed), "--clock", clock, "--lang", current(), *self._keys_of]
        return self._children.emulate(child, *args, *same)

    def _reference(self, body: str) -> Profile:
        text = load_bodies()[body].text
        name = text.ja if current() == "ja" else text.en
        child = self._start(
            "reference", "reference", "--only", body, "--network", self._tap.address_for_product, body=body, name=name
        )
        return bundled_profile(
            address=child.ready["bodies_url"],
            listen=urlsplit(self._tap.address_for_product).netloc,
            business=f"{child.ready['business_url']}/business/1/{body}",
            token=child.ready["business_tokens"][body],
        )

    def __enter__(self) -> World:
        """Enter the context."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Stop the tap."""
        self._tap.stop()


def _keys_of(profile: Profile) -> list[str]:
    """The certificates of all parties are those of the kit's year, so that a kit outlives New Year's Eve."""
    from renkei_conformance.vendor_kit import open_kit  # noqa: PLC0415 - the bundled reference has no kit

    try:
        return [] if profile.kit_path is None else ["--keys-of", str(open_kit(profile.kit_path).year)]
    except SetupError:
        return []  # told where the kit is checked; a run repeated from its record has none


def _counterpart(network: Child, their: str) -> UpperTester | None:
    token = network.ready["business_tokens"].get(their)
    return http_upper(f"{network.ready['business_url']}/business/1/{their}", token) if token else None
