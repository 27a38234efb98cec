"""The provider's steps (standard: "The provider's steps", "Making the answer"), in the order in which they stand there."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from .store import Store
from .tables import Tables
from .trust import OwnKey, Trust, open_body, seal, sign
from .wire import (
    Envelope,
    Json,
    Refused,
    Signed,
    b64u,
    compact,
    fits,
    japan_day,
    new_id,
    read_json,
    read_time,
    sha256,
    write_time,
)

SHARED = (
    "from", "to", "from_principal", "to_principal", "affair", "procedure", "information", "responsibility", "edition",
    "disaster_id", "consent_ref", "record_disclosure", "subject_count", "expires_at",
)  # fmt: skip
SKEW = timedelta(seconds=300)
NETWORK = "urn:renkei:network"


class Provider:
    """One body as it answers."""

    def __init__(
        self, body: str, provides: set[str], tables: Tables, store: Store, trust: Trust, keys: tuple[OwnKey, OwnKey]
    ) -> None:
        self.body, self.provides = body, provides
        self.tables, self.store, self.trust = tables, store, trust
        self.signer, self.opener = keys

    # --- an inquiry comes in ------------------------------------------------------------------------------------------

    def receive(self, raw: bytes, now: datetime) -> Json:
        """A delivered message: what is said with the 202. Raises Refused."""
        members = read_json(raw)
        if isinstance(members, dict) and set(members) == {"receipt"}:
            return self.ended(members["receipt"], now)
        envelope = Envelope(raw, self.tables.types["renkei-inquiry"]["fields"], self.tables.typs)
        claims = envelope.claims
        if claims["to"] != self.body:
            raise Refused("not_for_us")
        at = self._instant(envelope, now)
        key = self.trust.key(envelope.header.kid, "signing", f"urn:renkei:body:{claims['from']}", at, now)
        self.trust.verify(envelope.header, key)
        known = self._seen(envelope)
        if known is not None:
            return {"exchange_number": known, "state": "delivered"}
        self._fresh(claims, now)
        permit = self._permit(envelope, now)
        self._authority(claims, permit, at, now)
        items = self._content(envelope)
        self._accept(raw, envelope, permit, items, now)
        return {"exchange_number": permit["exchange_number"], "state": "delivered"}

    def _instant(self, envelope: Envelope, now: datetime) -> datetime:
        """As of when certificates are looked at: the permit's `accepted_at`, if it can be read and is not ahead."""
        try:
            permit = self._read_permit(envelope)
        except Refused:
            return now
        return min(read_time(permit.claims["accepted_at"]), now)

    def _seen(self, envelope: Envelope) -> str | None:
        """The exchange of this very header; None for a new message. Raises Refused for another under the same id."""
        sql = "SELECT number, header_sha256 FROM exchange WHERE sender = ? AND message_id = ?"
        row = self.store.one(sql, envelope.claims["from"], envelope.claims["message_id"])
        if row is None:
            return None
        if row[1] != sha256(envelope.header.token):
            raise Refused("message_id_reused")
        return str(row[0])

    @staticmethod
    def _fresh(claims: Json, now: datetime) -> None:
        if read_time(claims["issued_at"]) > now + SKEW:
            raise Refused("issued_in_future")
        if read_time(claims["expires_at"]) <= now:
            raise Refused("message_expired")

    def _read_permit(self, envelope: Envelope) -> Signed:
        permit = Signed(envelope.members.get("permit", ""), {"renkei-permit"}, self.tables.typs)
        if not fits(self.tables.types["renkei-permit"]["fields"], permit.claims):
            raise Refused("permit_invalid")
        return permit

    def _permit(self, envelope: Envelope, now: datetime) -> Json:
        if "permit" not in envelope.members:
            raise Refused("permit_missing")
        try:
            permit = self._read_permit(envelope)
            at = min(read_time(permit.claims["accepted_at"]), now)
            self.trust.verify(permit, self.trust.key(permit.kid, "signing", NETWORK, at, now))
        except Refused as refused:
            passed_on = refused.code in ("revocation_unknown", "temporarily_unable")
            raise refused if passed_on else Refused("permit_invalid") from None
        said, claims, beside = permit.claims, envelope.claims, envelope.members
        if said["kind"] != "inquiry" or said["to"] != self.body:
            raise Refused("permit_mismatch")
        self._permit_in_time(said, now)
        hashes = {f"{name}_sha256": sha256(beside[name]) for name in ("header", "body", "subjects") if name in beside}
        if {name: value for name, value in said.items() if name.endswith("_sha256")} != hashes:
            raise Refused("permit_mismatch")
        self._permit_agrees(said, claims)
        if claims["subject_kind"] == "person" and len(envelope.link_codes) != claims["subject_count"]:
            raise Refused("permit_mismatch")
        return said

    @staticmethod
    def _permit_in_time(permit: Json, now: datetime) -> None:
        if read_time(permit["expires_at"]) <= now:
            raise Refused("permit_expired")
        if read_time(permit["accepted_at"]) > now + SKEW:
            raise Refused("permit_invalid")

    @staticmethod
    def _permit_agrees(permit: Json, claims: Json) -> None:
        if any(permit.get(name) != claims.get(name) for name in SHARED):
            raise Refused("permit_mismatch")

    def _authority(self, claims: Json, permit: Json, at: datetime, now: datetime) -> Any:
        """By our own tables: a permit is no ground. Returns the key to seal the answer to."""
        day = japan_day(read_time(permit["accepted_at"]))
        self.tables.check_authority(claims, self.body, self.provides, day)
        try:
            return self.trust.key(claims["reply_kid"], "sealing", f"urn:renkei:body:{claims['from']}", at, now)
        except Refused as refused:
            passed_on = refused.code in ("revocation_unknown", "temporarily_unable")
            raise refused if passed_on else Refused("reply_key_invalid") from None

    def _content(self, envelope: Envelope) -> list[Json]:
        claims = envelope.claims
        plain = open_body(envelope.body, self.opener)
        if sha256(plain) != claims["content_sha256"]:
            raise Refused("content_hash_mismatch")
        try:
            content = read_json(plain)
        except Refused:
            raise Refused("content_form_invalid") from None
        names = ("message_id", "from", "to")
        if not isinstance(content, dict) or not all(isinstance(content.get(name), str) for name in names):
            raise Refused("content_form_invalid")
        if any(content[name] != claims[name] for name in names):
            raise Refused("body_not_bound")
        size = self.tables.informations[claims["information"]]["padded_size"]
        if "padding" in content and claims["subject_count"] == 1 and len(plain) != size:
            raise Refused("content_form_invalid")
        if not fits(self.tables.types["renkei-inquiry"]["content_fields"], content):
            raise Refused("content_form_invalid")
        items: list[Json] = content["items"]
        if [item["item_no"] for item in items] != list(range(1, claims["subject_count"] + 1)):
            raise Refused("content_form_invalid")
        bad = [item["item_no"] for item in items if not self.tables.keys_fit(claims["information"], item["keys"])]
        if bad:
            raise Refused("key_invalid", bad)
        return items

    # --- what was accepted --------------------------------------------------------------------------------------------

    def _accept(self, raw: bytes, envelope: Envelope, permit: Json, items: list[Json], now: datetime) -> None:
        """The inquiry, its answer and the lines that tell of both, in one transaction: then only comes the 202."""
        claims, number = envelope.claims, permit["exchange_number"]
        waits = self._needs_person(claims["information"], envelope.link_codes)
        with self.store.transaction():
            self.store.run(
                "INSERT INTO exchange VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", number, claims["from"], claims["message_id"],
                sha256(envelope.header.token), claims["expires_at"], "waiting" if waits else "sent", write_time(now),
                waits or "", raw,
            )  # fmt: skip
            told = {name: claims[name] for name in ("from", "affair", "information", "responsibility")}
            self.store.log("access", number, at=write_time(now), exchange_number=number, **told)
            if waits is None:
                self._answer(envelope, permit, items, now)

    def _needs_person(self, information: str, link_codes: list[str]) -> str | None:
        """Why officials must decide, None for automatic handling."""
        by_default = self.tables.informations[information]["answer"] == "manual"
        for code in link_codes:
            own = self.store.own_number(code)
            mark = self.store.marked(own, information) if own is not None else None
            if mark is not None and mark[0] == "manual":
                return mark[1] or "mark"
            if mark is None and by_default:
                return "information"
        return None

    def decide(self, number: str, *, release: bool, now: datetime) -> None:
        """Officials have decided: sender and authority once more, then the answer; or a refusal, where either is gone."""
        row = self.store.one("SELECT envelope FROM exchange WHERE number = ? AND state = 'waiting'", number)
        assert row is not None
        envelope = Envelope(row[0], self.tables.types["renkei-inquiry"]["fields"], self.tables.typs)
        permit = self._read_permit(envelope).claims
        at, asker = min(read_time(permit["accepted_at"]), now), f"urn:renkei:body:{envelope.claims['from']}"
        self.trust.renew()
        with self.store.transaction():
            self.store.run("UPDATE exchange SET state = 'sent' WHERE number = ?", number)
            try:
                self.trust.key(envelope.header.kid, "signing", asker, at, now)
                self._answer(envelope, permit, self._content(envelope), now, withhold=not release)
            except Refused as refused:
                self._refuse_late(envelope, permit, refused, now)

    def _answer(
        self, envelope: Envelope, permit: Json, items: list[Json], now: datetime, *, withhold: bool = False
    ) -> None:
        claims, number = envelope.claims, permit["exchange_number"]
        key = self._authority(claims, permit, min(read_time(permit["accepted_at"]), now), now)
        owners = [self.store.own_number(code) for code in envelope.link_codes]
        results = [
            {"item_no": item["item_no"], "result": "withheld"} if withhold else self.result(claims, item, own)
            for item, own in zip(items, owners, strict=True)
        ]
        day = japan_day(read_time(permit["accepted_at"]))
        header: Json = {
            "message_id": new_id(), "from": self.body, "to": claims["from"], "issued_at": write_time(now),
            "edition": claims["edition"], "information": claims["information"], "exchange_number": number,
            "in_reply_to": claims["message_id"], "inquiry_sha256": sha256(envelope.header.token), "part": 1,
            "last_part": True,
            "responsibility": self.tables.answering_section(claims["information"], self.body, day),
        }  # fmt: skip
        subjects = {"salt": secrets.token_urlsafe(24), "link_codes": envelope.link_codes}
        sealed = self._sealed(header, results, subjects, claims, key)
        self._send(number, sealed, claims["expires_at"])
        persons = [
            {"item_no": result["item_no"], "own_number": own or "", "result": result["result"]}
            for result, own in zip(results, owners, strict=True)
        ]
        personal = {"salt": secrets.token_urlsafe(24), "persons": persons}
        self.store.log("business", number, at=write_time(now), exchange_number=number, personal=personal)

    def _sealed(self, header: Json, results: list[Json], subjects: Json, claims: Json, key: Any) -> Json:
        ids = {name: header[name] for name in ("message_id", "from", "to", "exchange_number")}
        content = {"salt": secrets.token_urlsafe(24), **ids, "results": results, "padding": ""}
        size = self.tables.informations[claims["information"]]["padded_size"]
        content["padding"] = "0" * (size - len(compact(content)))
        plain, subjects_text = compact(content), b64u(compact(subjects))
        header |= {"subjects_sha256": sha256(subjects_text), "content_sha256": sha256(plain)}
        return {
            "header": sign(header, "renkei-answer", self.signer),
            "subjects": subjects_text,
            "body": seal(plain, claims["reply_kid"], key),
        }

    def result(self, claims: Json, item: Json, own_number: str | None) -> Json:
        """One result. Unknown code, no own number, no copy: one and the same."""
        found = None if own_number is None else self.copy_for(own_number, claims["information"], item["keys"])
        if found is None:
            return {"item_no": item["item_no"], "result": "no_record"}
        status, as_of, record = found
        said: Json = {"item_no": item["item_no"], "result": "provided"}
        if status is not None:
            said["status"] = status
        return said | {"as_of": as_of, "record": self.narrowed(claims, status, record)}

    def narrowed(self, claims: Json, status: str | None, record: Json) -> Json:
        """The items that may leave."""
        return self.tables.project(claims["information"], claims["affair"], status, record)

    def copy_for(self, own_number: str, information: str, keys: Json) -> tuple[str | None, str, Json] | None:
        """The copy that the inquiry keys choose."""
        rows = self.tables.informations[information]["keys"]
        exact = [row["id"] for row in rows if row["match"] == "exact"]
        as_of = [row["id"] for row in rows if row["match"] == "as_of"]
        fitting = [
            copy
            for copy in self.store.copies(own_number, information)
            if all(copy[0][name] == keys[name] for name in exact) and all(copy[0][name] <= keys[name] for name in as_of)
        ]
        if not fitting:
            return None
        _, status, updated, record = max(fitting, key=lambda copy: [copy[0][name] for name in as_of])
        return status, updated, self._within(information, keys, record)

    def _within(self, information: str, keys: Json, record: Json) -> Json:
        """The rows of the period asked for, both ends included; the whole record where no key names a period."""
        row = self.tables.informations[information]
        span = {key["match"]: keys[key["id"]] for key in row["keys"]}
        if "period_from" not in span:
            return record
        group = next(item for item in row["items"] if item["id"] == row["period_group"])
        day = next(item for item in row["items"] if item["id"] == row["period_item"])
        *above, last = group["path"]
        copied: Json = json.loads(json.dumps(record))
        place = copied
        for name in above:
            place = place.get(name, {})
        name = day["path"][-1]
        kept = [one for one in place.get(last, []) if span["period_from"] <= one[name] <= span["period_to"]]
        place.pop(last, None)
        if kept:
            place[last] = kept
        return copied

    def _refuse_late(self, envelope: Envelope, permit: Json, refused: Refused, now: datetime) -> None:
        claims, row = envelope.claims, self.tables.refusals[refused.code]
        said = {
            "message_id": new_id(), "from": self.body, "to": "network", "issued_at": write_time(now),
            "exchange_number": permit["exchange_number"], "in_reply_to": claims["message_id"],
            "inquiry_sha256": sha256(envelope.header.token), "code": refused.code, "stage": row["stage"],
        }  # fmt: skip
        self._send(
            permit["exchange_number"], {"header": sign(said, "renkei-refusal", self.signer)}, claims["expires_at"]
        )
        number = permit["exchange_number"]
        self.store.log(
            "audit", number, at=write_time(now), exchange_number=number, code=refused.code, stage=row["stage"]
        )

    def _send(self, number: str, message: Json, until: str) -> None:
        self.store.run("INSERT OR REPLACE INTO outgoing VALUES (?, ?, ?, 0, 0)", number, compact(message), until)

    # --- the network tells how an exchange has ended ------------------------------------------------------------------

    def ended(self, token: object, now: datetime) -> Json:
        """A receipt alone: an inquiry that still waits is closed with it."""
        try:
            receipt = Signed(str(token), {"renkei-receipt"}, self.tables.typs)
            if not fits(self.tables.types["renkei-receipt"]["fields"], receipt.claims):
                raise Refused("receipt_invalid")
            at = min(read_time(receipt.claims["state_at"]), now)
            self.trust.verify(receipt, self.trust.key(receipt.kid, "signing", NETWORK, at, now))
        except Refused as refused:
            passed_on = refused.code in ("revocation_unknown", "temporarily_unable")
            raise refused if passed_on else Refused("receipt_invalid") from None
        number, state = receipt.claims["exchange_number"], receipt.claims["state"]
        with self.store.transaction():
            self.store.run("UPDATE exchange SET state = ? WHERE number = ? AND state = 'waiting'", state, number)
            self.store.log("audit", number, at=write_time(now), exchange_number=number, event="ended", state=state)
        return {"exchange_number": number, "state": state}
