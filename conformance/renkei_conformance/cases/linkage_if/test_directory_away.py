"""暗号・署名機能: a provider whose directory does not answer cannot tell, and says so."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Scenario, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.product import Product
from renkei_fixtures.messages import both

DIRECTORY = ("/renkei/1/certificates/", "/renkei/1/bodies")


# P-SVC-001 提供者は、登録簿に尋ねられないために kid の証明書を得られない電文を、service 段階の temporarily_unable（503、再送可）
#   で断り、登録簿が戻った後の同一のバイト列を受け付けなければならない。
@case(
    "SVC-01",
    verifies=["P-SVC-001"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="登録簿に尋ねられない間は断り、戻れば同じ電文を受け付ける",
    en="While the directory is away the refusal says so; once it is back the same bytes are taken",
)
def test_directory_away(product: Product, ev: Evidence) -> None:
    product.ask()
    draft = product.inquiry()
    draft = draft.signed_by(product.ordered("renewed", str(draft.plan.claims["from"])))
    why = both("conformance.why.directory_away")
    ev.step("directory_away")
    with product.parties.tap.away(*DIRECTORY):
        said = product.put_once(draft)
    if said.sort == "accepted":
        # It knew the certificate already: nothing can be told from that.
        raise Inconclusive(both("conformance.reason.knew_already"))
    due = {"told": "refused", "status": 503, "code": "temporarily_unable", "stage": "service"}
    ev.check("P-SVC-001", equal("refusal", due, said.short(), why))
    ev.step("directory_back")
    again = product.put_once(draft)
    ev.check("P-SVC-001", equal("the same bytes", "accepted", again.sort, why))
