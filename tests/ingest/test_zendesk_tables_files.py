"""Folders of Zendesk's tables: how files may be named and written, what they may lack, and lies."""

import csv
import gzip
import shutil
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regard.facts.build import build
from regard.ingest.files import BadFile
from regard.ingest.parcel import Parcel
from regard.ingest.run import run_import
from regard.ingest.sources.zendesk_promises import promise_in
from regard.ingest.sources.zendesk_tables import parse
from regard.ingest.sources.zendesk_tags import tags_in
from regard.ingest.sources.zendesk_words import channel_of, status_of
from regard.ingest.sources.zendesk_workweek import change_in
from regard.ingest.sources.zendesk_zones import IANA, zone_of
from regard.store.store import open_store
from worlds import at, fact_table

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "zendesk_tables"
TICKETS = "id,created_at,updated_at,requester_id,status"
Write = Callable[..., Path]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Write:
    """A folder of tables by name, each as its lines; one ticket where none is given."""

    def write(**tables: str) -> Path:
        known = {"ticket": f"{TICKETS}\n1,2026-03-02 08:00:00,2026-03-02 09:00:00,201,open"}
        for name, text in (known | tables).items():
            (tmp_path / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
        return tmp_path

    return write


def lines(name: str) -> tuple[list[str], list[list[str]]]:
    """The header and rows of a table of the sample."""
    (path,) = (p for p in SAMPLE.iterdir() if p.stem in (name, f"{name}_data"))
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def found(parcel: Parcel, kind: str) -> dict[str, int]:
    return {one.where: one.count for one in parcel.findings if one.kind == kind}


def put_aside(parcel: Parcel) -> list[tuple[str, str, str]]:
    """What was put aside: the table and column, the kind and the value."""
    return [(one.column, one.kind, one.value) for one in parcel.rejects]


# --- files -----------------------------------------------------------------------------------


def test_parquet_gzip_and_names_in_capitals_say_the_same(tmp_path: Path) -> None:
    for path in SAMPLE.glob("*.csv"):
        if path.stem.endswith("snowflake"):
            continue
        name = path.stem.removesuffix("_data")
        header, rows = lines(name)
        if name in ("ticket", "ticket_field_history"):
            values = zip(*rows, strict=True)
            columns = [pa.array([one or None for one in column]) for column in values]
            numbers = {"id", "ticket_id", "requester_id", "submitter_id", "assignee_id", "group_id"}
            typed = [
                column.cast(pa.int64()).cast(pa.float64()) if said in numbers else column
                for said, column in zip(header, columns, strict=True)
            ]
            names = [said.upper() for said in header]
            pq.write_table(pa.table(typed, names), tmp_path / f"{name.upper()}.parquet")
        else:
            text = path.read_text("utf-8").replace(",tag,", ',"""TAG""",')
            (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    again, once = parse(tmp_path, "desk"), parse(SAMPLE, "desk")
    assert {name: table.to_pylist() for name, table in again.rows.items()} == {
        name: table.to_pylist() for name, table in once.rows.items()
    }


def test_what_one_engine_made_is_read_where_nothing_else_is_there(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    assert parse(tmp_path).rows["customer"].num_rows == 7
    (tmp_path / "user_data.csv").unlink()
    agents = parse(tmp_path).rows["agent"].to_pylist()
    assert [(row["agent_id"], row["role"]) for row in agents] == [("1", "agent")]


def test_one_table_in_two_files_is_refused(folder: Write) -> None:
    path = folder(ticket_data=TICKETS)
    with pytest.raises(BadFile, match=r"both ticket.csv and ticket_data.csv hold .*Leave one"):
        parse(path)


@pytest.mark.parametrize(
    ("name", "said"), [("", "it is a file"), ("/none", "no such folder"), ("/..", "no table 'tick")]
)
def test_what_is_no_folder_of_tables_is_refused(tmp_path: Path, name: str, said: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "user.csv").write_text("id,role\n1,agent\n", encoding="utf-8")
    path = Path(f"{inner}{name}") if name else inner / "user.csv"
    with pytest.raises(BadFile, match=said):
        parse(path)


def test_a_missing_column_is_named_with_its_table(folder: Write) -> None:
    path = folder(ticket_comment="id,ticket_id,created_at,public,user_id\n1,1,2026-03-02,TRUE,201")
    with pytest.raises(BadFile, match=r"ticket_comment.csv: it lacks the column 'created' of"):
        parse(path)


def test_a_parquet_file_cut_off_is_refused(folder: Write) -> None:
    path = folder()
    whole = path / "user.parquet"
    pq.write_table(pa.table({"id": ["1"] * 5000, "role": ["agent"] * 5000}), whole)
    whole.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(BadFile, match="damaged or cut off"):
        parse(path)


def test_a_table_that_is_something_else_is_refused(folder: Write) -> None:
    path = folder()
    (path / "group.csv").write_bytes(b"PK\x03\x04 and the rest of a spreadsheet")
    with pytest.raises(BadFile, match=r"group.csv: this is a zip archive"):
        parse(path)


# --- what may be missing ---------------------------------------------------------------------


def test_tickets_alone_are_enough_and_what_is_lost_is_said(folder: Write) -> None:
    parcel = parse(folder())
    assert (parcel.covers, parcel.read, parcel.kept) == (("ticket",), 1, 1)
    (row,) = parcel.rows["ticket"].to_pylist()
    assert (row["customer_id"], row["created_by_kind"], row["status"]) == ("201", "customer", None)
    assert set(found(parcel, "missing_table")) == {
        *("ticket_field_history", "ticket_comment", "user", "group", "schedule"),
        "sla_policy_metric_history",
    }
    # By its last update it was open, whoever did that.
    (change,) = parcel.rows["ticket_change"].to_pylist()
    assert (change["value"], change["at"]) == ("open", at("2026-03-02 09:00"))


def test_without_users_requesters_are_customers_and_others_agents(folder: Write) -> None:
    comments = "id,ticket_id,created,public,user_id\n1,1,2026-03-02 08:00:00,TRUE,201\n"
    parcel = parse(folder(ticket_comment=comments + "2,1,2026-03-02 08:10:00,TRUE,7"))
    kinds = parcel.rows["message"].column("author_kind").to_pylist()
    assert kinds == ["customer", "agent"]
    assert found(parcel, "unknown_author") == {"ticket_comment.user_id": 1}


def test_an_empty_table_of_tickets_is_said(folder: Write) -> None:
    parcel = parse(folder(ticket=TICKETS, user="id,role", ticket_tag="ticket_id,tag\n1,vip"))
    assert (parcel.rows, found(parcel, "unknown_ticket")) == ({}, {"ticket_tag": 1})
    assert "no_rows" in {one.kind for one in parcel.findings}


# --- rows that cannot be ---------------------------------------------------------------------


def test_impossible_values_put_their_row_aside_and_no_other(folder: Write) -> None:
    parcel = parse(
        folder(
            ticket=f"{TICKETS}\n1,2026-03-02 08:00:00,2026-03-02 09:00:00,201,open\n"
            "2,2026-02-30 08:00:00,2026-03-02 09:00:00,201,open\n,2026-03-02,2026-03-02,201,new",
            ticket_field_history="ticket_id,field_name,updated,user_id,value\n"
            '1,first_reply_time,2026-03-02 08:00:00,,{"minutes":}\n'
            "1,status,never,,open\n1,status,2026-03-02 08:30:00,,open",
            ticket_comment="id,ticket_id,created,public,user_id\n"
            "1,1,2026-03-02 08:00:00,maybe,201\n2,1,,TRUE,201",
            schedule="id,start_time,end_time,time_zone\n1,20000,20100,London\n1,x,600,London",
            schedule_holiday="schedule_id,start_date,end_date\n1,2026-03-04,2026-03-01",
            sla_policy_metric_history="sla_policy_id,sla_policy_updated_at,business_hours,metric,"
            "priority,target\n5,2025-01-01,TRUE,first_reply_time,low,soon",
        )
    )
    assert put_aside(parcel) == [
        ("schedule.start_time", "not_minutes", "20000"),
        ("schedule.start_time", "not_whole", "x"),
        ("schedule_holiday.end_date", "impossible_date", "2026-03-01"),
        ("sla_policy_metric_history.target", "not_whole", "soon"),
        ("ticket.created_at", "impossible_date", "2026-02-30 08:00:00"),
        ("ticket.id", "no_identity", ""),
        ("ticket_comment.created", "no_instant", ""),
        ("ticket_comment.public", "not_flag", "maybe"),
        ("ticket_field_history.updated", "impossible_date", "never"),
        ("ticket_field_history.value", "bad_target", '{"minutes":}'),
    ]
    assert (parcel.read - parcel.kept, len(parcel.rejects)) == (10, 10)
    assert [row["ticket_id"] for row in parcel.rows["ticket"].to_pylist()] == ["1"]
    assert parcel.rows["ticket_change"].column("value").to_pylist() == ["open"]


def test_a_ticket_that_stands_twice_counts_as_its_last_row(folder: Write) -> None:
    row = "1,2026-03-02 08:00:00,2026-03-02 {}:00:00,{},open"
    parcel = parse(folder(ticket="\n".join([TICKETS, row.format("09", 1), row.format(10, 2)])))
    assert parcel.rows["ticket"].column("customer_id").to_pylist() == ["2"]
    assert found(parcel, "duplicate_id") == {"ticket": 1}


def test_lists_that_are_none_are_counted_and_lose_nothing(folder: Write) -> None:
    row = '1,2026-03-02 08:00:00,2026-03-02 09:00:00,201,open,"[2,"'
    parcel = parse(folder(ticket=f"{TICKETS},merged_ticket_ids\n{row}"))
    assert parcel.rows["ticket"].num_rows == 1
    assert found(parcel, "unknown_value") == {"ticket.merged_ticket_ids": 1}


def test_zendesks_own_sample_ticket_is_a_test(folder: Write) -> None:
    row = "1,2026-03-02 08:00:00,2026-03-02 09:00:00,201,open,sample_ticket"
    parcel = parse(folder(ticket=f"{TICKETS},via_channel\n{row}"))
    assert parcel.rows["ticket"].column("demand").to_pylist() == ["test"]


# --- chats -----------------------------------------------------------------------------------


def test_a_chat_tells_when_a_person_came_and_who_said_what(folder: Write) -> None:
    bot = '"{""source"":{""type"":""zd:answerBot""}}"'
    parcel = parse(
        folder(
            user="id,role\n7,agent\n201,end-user",
            ticket_chat="chat_id,ticket_id,channel\nc,1,native_messaging",
            ticket_chat_event="chat_id,created_at,actor_id,type,message,original_message\n"
            "c,2026-03-02 08:00:00,201,ChatMessage,Hello,\n"
            f"c,2026-03-02 08:00:05,agent:9,ChatMessage,I am a machine,{bot}\n"
            "c,2026-03-02 08:00:30,__trigger,ChatDepartmentTransfer,,\n"
            "c,2026-03-02 08:01:00,agent:7,ChatJoin,,\n"
            "c,2026-03-02 08:02:00,agent:7,ChatMessage,I am Ann,\n"
            "c,2026-03-02 08:03:00,201,ChatLeave,,\n"
            "x,2026-03-02 08:04:00,201,ChatMessage,Of no chat,",
        )
    )
    (chat,) = parcel.rows["chat_session"].to_pylist()
    told = [chat[name] for name in ("started_at", "queued_at", "accepted_at", "first_line_at")]
    assert told == [at(f"2026-03-02 {time}") for time in ("08:00", "08:00:30", "08:01", "08:02")]
    assert (chat["left_at"], chat["ended_at"]) == (at("2026-03-02 08:03"),) * 2
    assert (chat["ticket_id"], chat["customer_id"], chat["agent"]) == ("1", "201", "7")
    said = [
        (row["author_kind"], row["automatic"], row["channel"])
        for row in parcel.rows["message"].to_pylist()
    ]
    assert said == [
        ("customer", False, "chat"),
        ("bot", True, "chat"),
        ("agent", False, "chat"),
    ]


# --- words -----------------------------------------------------------------------------------


def test_every_zone_of_rails_is_a_zone() -> None:
    assert {name: ZoneInfo(zone).key for name, zone in IANA.items()} == IANA
    assert zone_of("Pacific Time (US & Canada)") == "America/Los_Angeles"
    assert (zone_of("Europe/Sofia"), zone_of("Sofia")) == ("Europe/Sofia", "Europe/Sofia")
    assert (zone_of("Atlantis"), zone_of(None)) == (None, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"minutes":480,"in_business_hours":true}', (480, True)),
        ('{"minutes":0.0,"in_business_hours":false}', (0, False)),
        ("", (None, None)),
        ("null", (None, None)),
        ('{"minutes":null,"in_business_hours":true}', (None, None)),
        ('{"minutes":-5,"in_business_hours":true}', None),
        ('{"minutes":true,"in_business_hours":true}', None),
        ('{"minutes":60}', None),
        ("[" * 100_000, None),
        ("480", None),
    ],
)
def test_a_target_is_minutes_and_whose_hours(text: str, said: object) -> None:
    assert promise_in(text) == said


def test_tags_are_read_however_they_are_listed() -> None:
    for text in ('["b","a","b"]', "b a", "a, b", '["a" "b"'):
        assert tags_in(text) == "a b"


def test_a_workweek_is_read_through_its_quotes() -> None:
    escaped = "Workweek changed from {} to {&quot;mon&quot;:{&quot;10:00&quot;:&quot;20:00&quot;}}"
    assert change_in(escaped) == ((), ((2040, 2640),))
    doubled = 'Workweek changed from {:sat=&amp;gt;{"22:00"=&amp;gt;"02:00"}} to {}'
    assert change_in(doubled) == (((9960, 10200),), ())
    assert change_in("Workweek renamed") is None


def test_words_of_channels_and_statuses() -> None:
    assert [channel_of(via) for via in ("mail", "native_messaging", 34, "any_channel", "moon")] == [
        *("email", "chat", "phone", "social", "other")
    ]
    assert (channel_of(None), status_of("Hold"), status_of("deleted")) == (None, "on_hold", None)


# --- the recorded sample ---------------------------------------------------------------------


@pytest.fixture(scope="module", name="recorded")
def _recorded(shared_data: Path) -> Parcel:
    return parse(shared_data / "recorded" / "zendesk_tables_sample")


@pytest.mark.real
def test_the_recorded_sample_gives_what_it_holds(recorded: Parcel) -> None:
    counts = {name: table.num_rows for name, table in recorded.rows.items()}
    wanted = {"ticket": 10, "customer": 10, "agent": 2, "team": 8, "calendar": 1}
    # 20 comments, and 7 of the 12 events of chats: the words in chats that became a ticket.
    wanted |= {"message": 27, "message_text": 27, "chat_session": 7, "sla_policy": 20}
    assert {name: counts[name] for name in wanted} == wanted
    # Two priorities are called medium, which is no priority of Zendesk's.
    assert {reject.column for reject in recorded.rejects} == {"sla_policy_metric_history.priority"}
    assert recorded.read - recorded.kept == len(recorded.rejects) == 2


@pytest.mark.real
def test_the_recorded_samples_strangers_are_counted(recorded: Parcel) -> None:
    assert found(recorded, "unknown_ticket") == {
        "ticket.merged_ticket_ids": 1,
        "ticket_chat": 9,
        "ticket_comment": 20,
        "ticket_field_history": 19,
        "ticket_schedule": 10,
        "ticket_tag": 10,
    }
    assert found(recorded, "unknown_schedule") == {
        "ticket_schedule.schedule_id": 10,
        "schedule_holiday.schedule_id": 2,
    }
    assert found(recorded, "no_history") == {"ticket": 9}
    assert found(recorded, "unknown_value") == {"ticket_field_history.priority": 2}


@pytest.mark.real
def test_a_history_that_starts_before_its_ticket_keeps_its_order(
    recorded: Parcel, tmp_path: Path
) -> None:
    # Its first values lie in the ticket's row; all that is told later comes after its creation.
    report = run_import([recorded], open_store(tmp_path), tmp_path)
    assert report.count("impossible_order") == 0
    build(tmp_path, now=at("2026-07-01 00:00"))
    facts = {row["ticket_id"]: row for row in fact_table(tmp_path, "ticket_fact").to_pylist()}
    row = facts["11071"]
    assert len(facts) == 10
    assert (row["status"], row["priority"], row["close_reason"]) == ("closed", "urgent", "rule")
    # A rule solved it: that is no solve by people.
    assert (row["solves"], row["lapsed_at"]) == (0, at("2020-11-14 11:01:27"))
