"""情報提供ネットワークシステム: what the network itself refuses before anybody is permitted anything."""

from __future__ import annotations

from renkei_conformance.case import NETWORK, Negative, case
from renkei_conformance.network_side import NetworkSide


# N-SIG-001 ネットワークは、ヘッダーの署名が検証できない電文を、sender 段階の signature_invalid（403）で拒否しな
#   ければならない。
@case(
    "N-SIG-01",
    verifies=["N-SIG-001"],
    role=NETWORK,
    family="envelope",
    kind=Negative(
        "sender.signature_bit_flipped", also=("sender.signature_of_another_body", "sender.claim_changed_after_signing")
    ),
    ja="署名が合わない電文を拒否する",
    en="A message whose signature does not hold is refused",
)
def test_signature_invalid(network: NetworkSide) -> None:
    network.negative()


# N-SIG-002 ネットワークは、署名者の証明書の SAN が from の団体でない電文を、sender 段階の certificate_not_of_se
#   nder（403）で拒否しなければならない。
@case(
    "N-SIG-02",
    verifies=["N-SIG-002"],
    role=NETWORK,
    family="envelope",
    kind=Negative("sender.certificate_of_another_body", also=("sender.certificate_with_other_name",)),
    ja="発信者のものでない証明書の電文を拒否する",
    en="A certificate that is not the sender's is refused",
)
def test_certificate_not_of_sender(network: NetworkSide) -> None:
    network.negative()


# N-SIG-003 ネットワークは、失効した証明書による署名を、sender 段階の certificate_revoked（403）で拒否しなければ
#   ならない。
@case(
    "N-SIG-03",
    verifies=["N-SIG-003"],
    role=NETWORK,
    family="envelope",
    kind=Negative("sender.certificate_revoked"),
    ja="失効した証明書の電文を拒否する",
    en="A revoked certificate is refused",
)
def test_certificate_revoked(network: NetworkSide) -> None:
    network.negative()


# N-FRS-001 ネットワークは、同じ送信元が使用済みの message_id を別のヘッダーで用いた電文を、freshness 段階の mes
#   sage_id_reused（409）で拒否しなければならない。
@case(
    "N-FRS-01",
    verifies=["N-FRS-001"],
    role=NETWORK,
    family="envelope",
    kind=Negative("freshness.message_id_reused"),
    ja="使用済みの電文識別子を拒否する",
    en="A message id used before is refused",
)
def test_message_id_reused(network: NetworkSide) -> None:
    network.negative()


# N-FRS-002 ネットワークは、有効期限 expires_at を過ぎた電文を、freshness 段階の message_expired（403）で拒否し
#   なければならない。
@case(
    "N-FRS-02",
    verifies=["N-FRS-002"],
    role=NETWORK,
    family="envelope",
    kind=Negative("freshness.message_expired"),
    ja="有効期限を過ぎた電文を拒否する",
    en="A message past its expiry is refused",
)
def test_message_expired(network: NetworkSide) -> None:
    network.negative()


# N-AUT-001 ネットワークは、権限表に許す行のない照会を、authority 段階の authority_not_granted（403）で拒否しな
#   ければならない。
@case(
    "N-AUT-01",
    verifies=["N-AUT-001"],
    role=NETWORK,
    family="authority",
    kind=Negative(
        "authority.affair_without_row", also=("authority.procedure_without_row", "authority.information_without_row")
    ),
    ja="表に根拠のない照会を拒否する",
    en="An inquiry without an authority row is refused",
)
def test_authority_not_granted(network: NetworkSide) -> None:
    network.negative()


# N-AUT-002 ネットワークは、職責がその事務の照会を許されていない照会を、authority 段階の responsibility_not_gran
#   ted（403）で拒否しなければならない。
@case(
    "N-AUT-02",
    verifies=["N-AUT-002"],
    role=NETWORK,
    family="authority",
    kind=Negative("responsibility.not_charged", also=("responsibility.may_not_ask", "responsibility.unknown")),
    ja="事務を担わない職責からの照会を拒否する",
    en="A responsibility that has not this affair is refused",
)
def test_responsibility_not_granted(network: NetworkSide) -> None:
    network.negative()


