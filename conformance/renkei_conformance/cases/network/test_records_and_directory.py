"""情報提供ネットワークシステム: the record of provision, and the public directory."""

from __future__ import annotations

from renkei_conformance.case import NETWORK, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.network_side import NetworkSide
from renkei_conformance.oracles import network as rules
from renkei_conformance.oracles import records
from renkei_fixtures.messages import both


# N-REC-001 ネットワークは、中継した提供ごとに、処理通番、照会者、提供者、事務及び連携情報をもつ提供の記録を残し
#   、各行を直前の行のハッシュで連鎖させなければならない。
@case(
    "N-REC-01",
    verifies=["N-REC-001"],
    role=NETWORK,
    family="records",
    kind=Scenario(),
    ja="提供ごとに、記録の行を鎖につないで残す",
    en="Every provision has its line, chained to the one before",
)
def test_provision_line(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry()
    network.answered(carried)
    export = network.provision_record()
    header = carried.draft.header
    due = {name: header[name] for name in ("from", "to", "affair", "information")}
    ev.check("N-REC-001", records.holds(export.rows, {"exchange_number": carried.exchange_number, **due}, "provision"))
    ev.check_all("N-REC-001", records.chained(export, "provision"))


# N-DIR-001 ネットワークは、証明書、失効リスト及び各団体の署名した登録内容を、登録簿として公開しなければならない
#   。
@case(
    "N-DIR-01",
    verifies=["N-DIR-001"],
    role=NETWORK,
    family="envelope",
    kind=Scenario(),
    ja="証明書・失効リスト・団体の名簿を、誰にでも示す",
    en="Certificates, the CRL and the bodies' signed entries are there for everybody",
)
def test_public_directory(network: NetworkSide, ev: Evidence) -> None:
    why = both("conformance.why.directory")
    kit = network.parties.kit
    leaf = kit.body(network.asker.code).signing
    chain = network.get(f"/renkei/1/certificates/{leaf.kid}")
    got = {
        "status": chain.status,
        "type": chain.media_type,
        "leaf": leaf.chain_pem.split("-----END")[0] in chain.body.decode("ascii", "replace"),
    }
    ev.check(
        "N-DIR-001",
        equal("certificates", {"status": 200, "type": "application/pem-certificate-chain", "leaf": True}, got, why),
    )
    crl = network.get("/renkei/1/crl")
    due = {"status": 200, "type": "application/pkix-crl", "empty": False}
    ev.check("N-DIR-001", equal("crl", due, {"status": crl.status, "type": crl.media_type, "empty": not crl.body}, why))
    entries = network.directory()
    ev.check("N-DIR-001", equal("bodies", sorted(kit.bodies), sorted(entries), why))
    for signed in entries.values():
        ev.check_all("N-DIR-001", rules.entry(ev.run.standard, signed))
