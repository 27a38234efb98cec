"""連携確認機能（照会者）: questions that must stay in the house have not left it by the end of the run either."""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.case import INQUIRER, Stateful, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.inquiring import stays
from renkei_conformance.questions import asked_beside
from renkei_conformance.watching import stayed_home


# I-ASK-001 照会者は、権限表に根拠のない照会の依頼を拒否し、ネットワークに送ってはならない。
# I-ASK-002 照会者は、その事務を担当しない、照会できない、又は発令期間外の職責による照会の依頼を拒否し、ネットワ
#   ークに送ってはならない。
# I-ASK-003 照会者は、自団体が保有する情報を、ネットワークを通じて自団体に照会してはならない。
# I-ASK-004 照会者は、リンクコードを保有しない者についての照会の依頼を拒否し、ネットワークに送ってはならない
#   。
@case(
    "IQ-ASK-09",
    verifies=["I-ASK-001", "I-ASK-002", "I-ASK-003", "I-ASK-004"],
    role=INQUIRER,
    family="authority",
    kind=Stateful(),
    turn="end",
    ja="送ってはならない依頼は、検査の終わりまで送られていない",
    en="Questions that must not leave have not left by the end of the examination either",
)
def test_home_to_the_end(asker: Asker, ev: Evidence) -> None:
    known = {one.clause for one in asker.state.stayed}
    for clause, code in (("I-ASK-001", "authority_not_granted"), ("I-ASK-002", "responsibility_not_granted")):
        if clause not in known:  # this case alone was asked for
            stays(asker, clause, asked_beside(asker, code)[0])
    found = list(stayed_home(asker, ev.case.verifies))
    ev.step("sweep_stayed", count=len(found))
    for clause, finding in found:
        ev.check(clause, finding)
