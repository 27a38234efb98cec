"""An opened answer against its inquiry: who signed, what is bound, what stands in clear (clauses P-ANS-…, P-IDC-…).

Each function decides one rule and never returns nothing; `findings` gives them by clause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.draft import Draft
from renkei_conformance.forge.reader import OpenedAnswer
from renkei_conformance.oracles import authority, fields
from renkei_conformance.wire import Unreadable, sha256_b64u, unb64u
from renkei_fixtures import instants
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard
from renkei_fixtures.text import Text

SALT_BYTES = 16


@dataclass(frozen=True)
class Due:
    """What the answer must agree with: the inquiry's header and its hash, the permit, our tables."""

    standard: Standard
    header: Mapping[str, object]
    header_sha256: str
    permit: Mapping[str, object]
    link_codes: Sequence[str]

    @classmethod
    def of(cls, standard: Standard, draft: Draft) -> Due:
        """What is due on this inquiry."""
        return cls(standard, draft.header, sha256_b64u(draft.header_token.encode()), draft.permit, draft.link_codes)

    @property
    def information(self) -> str:
        return str(self.header["information"])

    @property
    def padded_size(self) -> int:
        return self.standard.informations[self.information].padded_size


def findings(opened: OpenedAnswer, due: Due) -> tuple[tuple[str, Finding], ...]:
    """Every rule that holds for any one answer, with the clause it decides.

    A body that does not open fails the rule about sealing; the rules about what is in it are then left undecided, since
    nobody has seen it.
    """
    undecided = OF_THE_CONTENT if opened.content_bytes is None else ()
    rules = ((clause, rule) for clause, rule in BY_CLAUSE.items() if clause not in undecided)
    return tuple((clause, finding) for clause, rule in rules for finding in rule(opened, due))


def readable(opened: OpenedAnswer) -> tuple[Finding, ...]:
    """Strict reading met no trouble."""
    why = _why("readable")
    if not opened.troubles:
        return (Finding(True, "readable", "readable", "answer", why),)
    return tuple(
        Finding(False, trouble.expected, f"{trouble.code}: {trouble.got}", trouble.path, why)
        for trouble in opened.troubles
    )