# N-AUT-003 ネットワークは、受付日に有効でない版の照会を、authority 段階の edition_not_in_force（403）で拒否しな
#   ければならない。
@case(
    "N-AUT-03",
    verifies=["N-AUT-003"],
    role=NETWORK,
    family="authority",
    kind=Negative("edition.unknown"),
    ja="有効でない版の照会を拒否する",
    en="An edition that is not in force is refused",
)
def test_edition_not_in_force(network: NetworkSide) -> None:
    network.negative()


# N-AUT-004 ネットワークは、照会者と提供者が同じ団体である照会を、authority 段階の same_body（403）で拒否しなけ
#   ればならない。
@case(
    "N-AUT-04",
    verifies=["N-AUT-004"],
    role=NETWORK,
    family="authority",
    kind=Negative("authority.same_body"),
    ja="自団体への照会を拒否する",
    en="A body's inquiry to itself is refused",
)
def test_same_body(network: NetworkSide) -> None:
    network.negative()


# N-AUT-005 ネットワークは、reply_kid の証明書が照会者の有効な暗号用証明書でない照会を、authority 段階の reply_k
#   ey_invalid（403）で拒否しなければならない。
@case(
    "N-AUT-05",
    verifies=["N-AUT-005"],
    role=NETWORK,
    family="authority",
    kind=Negative("reply_key.of_another_body", also=("reply_key.of_signing_certificate", "reply_key.unknown")),
    ja="返信用の証明書が照会者のものでない照会を拒否する",
    en="A reply key that is not the inquirer's sealing key is refused",
)
def test_reply_key_invalid(network: NetworkSide) -> None:
    network.negative()


# N-SUB-001 ネットワークは、照会者のものでない、又は存在しないリンクコードによる照会を、subject 段階の link_code
#   _invalid（403）で拒否しなければならない。
@case(
    "N-SUB-01",
    verifies=["N-SUB-001"],
    role=NETWORK,
    family="identity",
    kind=Negative("subject.link_code_forged", also=("subject.link_code_of_another_body",)),
    ja="偽造された、又は他団体の連携符号を拒否する",
    en="A forged link code, or another body's, is refused",
)
def test_link_code_invalid(network: NetworkSide) -> None:
    network.negative()


# N-SUB-002 ネットワークは、subjects の文字列のハッシュがヘッダーの subjects_sha256 と一致しない照会を、subject
#   段階の subjects_hash_mismatch（400）で拒否しなければならない。
@case(
    "N-SUB-02",
    verifies=["N-SUB-002"],
    role=NETWORK,
    family="identity",
    kind=Negative("subject.hash_of_other_subjects"),
    ja="対象者のハッシュが合わない照会を拒否する",
    en="Subjects whose hash does not fit the header are refused",
)
def test_subjects_hash_mismatch(network: NetworkSide) -> None:
    network.negative()


# N-SUB-003 ネットワークは、リンクコードの数がヘッダーの subject_count と異なる照会を、subject 段階の subject_co
#   unt_mismatch（400）で拒否しなければならない。
@case(
    "N-SUB-03",
    verifies=["N-SUB-003"],
    role=NETWORK,
    family="identity",
    kind=Negative("subject.count_differs"),
    ja="対象者の数が合わない照会を拒否する",
    en="A number of subjects that does not fit is refused",
)
def test_subject_count_mismatch(network: NetworkSide) -> None:
    network.negative()


# N-SUB-004 ネットワークは、同じリンクコードが二度現れる照会を、subject 段階の subject_repeated（400）で拒否しな
#   ければならない。
@case(
    "N-SUB-04",
    verifies=["N-SUB-004"],
    role=NETWORK,
    family="identity",
    kind=Negative("subject.repeated"),
    ja="同じ対象者を二度挙げた照会を拒否する",
    en="A subject named twice is refused",
)
def test_subject_repeated(network: NetworkSide) -> None:
    network.negative()
