"""Interface B as files: the examiner's driver on one side, the reference's file system on the other, the same answers."""

import asyncio
import contextlib
import json
import threading
from datetime import UTC, datetime

import pytest

from renkei.drivers import upper_of
from renkei_conformance.drivers import Rubbish, TimedOut
from renkei_conformance.profile import of
from renkei_conformance.upper import Ask, Load, NotServed
from renkei_conformance.upper.file import FileUpperTester
from renkei_emulator.business_systems.drop_folder import DropFolder
from renkei_emulator.installation import Installation
from renkei_emulator.network.link_codes import LinkCodes, Person
from renkei_emulator.world import HttpRequest, StillClock
from renkei_fixtures.errors import SetupError
from renkei_fixtures.residents import resident, situation, tax_records
from renkei_fixtures.sheets import bundled_layouts, flat, load_layout, read_sheet, record_columns, write_sheet
from renkei_fixtures.sheets.drop import ASKS, SET_ASIDE, asked_columns, put
from renkei_fixtures.standard import load

ASKER, PROVIDER, SEED = "482013", "001015", 1
NOON = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
INFORMATION = "income_tax_certificate"
COLUMNS = record_columns(load().informations[INFORMATION])


class Files:
    """The reference's bodies with a drop folder each, served in a thread; the examiner's driver for each."""

    def __init__(self, root, layout):
        self.root, self.layout = root, load_layout(layout)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.here = self.wait(Installation.build([ASKER, PROVIDER], True, SEED, StillClock(NOON), background=True))
        self.wait(self._start())
        self.drivers = {body: self.driver(body) for body in (ASKER, PROVIDER)}

    def driver(self, body, patience=10.0):
        return FileUpperTester(self.root / body, self.layout, load(), patience)

    async def _start(self):
        self.here.start()
        drops = [DropFolder(self.root / body, self.layout, load(), self._send(body)) for body in (ASKER, PROVIDER)]
        self.serving = [asyncio.create_task(drop.serve()) for drop in drops]

    def _send(self, body):
        async def send(operation, members):
            headers = {"authorization": f"Bearer {self.here.tokens[body]}"}
            request = HttpRequest("POST", f"/business/1/{body}/{operation}", headers, json.dumps(members).encode())
            reply = await self.here.handle("business", request)
            return reply.status, reply.body

        return send

    def over_http(self, body, operation, members):
        status, raw = self.wait(self._send(body)(operation, members))
        assert status == 200, raw
        return json.loads(raw)

    def wait(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def close(self):
        async def end():
            for task in self.serving:
                task.cancel()
            await asyncio.gather(*self.serving, return_exceptions=True)
            await self.here.close()

        self.wait(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextlib.contextmanager
def files_in(root, layout):
    made = Files(root, layout)
    try:
        yield made
    finally:
        made.close()


def rows(name):
    person = resident(SEED, PROVIDER, situation(name))
    for one in tax_records(SEED, PROVIDER, person.n):
        row = {
            "own_number": person.own_number,
            "keys": {"tax_year": one.tax_year},
            "status": one.status,
            "as_of": one.as_of,
        }
        yield row | ({} if one.record is None else {"record": one.record})


def code(body, name):
    return LinkCodes(SEED).issue(body, Person(resident(SEED, PROVIDER, situation(name)).serial, 0))


def loaded(files, name="taxed", manual=False):
    number = resident(SEED, PROVIDER, situation(name)).own_number
    mark = [{"own_number": number, "information": None, "mode": "manual", "reason": "dv_protection"}] if manual else []
    load_ = Load("l-1", list(rows(name)), [(number, code(PROVIDER, name))], mark, INFORMATION)
    files.drivers[ASKER].load(Load("l-2", (), [("A1", code(ASKER, name))]))
    return files.drivers[PROVIDER].load(load_)


def asked(files, ask_id="a-1"):
    keys = {"tax_year": "2025"}
    ask = Ask(ask_id, PROVIDER, "AF-01", "PR-0101", INFORMATION, "CRA-STAFF", [("A1", keys)], official="o-1")
    return files.drivers[ASKER].ask(ask)


def collected(files, ask_id="a-1"):
    for _ in range(100):
        (found,) = files.drivers[ASKER].collect(ask_id).member("asks")
        if found["results"]:
            return found
    raise AssertionError(found)


@pytest.mark.parametrize("layout", bundled_layouts())
def test_load_ask_and_collect_give_in_files_what_they_give_over_http(layout, tmp_path):
    with files_in(tmp_path, layout) as files:
        done = loaded(files)
        said = asked(files)
        found = collected(files)
        over_http = files.over_http(ASKER, "collect", {"ask_id": "a-1"})["asks"][0]

    assert (done.status, done.body) == (200, {"load_id": "l-1", "loaded": 3, "set_aside": []})
    assert (said.status, said.member("ask_id")) == (202, "a-1")
    assert found["results"][0]["result"] == "provided"
    assert found == over_http


def test_a_decision_and_a_log_go_through_files(tmp_path):
    with files_in(tmp_path, "cp932-csv") as files:
        loaded(files, "protected", manual=True)
        asked(files)
        for _ in range(100):
            if waiting := files.drivers[PROVIDER].collect().member("waiting"):
                break
        number = waiting[0]["exchange_number"]
        same = files.drivers[PROVIDER].decide(number, "release", "o-1", "o-1")
        done = files.drivers[PROVIDER].decide(number, "withhold", "o-1", "o-2", "dv_protection")
        found = collected(files)
        corrected = files.drivers[PROVIDER].correct(number, "o-1", "o-2")
        hidden = files.drivers[PROVIDER].disclose(number, "hidden")
        wrong = files.drivers[PROVIDER].disclose(number, "HIDDEN")
        log = files.drivers[PROVIDER].records("access", number)

    assert (same.status, same.member("code")) == (422, "approval_not_separate")
    assert (done.status, done.member("state")) == (200, "withheld")
    assert found["results"][0]["result"] == "withheld"
    assert (corrected.status, corrected.member("state")) == (200, "corrected")
    assert (hidden.status, hidden.member("state"), hidden.member("record_disclosure")) == (200, "accepted", "hidden")
    assert (wrong.status, wrong.member("code")) == (422, "member_wrong")
    lines = [json.loads(line) for line in log.raw.splitlines()]
    assert {line["exchange_number"] for line in lines[:-1]} == {number}
    assert "seal" in lines[-1]


def test_a_result_that_the_code_page_lacks_keeps_back_no_other(tmp_path):
    """A business system in CP932 is told か゚: the list of what waits and every other result must come all the same."""
    table = load().informations[INFORMATION]
    said = {"ask_id": "q", "item_no": 1, "own_number": "A1", "result": "provided", "as_of": "2025-06-01T00:00:00.000Z"}
    drop = DropFolder(tmp_path, load_layout("cp932-csv"), load(), None, {"q": table.id, "r": table.id})
    asks = [
        {"ask_id": "q", "state": "collected", "results": [{**said, "record": {"taxation": {"tax_year": "か゚"}}}, said]},
        {"ask_id": "r", "state": "accepted", "results": []},
    ]
    files = drop._asks(asks)
    shown = read_sheet(drop.layout, asked_columns(table), files[f"results-{INFORMATION}.csv"])
    aside = read_sheet(drop.layout, SET_ASIDE, files["set_aside.csv"])

    assert len(shown.rows) == 1
    assert [cells[:2] for _, cells in aside.rows] == [(f"results-{INFORMATION}", 0)]
    assert aside.rows[0][1][5] == "code_page"
    assert len(read_sheet(drop.layout, ASKS, files["asks.csv"]).rows) == 2


# --- bad files --------------------------------------------------------------------------------------------------------
def brought(files, records, name="000001-load"):
    """Put a load with these bytes for its records into the provider's folder; what is said of it, as reply and rows."""
    header = "登録番号,連携情報,連携情報の版\r\nbad-1,income_tax_certificate,\r\n".encode("cp932")
    put(tmp := files.root / PROVIDER / "in", name, {"header.csv": header, "records.csv": records})
    there = tmp.parent / "out" / name
    for _ in range(500):
        if there.is_dir():
            break
        threading.Event().wait(0.02)
    driver = files.drivers[PROVIDER]
    (reply,) = driver._rows(there, "reply", driver_reply())
    aside = read_sheet(files.layout, SET_ASIDE, (there / "set_aside.csv").read_bytes())
    names = [column.name for column in SET_ASIDE]
    return reply, [dict(zip(names, cells, strict=True)) for _, cells in aside.rows]


def driver_reply():
    from renkei_fixtures.sheets.drop import REPLY

    return REPLY


def sheet_of(good):
    layout = load_layout("cp932-csv")
    return write_sheet(layout, COLUMNS, [flat(COLUMNS, row) for row in good]).split(b"\r\n")


def test_wrong_lines_are_set_aside_with_line_column_item_reason_and_remedy_and_the_counts_add_up(tmp_path):
    good = [
        next(iter(rows(name))) for name in ("taxed", "zero_income", "single_parent", "all_deductions", "no_deductions")
    ]
    lines = sheet_of(good)
    at = [column.name for column in COLUMNS].index("taxation.general_portion.total_income")
    cells = [line.split(b",") for line in lines]
    cells[1][at] = "１２".encode("cp932")
    cells[2][0] = "霞浜".encode()
    cells[3][at + 1 :] = []
    cells[4][[column.name for column in COLUMNS].index("taxation.person_info.widow_class")] = b"9"
    with files_in(tmp_path, "cp932-csv") as files:
        reply, aside = brought(files, b"\r\n".join(b",".join(line) for line in cells))

    found = {row["line"]: (row["column"], row["item"], row["reason"]) for row in aside}
    assert found[2] == (at + 1, "taxation.general_portion.total_income", "number")
    assert found[3] == (1, "own_number", "code_page")
    assert found[4][2] == "columns"
    assert found[5][1:] == ("record.taxation.person_info.widow_class", "code_not_in_force")
    assert found[5][0] > 1
    assert [row["row"] for row in sorted(aside, key=lambda row: row["line"])] == [0, 1, 2, 3]
    assert reply["loaded"] + len(aside) == len(good)
    assert all("対処" in row["message"] for row in aside)


def test_a_whole_file_in_the_wrong_code_page_loads_nothing_and_says_so_of_every_line_with_text(tmp_path):
    good = list(rows("taxed"))
    layout = load_layout("utf8-csv").model_copy(update={"names": "ja"})
    raw = write_sheet(layout, COLUMNS, [flat(COLUMNS, row) for row in good])
    with files_in(tmp_path, "cp932-csv") as files:
        reply, aside = brought(files, raw)

    assert aside[0]["line"] == 1
    assert aside[0]["reason"] == "code_page"
    assert "cp932" in aside[0]["message"]
    assert reply["loaded"] + len([row for row in aside if row["line"] > 1]) == len(good)


# --- what cannot be brought, and silence ------------------------------------------------------------------------------
@pytest.mark.parametrize("spoil", [{"nickname": "X"}, {"taxation": None}, {"taxation": {"tax_year": 2025}}])
def test_a_row_that_a_table_cannot_say_is_not_served_and_nothing_is_put_down(tmp_path, spoil):
    row = next(iter(rows("taxed")))
    row["record"] = {**row["record"], **spoil}
    driver = FileUpperTester(tmp_path, load_layout("cp932-csv"), load(), 0.05)

    with pytest.raises(NotServed) as caught:
        driver.load(Load("l", [row], (), (), INFORMATION))
    assert caught.value.reason.ja
    assert not (tmp_path / "in").exists()


def test_a_folder_that_nobody_reads_is_a_reply_that_does_not_come(tmp_path):
    driver = FileUpperTester(tmp_path, load_layout("utf8-csv"), load(), 0.05)

    with pytest.raises(TimedOut):
        driver.collect()
    with pytest.raises(TimedOut):
        driver.collect()
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["000001-collect", "000002-collect"]


def test_a_reply_that_is_no_sheet_is_rubbish(tmp_path):
    driver = FileUpperTester(tmp_path, load_layout("utf8-csv"), load(), 10)

    def careless():
        while not (tmp_path / "in/000001-collect").exists():
            threading.Event().wait(0.01)
        put(tmp_path / "out", "000001-collect", {"reply.csv": b"nonsense\n"})

    product = threading.Thread(target=careless)
    product.start()
    with pytest.raises(Rubbish):
        driver.collect()
    product.join()


def test_the_driver_of_a_product_file_and_its_mistakes(tmp_path):
    data = {
        "product": {"name": "n", "vendor": "v", "version": "1"},
        "network_side": {"address": "http://127.0.0.1:1", "listen": "127.0.0.1:2"},
        "business_side": {"driver": "file", "folder": str(tmp_path / "drop"), "layout": "cp932-csv", "patience_s": 7},
    }
    driver = upper_of(of(data, "f"), load())

    assert isinstance(driver, FileUpperTester)
    assert (driver.layout.encoding, driver.patience) == ("cp932", 7)
    data["business_side"]["layout"] = "ebcdic"
    with pytest.raises(SetupError, match="layout"):
        upper_of(of(data, "f"), load())
    del data["business_side"]["layout"]
    with pytest.raises(SetupError, match="layout"):
        of(data, "f")
