"""Run records made by hand, for the tests of this house and of whoever reads records.

`RecordBuilder` writes what the examiner would write, line by line; nothing is computed behind the test's back, so
that a record can also be wrong on purpose.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from renkei_fixtures.run_record import (
    CaseFinished,
    CaseStarted,
    Check,
    ClauseResult,
    Event,
    Expected,
    ExpectedCase,
    ExpectedClause,
    Line,
    Message,
    Product,
    RunFinished,
    RunStarted,
    RunVerdict,
    Step,
    Verdict,
    chain_of,
    encode,
)
from renkei_fixtures.standard.rows import Text

REFERENCE = Product(kind="bundled-reference", name="Renkei reference", version="0.1.0", body="001015")
VENDOR = Product(kind="product", name="連携太郎", version="3.2.1", vendor="Example Systems", body="001015")
HOSTILE = (
    "</script><script>alert('x')</script><img src=http://evil.example/x onerror=alert(1)>\"'&\u202e\x00\x1b[31m]]>"
)


class RecordBuilder:
    """A record in the making. `seq` counts from 0 as the examiner's does; the clock ticks 10 ms per line."""

    def __init__(
        self,
        product: Product = REFERENCE,
        *,
        set_: Literal["smoke", "full"] = "full",
        only: tuple[str, ...] = (),
        seed: int = 20120331,
    ) -> None:
        self.lines: list[Line] = []
        self.add(
            RunStarted(
                run_id="01890000-0000-7000-8000-000000000001",
                seed=seed,
                set=set_,
                only=only,
                lang="ja",
                product=product,
                profile={"roles": ["provider"], "informations": ["income_tax_certificate"], "options": []},
                hashes={name: name[0] * 64 for name in ("suite", "standard", "profile", "environment")},
                versions={"renkei": "0.1.0", "python": "3.11.7", "hypothesis": "6.170.15"},
                argv=("renkei", "certify", "--seed", str(seed)),
            )
        )

    def add(self, event: Event) -> int:
        """Append any event, also an odd one; returns its sequence number."""
        seq = len(self.lines)
        at = f"2026-11-23T01:{seq // 6000:02d}:{seq // 100 % 60:02d}.{seq % 100:02d}0Z"
        self.lines.append(Line(seq=seq, at=at, event=event))
        return seq

    def expect(self, clauses: Iterable[ExpectedClause], cases: Iterable[ExpectedCase]) -> None:
        self.add(Expected(clauses=tuple(clauses), cases=tuple(cases)))

    def exchange(self, case: str, *, request: str, reply: str, status: int = 202, door: Literal["N", "B"] = "N") -> int:
        """A request to the product and its reply; returns the reply's sequence number."""
        path = "/renkei/1/messages" if door == "N" else "/business/1/001015/collect"
        media = {"content-type": "application/vnd.renkei+json" if door == "N" else "application/json"}
        for direction, code, body in (("sent", None, request), ("heard", status, reply)):
            seq = self.add(
                Message.model_validate(
                    {
                        "case": case,
                        "direction": direction,
                        "door": door,
                        "method": "POST",
                        "path": path,
                        "status": code,
                        "headers": media,
                        "body": body,
                    }
                )
            )
        return seq

    def case(
        self,
        id_: str,
        checks: Mapping[str, bool],
        verdict: Verdict,
        *,
        clauses: Mapping[str, Verdict] | None = None,
        reason: Text | None = None,
        text: str = "…",
        finish: bool = True,
    ) -> None:
        """One case with an exchange, one check per clause and its end."""
        self.add(CaseStarted(case=id_))
        self.add(Step(case=id_, text=Text(ja="照会を送る", en="Send the inquiry")))
        inquiry = envelope("renkei-inquiry", {"from": "482013", "to": "001015", "note": text})
        reply = json.dumps({"exchange_number": "N0000000001", "state": "delivered", "note": text}, ensure_ascii=False)
        seq = self.exchange(id_, request=inquiry, reply=reply)
        self.add(Step(case=id_, text=Text(ja="応答を確かめる", en="Judge the answer")))
        for clause, ok in checks.items():
            self.add(
                Check(
                    case=id_,
                    clause=clause,
                    ok=ok,
                    expected={"status": 403, "code": "signature_invalid"},
                    got={"status": 403, "code": "signature_invalid"} if ok else {"status": 202, "note": text},
                    path="/header",
                    why=Text(ja=f"受理された {text}", en=f"It was accepted {text}"),
                    evidence=(seq - 1, seq),
                )
            )
        if finish:
            decided = clauses if clauses is not None else dict.fromkeys(checks, verdict)
            self.add(CaseFinished(case=id_, verdict=verdict, reason=reason, clauses=decided, seconds=0.125))

    def finish(self, verdict: RunVerdict, exit_code: int, clauses: Mapping[str, Verdict]) -> None:
        results = {id_: ClauseResult(verdict=found) for id_, found in clauses.items()}
        words = Text(ja=verdict, en=verdict)
        self.add(RunFinished(verdict=verdict, words=words, exit_code=exit_code, clauses=results))

    def bytes(self) -> bytes:
        whole, chain = b"", ""
        for line in self.lines:
            raw = encode(line.seq, line.at, line.event, chain)
            whole, chain = whole + raw, chain_of(raw)
        return whole

    def write(self, directory: Path, *, cut: int = 0) -> Path:
        """`run.ndjson` in `directory`, its last `cut` bytes missing; returns the directory, as `write_all` takes it."""
        directory.mkdir(parents=True, exist_ok=True)
        whole = self.bytes()
        (directory / "run.ndjson").write_bytes(whole[: len(whole) - cut])
        return directory


