"""What stands on the stage for a case: its own forge, and the product, people and network as this run knows them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from renkei_conformance.asker import Asker
from renkei_conformance.case import INQUIRER, PROVIDER, Case
from renkei_conformance.drivers import Passed, Watched
from renkei_conformance.errors import ExaminerFault, NotTested
from renkei_conformance.evidence import Evidence, RunEvidence
from renkei_conformance.forge.bench import Forge
from renkei_conformance.generation import Generation
from renkei_conformance.informations import claimed_features
from renkei_conformance.kit import KeyPair
from renkei_conformance.network_side import NetworkSide, NetworkState
from renkei_conformance.people import People
from renkei_conformance.product import Product, ProductState, require_present
from renkei_conformance.questioner import AskerState
from renkei_conformance.questions import Answers
from renkei_conformance.repro import recipe
from renkei_conformance.setup import RunSetup
from renkei_conformance.unsealing import unsealer
from renkei_conformance.watched import WatchedUpper
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures.messages import both
from renkei_fixtures.run_record import Forged


class RunStage:
    """One per run. Every door is watched from here on, so no message of a case can miss the record."""

    def __init__(self, setup: RunSetup, evidence: RunEvidence) -> None:
        sink = self._passed
        parties = setup.parties
        self._heard_at = parties.clock.now()
        self.parties = replace(
            parties,
            product=Watched(parties.product, "N", sink),
            network=Watched(parties.network, "W", sink) if parties.network is not None else None,
            upper=WatchedUpper(parties.upper, sink),
        )
        self.unwatch = self.parties.tap.watch(sink)
        self.setup = setup
        self.evidence = evidence
        if setup.out is not None:
            evidence.unseal = unsealer(parties.kit)
        self.body = parties.profile.product.body
        self.claims = claims_of_profile(setup)
        general = Forge(self.parties, setup.standard, setup.seed, "people")
        self.people = People(self.parties, setup.seed, self.body, general.link_codes)
        self._began = self.parties.clock.now()
        self.product_state = ProductState()
        self.asker_state = AskerState(f"Q{int(self._began.timestamp() * 1000):x}")
        self.network_state = NetworkState()
        self._forges: dict[str, Forge] = {}
        self.odd_keys: dict[str, KeyPair] = {}
        """Ordered certificates with which messages of failed cases were signed; the rest is in the kit."""
        evidence.forged = self._forged

    def _passed(self, passed: Passed) -> None:
        """Sink of every door and of the tap. Whatever the product says is progress, however slow it is."""
        if passed.door != "W" and (passed.reply is not None or passed.direction == "heard"):
            self._heard_at = self.setup.parties.clock.now()
        self.evidence.passed(passed)

    def before(self, case: Case) -> None:
        """See `plugin.Stage`."""
        clock = self.parties.clock
        attended = self.parties.profile.business_side.driver == "attended"  # people take the time they need
        bounded = not (attended or clock.is_still)
        if bounded and (clock.now() - self._heard_at).total_seconds() > clock.seconds("total"):
            raise NotTested(both("conformance.reason.total", seconds=f"{clock.seconds('total'):g}"))
        self.parties.tap.forged.questions.listening = False
        if case.role != "network":
            require_present(self.product_state)
        for need in case.needs:
            if need not in self.claims:
                raise NotTested(both("conformance.why_not.not_claimed", option=need))

    def fixture(self, name: str, ev: Evidence) -> object:
        """See `plugin.Stage`."""
        match name:
            case "forge":
                return self.forge(ev)
            case "product":
                return Product(ev, self.forge(ev), self.parties, self.people, self.product_state)
            case "asker":
                product = Product(ev, self.forge(ev), self.parties, self.people, self.product_state)
                answers = Answers(self.setup.standard)
                return Asker(ev, self.forge(ev), self.parties, product, self.asker_state, answers)
            case "network":
                return NetworkSide(ev, self.forge(ev), self.parties, self.setup.seed, self.network_state)
            case "people":
                return self.people
            case "parties":
                return self.parties
            case "generation":
                return Generation(self.setup.seed, ev.case.id, self.setup.examples_cap)
        raise ExaminerFault(f"no fixture {name}")

    def _forged(self, case: str) -> Iterator[Forged]:
        """See `RunEvidence.forged`."""
        forge = self._forges.get(case)
        for draft in forge.delivered if forge is not None else ():
            self.odd_keys |= {pair.kid: pair for pair in recipe.keys_of(draft)}
            yield Forged(case=case, sent_sha256=sha256_b64u(draft.bytes()), recipe=recipe.of(draft))

    def forge(self, ev: Evidence) -> Forge:
        """The case's own forge, the same one however often it is asked for."""
        if ev.case.id not in self._forges:
            self._forges = {ev.case.id: Forge(self.parties, self.setup.standard, self.setup.seed, ev.case.id)}
        return self._forges[ev.case.id]


def claims_of_profile(setup: RunSetup) -> Collection[str]:
    """What `applies` of a clause and `needs` of a case are looked up in. The network role claims everything."""
    profile = setup.parties.profile
    claimed = {*profile.product.options, profile.network_side.delivery}
    return claimed | ({"push", "pull", "records_export", "log_chain"} if "network" in setup.roles else set())


def features_of_profile(setup: RunSetup) -> Mapping[str, Collection[str]]:
    """By role the features of the informations that it is about: those provided, those asked for."""
    product = setup.parties.profile.product
    informations = {PROVIDER: product.provided, INQUIRER: product.asked}
    return {role: claimed_features(setup.standard, names) for role, names in informations.items()}
