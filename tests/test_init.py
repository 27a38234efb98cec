"""`renkei init`: a kit that fits the emulated world, whole, repeatable, and never over somebody's files."""

import json
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from renkei.cli import run as cli
from renkei.kit import Order, files_of
from renkei_conformance import profile
from renkei_conformance.vendor_kit import open_kit, problems_of
from renkei_emulator.installation import Installation
from renkei_emulator.world import HttpRequest, StillClock
from renkei_fixtures.sheets import load_layout, nested, read_sheet, record_columns
from renkei_fixtures.standard import load

NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
BODY = "001015"
USAGE, NO_VERDICT = 2, 4


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A directory in which `renkei init` was called."""
    folder = tmp_path_factory.mktemp("vendor")
    assert cli(["init", str(folder), "--seed", "7"]) == 0
    return folder


def problems(kit, **other):
    asked = {"body": BODY, "seed": None, "edition": load().edition, "now": datetime.now(UTC)} | other
    return [one.key.rpartition(".")[2] for one in problems_of(kit, **asked)]


def test_the_product_file_is_right_as_it_stands_and_explains_every_key_in_both_languages(made):
    text = (made / "renkei.toml").read_text("utf-8")
    found = profile.load(made / "renkei.toml", load())

    assert (found.format, found.product.body) == (2, BODY)
    assert found.kit_path == made / "kit"
    for key in re.findall(r"^(\w+) = ", text, re.MULTILINE):
        above = text[: text.index(f"\n{key} = ")].rsplit("\n\n", 1)[-1]
        # keys that stand together are explained together
        assert re.search("[ぁ-んァ-ヶ一-龠]", above), key
        assert re.search("[A-Za-z]{4}", above), key


def test_a_kit_just_made_has_no_problem_and_its_keys_are_for_their_owner_alone(made):
    assert problems(open_kit(made / "kit")) == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in (made / "kit/keys").iterdir()} == {0o600}
    assert (made / "kit/.gitignore").read_text("utf-8").endswith("*\n")


def test_the_pkcs12_files_open_with_the_password_in_both_readmes_and_hold_the_pem_keys(made):
    kit = made / "kit"
    words = {
        re.search(r"`(renkei-[0-9a-f]{8})`", (kit / name).read_text("utf-8"))[1]
        for name in ("README.md", "README.ja.md")
    }
    (password,) = words

    for use in ("signing", "sealing", "sealing-renewed"):
        store = load_pkcs12((kit / f"keys/{use}.p12").read_bytes(), password.encode())
        key = load_pem_private_key((kit / f"keys/{use}.key.pem").read_bytes(), None)
        chain = x509.load_pem_x509_certificates((kit / f"keys/{use}.chain.pem").read_bytes())
        assert store.key.private_numbers() == key.private_numbers()
        assert [store.cert.certificate, *(one.certificate for one in store.additional_certs)] == chain


async def reply(here, operation, body):
    headers = {"authorization": f"Bearer {here.tokens[BODY]}"}
    got = await here.handle("business", HttpRequest("POST", f"/business/1/{BODY}/{operation}", headers, body))
    return got.status, json.loads(got.body)


def test_every_load_is_taken_whole_by_the_reference_and_the_tables_say_the_same():
    import asyncio

    standard = load()
    files = files_of(Order(BODY, 7, NOW, ["income_tax_certificate"]), standard)

    async def loaded():
        here = await Installation.build([BODY], True, 7, StillClock(NOW))
        here.start()
        names = sorted(
            (name for name in files if name.startswith("data/json/")), key=lambda name: "link_codes" not in name
        )
        return [(name, await reply(here, "load", files[name])) for name in names]

    for name, (status, said) in asyncio.run(loaded()):
        assert (status, said["set_aside"]) == (200, []), name
        assert said["loaded"] > 0
    layout, columns = load_layout("sjis2004-csv"), record_columns(standard.informations["income_tax_certificate"])
    rows = json.loads(files["data/json/income_tax_certificate.json"])["records"]
    sheet = read_sheet(layout, columns, files["data/sjis2004-csv/income_tax_certificate.csv"])
    assert [nested(columns, cells) for _, cells in sheet.rows] == rows


def test_the_same_seed_makes_the_same_kit_but_for_the_salt_of_pkcs12_and_another_seed_another():
    one, two, other = (files_of(Order(BODY, seed, NOW, []), load()) for seed in (7, 7, 8))
    differ = {name for name in one if one[name] != two[name]}

    assert differ == {"keys/signing.p12", "keys/sealing.p12", "keys/sealing-renewed.p12", "kit.json"}
    assert one["keys/signing.key.pem"] != other["keys/signing.key.pem"]
    assert one["trust/anchors.pem"] != other["trust/anchors.pem"]


def test_the_keys_are_those_that_the_emulated_world_of_the_year_knows():
    import asyncio

    files = files_of(Order(BODY, 7, NOW, []), load())
    later = StillClock(datetime(2027, 2, 1, tzinfo=UTC))
    here = asyncio.run(Installation.build([BODY], True, 7, later, keys_of=2026))

    assert here.authority.body(BODY).signing.chain_pem.encode() == files["keys/signing.chain.pem"]


def test_nothing_is_overwritten(made, capsys):
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}

    assert cli(["init", str(made), "--lang", "en"]) == NO_VERDICT
    assert "not overwritten" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before


def test_a_product_file_that_is_there_is_kept(tmp_path, capsys):
    (tmp_path / "renkei.toml").write_text("mine", "utf-8")

    assert cli(["init", str(tmp_path), "--lang", "en"]) == 0
    assert (tmp_path / "renkei.toml").read_text("utf-8") == "mine"
    assert "left as it is" in capsys.readouterr().out


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_body_that_does_not_exist_is_told_and_nothing_is_written(lang, tmp_path, capsys):
    assert cli(["init", str(tmp_path), "--body", "999999", "--lang", lang]) == NO_VERDICT
    assert BODY in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# --- a kit that does not fit ------------------------------------------------------------------------------------------
@pytest.fixture
def kit(made, tmp_path):
    import shutil

    return open_kit(shutil.copytree(made / "kit", tmp_path / "kit"))


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ({"body": "001023"}, ["body"]),
        ({"seed": 8}, ["seed"]),
        ({"edition": "2030A"}, ["edition"]),
        ({"now": datetime(2040, 1, 1, tzinfo=UTC)}, ["expired"] * 3),
        ({"now": datetime(2001, 1, 1, tzinfo=UTC)}, ["not_yet"] * 3),
        ({"body": "001023", "seed": 8}, ["body", "seed"]),
    ],
)
def test_a_kit_of_another_body_seed_edition_or_time_is_told(kit, asked, due):
    assert problems(kit, **asked) == due


def test_a_key_that_was_exchanged_is_told(kit):
    signing, sealing = kit.file("keys/signing.key.pem"), kit.file("keys/sealing.key.pem")
    signing.write_bytes(sealing.read_bytes())

    assert problems(kit) == ["changed", "key"]


def test_a_missing_file_is_told_by_its_name(kit):
    kit.file("trust/anchors.pem").unlink()

    assert problems(kit) == ["file_missing"]


def test_a_foreign_anchor_is_told(kit):
    other = files_of(Order(BODY, 8, NOW, []), load())
    kit.file("trust/anchors.pem").write_bytes(other["trust/anchors.pem"])

    assert problems(kit) == ["changed", "chain", "chain", "chain"]


def test_a_kit_of_before_the_second_key_serves_whoever_does_not_claim_it(kit):
    files = {name: value for name, value in kit.files.items() if "renewed" not in name}
    former = replace(kit, files=files)

    assert problems(former) == []
    assert problems(former, options=("renewed_keys",)) == ["no_renewed"]
    assert problems(kit, options=("renewed_keys",)) == []


def test_a_second_key_that_is_not_of_its_certificate_is_told(kit):
    kit.file("keys/sealing-renewed.key.pem").write_bytes(kit.file("keys/sealing.key.pem").read_bytes())

    assert problems(kit) == ["changed", "key"]


def test_a_vendor_may_edit_readmes_and_data(kit):
    kit.file("README.md").write_text("ours", "utf-8")

    assert problems(kit) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda kit: (kit / "kit.json").unlink(), "There is no kit"),
        (lambda kit: (kit / "kit.json").write_text("{", "utf-8"), "cannot be read"),
        (lambda kit: (kit / "kit.json").write_text('{"format": 99}', "utf-8"), "another form"),
        (lambda kit: (kit / "kit.json").write_text('{"format": 1}', "utf-8"), "body"),
    ],
)
def test_certify_tells_a_kit_that_is_not_there_or_not_whole(change, named, made, tmp_path, capsys):
    import shutil

    shutil.copytree(made, tmp_path / "v")
    change(tmp_path / "v/kit")

    assert (
        cli(["certify", "--product", str(tmp_path / "v/renkei.toml"), "--out", str(tmp_path / "o"), "--lang", "en"])
        == 4
    )
    assert named in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_certify_tells_a_seed_that_is_not_the_kit_s_and_takes_the_kit_s_when_none_is_said(made, capsys):
    from renkei.certify import profile_and_seed

    assert profile_and_seed(made / "renkei.toml", None)[1] == 7
    assert cli(["certify", "--product", str(made / "renkei.toml"), "--seed", "8", "--lang", "en"]) == NO_VERDICT
    assert "another seed" in capsys.readouterr().err


# --- the product file -------------------------------------------------------------------------------------------------
def told(made, tmp_path, old, new, lang="en"):
    """What is said of the product file with `old` replaced, as rendered text and as keys."""
    text = (made / "renkei.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "renkei.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(profile.SetupError) as caught:
        profile.load(tmp_path / "renkei.toml", load())
    return caught.value.render(lang), [one.key.rpartition(".")[2] for one in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "en", "ja"),
    [
        ("format = 2", "format = 3", "newer Renkei", "新しい版"),
        ("format = 2", "format = 0", "one of: 1, 2", "次のいずれか: 1, 2"),
        ("population = 100000", "population = 0", "1 or more", "1 以上"),
        ("population = 100000", 'population = "many"', "a whole number, without quotes", "整数（引用符なし）"),
        ("use_cases = [1]", "use_cases = 1", "a list in [ ]", "[ ] で囲んだ並び"),
        ("use_cases = [1]", "use_cases = [9]", "8 or less", "8 以下"),
        ('version = "0.1"', "version = 0.1", "a text in quotes", "引用符で囲んだ文字列"),
        ('version = "0.1"', 'version = ""', "not empty", "空でない文字列"),
        ('version = "0.1"', 'verison = "0.1"', "did you mean version?", "「version」の書き誤り"),
        ('"127.0.0.1:8400"', '"8400"', "the form host:port", "host:port の形"),
        ('driver = "http"', 'driver = "fax"', "one of: http", "次のいずれか: http"),
        ('token = "change-me"', 'token = "change-me"\nfolder = "x"', "keys of http: address, token", "http のキー"),
    ],
)
def test_a_wrong_value_is_told_in_the_words_of_both_languages(made, tmp_path, old, new, en, ja):
    assert en in told(made, tmp_path, old, new)[0]
    said = told(made, tmp_path, old, new, "ja")[0]
    assert ja in said
    assert not re.search(r"Input should|String should|valid", said)


def test_a_part_that_holds_is_looked_at_even_where_another_does_not(made, tmp_path):
    _, keys = told(made, tmp_path, 'body = "001015"\n', 'body = "999999"\npopulatoin = 1\n')
    assert sorted(keys) == ["unknown_key"]  # the part with the misspelt key is not looked into further


def test_form_2_needs_a_kit_and_form_1_is_still_read(made, tmp_path):
    assert told(made, tmp_path, 'kit = "kit"\n', "")[1] == ["missing_key"]
    text = (made / "renkei.toml").read_text("utf-8").replace("format = 2", "").replace('kit = "kit"', "")
    (tmp_path / "renkei.toml").write_text(text, "utf-8")
    assert profile.load(tmp_path / "renkei.toml").format == 1


def test_what_another_part_means_is_told_in_the_same_breath(made, tmp_path):
    text = (made / "renkei.toml").read_text("utf-8").replace('version = "0.1"', "version = 0.1")
    (tmp_path / "renkei.toml").write_text(text.replace('"127.0.0.1:8400"', '"127.0.0.1:99999"'), "utf-8")
    with pytest.raises(profile.SetupError) as caught:
        profile.load(tmp_path / "renkei.toml")

    places = [one.where.rpartition(": ")[2] for one in caught.value.problems]
    assert sorted(places) == ["network_side.listen", "product.version"]


@pytest.mark.parametrize("roles", [("provider",), ("inquirer",), ("provider", "inquirer")])
def test_the_roles_that_were_asked_for_stand_in_the_product_file(roles, tmp_path):
    assert cli(["init", str(tmp_path), *(word for role in roles for word in ("--roles", role))]) == 0
    assert profile.load(tmp_path / "renkei.toml", load()).product.roles == roles