def expected_clause(
    id_: str, applies: Literal["applicable", "not_applicable", "excluded"] = "applicable"
) -> ExpectedClause:
    why = (
        None if applies == "applicable" else Text(ja="製品ファイルで宣言されていない", en="Not claimed by the product")
    )
    return ExpectedClause(id=id_, applies=applies, why=why)


def expected_case(id_: str, *clauses: str, title: Text | None = None, spoil: str | None = None) -> ExpectedCase:
    return ExpectedCase(
        id=id_,
        title=title or Text(ja=f"ケース {id_}", en=f"Case {id_}"),
        clauses=clauses,
        role="provider",
        family="envelope",
        kind="negative" if spoil else "positive",
        function="linkage_if.crypto_signature",
        spoil=spoil,
    )


def envelope(typ: str, claims: Mapping[str, str]) -> str:
    """Something shaped like a message of interface N; its signature is worthless."""
    parts = [json.dumps({"alg": "ES256", "kid": "k" * 43, "typ": typ}), json.dumps(dict(claims), ensure_ascii=False)]
    encoded = [base64.urlsafe_b64encode(part.encode("utf-8", "replace")).rstrip(b"=").decode() for part in parts]
    subjects = base64.urlsafe_b64encode(b'{"salt":"s","link_codes":["ABCDEFGHIJKLMNOPQRSTUV"]}').rstrip(b"=").decode()
    return json.dumps({"header": ".".join([*encoded, "A" * 86]), "subjects": subjects, "body": f"{'e' * 3000}"})


def passing(product: Product = REFERENCE) -> RecordBuilder:
    """A full run in which everything passed: three clauses, three cases."""
    record = RecordBuilder(product)
    record.expect(
        [expected_clause(id_) for id_ in ("P-SIG-001", "P-TRN-001", "P-ITM-001")]
        + [expected_clause("P-SIG-009", "excluded"), expected_clause("P-MAN-001", "not_applicable")],
        [expected_case("C-1", "P-SIG-001"), expected_case("C-2", "P-TRN-001"), expected_case("C-3", "P-ITM-001")],
    )
    for id_, clause in (("C-1", "P-SIG-001"), ("C-2", "P-TRN-001"), ("C-3", "P-ITM-001")):
        record.case(id_, {clause: True}, "pass")
    verdict: RunVerdict = "reference_conformant" if product.kind == "bundled-reference" else "conformant"
    record.finish(verdict, 0, dict.fromkeys(("P-SIG-001", "P-TRN-001", "P-ITM-001"), "pass"))
    return record


def every_verdict(product: Product = VENDOR, text: str = "…", *, fault: bool = False) -> RecordBuilder:
    """A full run that ended with every verdict a clause can have; `text` stands wherever a peer can write.

    With `fault` the examiner's own fault is among them; the run is then nobody's failure but ours.
    """
    record = RecordBuilder(product)
    verdicts: dict[str, Verdict] = {
        "P-SIG-001": "fail",
        "P-SIG-002": "inconclusive",
        "P-TRN-001": "pass",
        "P-ITM-001": "not_tested",
    }
    if fault:
        verdicts["P-FRM-001"] = "examiner_fault"
    title = Text(ja=f"他団体の署名 {text}", en=f"Signature of another body {text}")
    record.expect(
        [expected_clause(id_) for id_ in verdicts]
        + [expected_clause("P-SIG-009", "excluded"), expected_clause("P-MAN-001", "not_applicable")],
        [
            expected_case("C-SIG-1", "P-SIG-001", title=title, spoil="signature.of_another_body"),
            expected_case("C-SIG-2", "P-SIG-002"),
            expected_case("C-TRN-1", "P-TRN-001"),
        ]
        + ([expected_case("C-FRM-1", "P-FRM-001")] if fault else []),
    )
    record.case("C-SIG-1", {"P-SIG-001": False}, "fail", text=text)
    stalled = Text(ja=f"対の正しい電文が拒否された {text}", en=f"The clean twin was refused {text}")
    record.case("C-SIG-2", {}, "inconclusive", clauses={"P-SIG-002": "inconclusive"}, reason=stalled, text=text)
    record.case("C-TRN-1", {"P-TRN-001": True}, "pass", text=text)
    if fault:
        broken = Text(ja=f"検査側の例外 {text}", en=f"Exception in the examiner {text}")
        record.case("C-FRM-1", {}, "examiner_fault", clauses={"P-FRM-001": "examiner_fault"}, reason=broken)
    record.finish("examiner_fault" if fault else "not_conformant", 4 if fault else 1, verdicts)
    return record