def signed(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """By a valid signing certificate of the provider's own (P-ANS-001)."""
    why = _why("answer_signed")
    provider = due.header["to"]
    signer = opened.signer
    if signer is None:
        return (
            Finding(
                False,
                "a certificate of the directory",
                (opened.header_jose or {}).get("kid"),
                "answer.header.jose.kid",
                why,
            ),
        )
    return (
        equal("answer.header.signature", True, opened.signature_valid, why),
        equal("answer.header.from", provider, _claim(opened, "from"), why),
        equal("answer.certificate.subjectAltName", [f"urn:renkei:body:{provider}"], list(signer.san), why),
        equal("answer.certificate.keyUsage", ["digital_signature"], list(signer.usages), why),
        equal("answer.certificate.curve", "secp256r1", signer.curve, why),
        equal("answer.certificate.ca", False, signer.is_ca, why),
        equal("answer.certificate.kid", True, signer.kid_fits, why),
        equal("answer.certificate.chain", None, signer.chain_trouble, why),
        equal("answer.certificate.revoked", False, signer.revoked, why),
    )


def sealed(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """To the key the inquiry named, under closed JOSE headers (P-ANS-002)."""
    why = _why("answer_sealed")
    body, header = opened.body_jose or {}, opened.header_jose or {}
    epk = body.get("epk")
    return (
        equal("answer.body.jose", ["alg", "enc", "epk", "kid", "typ"], sorted(body), why),
        equal("answer.body.jose.alg", "ECDH-ES", body.get("alg"), why),
        equal("answer.body.jose.enc", "A256GCM", body.get("enc"), why),
        equal("answer.body.jose.kid", due.header["reply_kid"], body.get("kid"), why),
        equal("answer.body.jose.typ", "renkei-body", body.get("typ"), why),
        equal("answer.body.jose.epk", ["crv", "kty", "x", "y"], sorted(epk) if isinstance(epk, dict) else None, why),
        equal("answer.body", True, opened.content_bytes is not None, why),
        equal("answer.header.jose", ["alg", "kid", "typ"], sorted(header), why),
        equal("answer.header.jose.alg", "ES256", header.get("alg"), why),
        equal("answer.header.jose.typ", "renkei-answer", header.get("typ"), why),
    )


def bound(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """To its inquiry (P-ANS-003)."""
    why = _why("answer_bound")
    expected: dict[str, object] = {
        "in_reply_to": due.header["message_id"],
        "inquiry_sha256": due.header_sha256,
        "exchange_number": due.permit["exchange_number"],
        "edition": due.header["edition"],
        "information": due.header["information"],
        "to": due.header["from"],
        "part": 1,
        "last_part": True,
    }
    return tuple(equal(f"answer.header.{name}", value, _claim(opened, name), why) for name, value in expected.items())


def content_bound(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """The content repeats the ids, is fresh by its salt, and is what the header promised (P-ANS-004)."""
    why = _why("content_bound")
    content = opened.content or {}
    repeated = tuple(
        equal(f"answer.content.{name}", _claim(opened, name), content.get(name), why)
        for name in ("message_id", "from", "to", "exchange_number")
    )
    digest = None if opened.content_bytes is None else sha256_b64u(opened.content_bytes)
    salt = content.get("salt")
    return (
        *repeated,
        equal("answer.header.content_sha256", digest, _claim(opened, "content_sha256"), why),
        Finding(
            _salted(salt),
            "22 to 64 characters",
            len(salt) if isinstance(salt, str) else None,
            "answer.content.salt",
            why,
        ),
    )


def padded(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """To the information's size, with zeros (P-ANS-005)."""
    why = _why("padded")
    padding = (opened.content or {}).get("padding")
    length = None if opened.content_bytes is None else len(opened.content_bytes)
    zeros = isinstance(padding, str) and set(padding) <= {"0"}
    return (
        equal("answer.content", due.padded_size, length, why),
        Finding(zeros, "zeros", "zeros" if zeros else "other characters or none", "answer.content.padding", why),
    )


def charged(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """By a section that answers for this information (P-ANS-006)."""
    on = instants.japan_date(instants.parse(str(due.permit["accepted_at"])))
    responsibility = _claim(opened, "responsibility")
    ok = authority.may_answer(due.standard, responsibility, str(due.header["to"]), due.information, on)
    expected = list(due.standard.informations[due.information].answering_responsibilities)
    return (Finding(ok, expected, responsibility, "answer.header.responsibility", _why("charged")),)


def closed(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Nothing in clear but what is listed, no null anywhere (P-ANS-007)."""
    why = _why("closed")
    listed = due.standard.message_types["renkei-answer"].fields
    header = dict(opened.header or {})
    return (
        equal("answer", ["body", "header", "subjects"], sorted(opened.envelope or {}), why),
        equal("answer.header", [], list(fields.misfits(listed, header)), why),
        equal("answer.subjects", ["link_codes", "salt"], sorted(opened.subjects or {}), why),
    )


def about_the_asked(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """The permit's codes in their order, and their hash in the header (P-IDC-004)."""
    why = _why("about_the_asked")
    digest = None if opened.subjects_string is None else sha256_b64u(opened.subjects_string.encode())
    due_numbers = list(range(1, len(due.link_codes) + 1))
    numbers = [row.get("item_no") for row in opened.results]
    return (
        equal("answer.subjects.link_codes", list(due.link_codes), list(opened.link_codes), why),
        equal("answer.header.subjects_sha256", digest, _claim(opened, "subjects_sha256"), why),
        *((equal("answer.content.results", due_numbers, numbers, why),) if opened.content_bytes is not None else ()),
    )


def result_form(opened: OpenedAnswer, due: Due) -> tuple[Finding, ...]:
    """Results have exactly the members that their kind has (PROTOCOL §5)."""
    why = _why("result_form")
    has_status = due.standard.informations[due.information].status_table is not None
    provided = {"item_no", "result", "as_of", "record"} | ({"status"} if has_status else set())
    found = []
    for number, row in enumerate(opened.results):
        members = sorted(provided if row.get("result") == "provided" else {"item_no", "result"})
        found.append(equal(f"answer.content.results[{number}]", members, sorted(row), why))
    listed = due.standard.message_types["renkei-answer"].content_fields
    return (*found, equal("answer.content", [], list(fields.misfits(listed, dict(opened.content or {}))), why))


BY_CLAUSE: dict[str, Callable[[OpenedAnswer, Due], tuple[Finding, ...]]] = {
    "P-ANS-001": signed,
    "P-ANS-002": sealed,
    "P-ANS-003": bound,
    "P-ANS-004": content_bound,
    "P-ANS-005": padded,
    "P-ANS-006": charged,
    "P-ANS-007": closed,
    "P-IDC-004": about_the_asked,
}


OF_THE_CONTENT = ("P-ANS-004", "P-ANS-005")


# Rules over several answers, or over an answer and what else is known


def fresh(answers: Sequence[OpenedAnswer]) -> tuple[Finding, ...]:
    """No two answers share message id, salts or ephemeral key (P-ANS-008). Needs at least two."""
    why = _why("fresh")
    drawn: dict[str, list[object]] = {
        "header.message_id": [_claim(opened, "message_id") for opened in answers],
        "content.salt": [(opened.content or {}).get("salt") for opened in answers],
        "subjects.salt": [(opened.subjects or {}).get("salt") for opened in answers],
        "body.jose.epk": [repr((opened.body_jose or {}).get("epk")) for opened in answers],
    }
    return tuple(
        Finding(
            len(set(map(repr, values))) == len(answers) > 1,
            len(answers),
            len(set(map(repr, values))),
            f"answers.{name}",
            why,
        )
        for name, values in drawn.items()
    )


def alike(one: OpenedAnswer, other: OpenedAnswer) -> tuple[Finding, ...]:
    """Two answers that nobody may tell apart: same members, same sizes, results that differ in nothing (P-IDC-006, P-MAN-003)."""
    why = _why("alike")
    pairs: dict[str, Callable[[OpenedAnswer], object]] = {
        "answer.header": lambda opened: sorted(opened.header or {}),
        "answer.content": lambda opened: sorted(opened.content or {}),
        "answer.content.results": lambda opened: [sorted(row) for row in opened.results],
        "answer.content.length": lambda opened: len(opened.content_bytes or b""),
        "answer.body.length": lambda opened: opened.body_length,
        "answer.header.responsibility": lambda opened: _claim(opened, "responsibility"),
    }
    return tuple(equal(path, part(one), part(other), why) for path, part in pairs.items())


def forbidden(opened: OpenedAnswer, values: Mapping[str, str]) -> tuple[Finding, ...]:
    """None of these stands anywhere in the answer, opened or in clear (P-IDC-005). `values`: what → value."""
    why = _why("forbidden")
    text = "\n".join(
        (
            repr(dict(opened.header or {})),
            repr(dict(opened.subjects or {})),
            (opened.content_bytes or b"").decode("utf-8", "replace"),
            repr(dict(opened.envelope or {}).keys()),
        )
    )
    return tuple(
        Finding(
            not value or value not in text, "absent", "present" if value in text else "absent", f"answer: {what}", why
        )
        for what, value in values.items()
    )


def same_bytes(requests: Iterable[bytes]) -> Finding:
    """A resend is byte for byte the first message (P-ANS-009). Needs at least two."""
    digests = [sha256_b64u(body) for body in requests]
    ok = len(digests) > 1 and len(set(digests)) == 1
    expected = [digests[0]] * max(len(digests), 2) if digests else ["the same bytes twice"]
    return Finding(ok, expected, digests, "answer", _why("same_bytes"))


def _claim(opened: OpenedAnswer, name: str) -> object:
    return (opened.header or {}).get(name)


def _salted(salt: object) -> bool:
    if not isinstance(salt, str) or not 22 <= len(salt) <= 64:
        return False
    try:
        return len(unb64u(salt)) >= SALT_BYTES
    except Unreadable:
        return True  # X 22–64 of another alphabet: long enough is all the standard asks


def _why(name: str) -> Text:
    return both(f"conformance.rule.{name}")
