"""The same three facts by hand in DuckDB's SQL, as one who knows the data would write them.

It may assume what `speed_data.py` makes: one source, one set of opening hours in one edition, no
calls, chats, merges, readings or lapses, and machines that say they are. Regard may not.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

SPANS = """
CREATE TABLE span AS
WITH told AS (
  SELECT ticket_id, created_at AS starts_at, -1 AS ordinal, 'created' AS field,
         status AS new_status, NULL::VARCHAR AS new_team, NULL::VARCHAR AS new_agent,
         priority AS new_priority, created_by AS who, created_by_kind AS by_kind FROM ticket
  UNION ALL
  SELECT ticket_id, greatest("at", created_at), ordinal, field,
         CASE field WHEN 'status' THEN value END, CASE field WHEN 'team' THEN value END,
         CASE field WHEN 'agent' THEN value END, CASE field WHEN 'priority' THEN value END,
         actor, actor_kind
  FROM ticket_change JOIN ticket USING (ticket_id)),
carried AS (
  SELECT ticket_id, starts_at, field, who, by_kind, new_status IS NOT NULL AS states,
         row_number() OVER whole - 1 AS place, lead(starts_at) OVER whole AS ends_at,
         last_value(new_status IGNORE NULLS) OVER past AS status,
         last_value(new_team IGNORE NULLS) OVER past AS team,
         last_value(new_agent IGNORE NULLS) OVER past AS agent,
         last_value(new_priority IGNORE NULLS) OVER past AS priority,
         last_value(new_status IGNORE NULLS) OVER prior AS old_status,
         last_value(new_team IGNORE NULLS) OVER prior AS old_team,
         last_value(new_agent IGNORE NULLS) OVER prior AS old_agent,
         by_kind = 'agent' AND field <> 'created' AS touched,
         first_value(CASE WHEN by_kind = 'agent' AND field <> 'created' THEN starts_at END
                     IGNORE NULLS) OVER prior AS first_touched_at
  FROM told
  WINDOW whole AS (PARTITION BY ticket_id ORDER BY starts_at, ordinal),
         past AS (PARTITION BY ticket_id ORDER BY starts_at, ordinal ROWS UNBOUNDED PRECEDING),
         prior AS (PARTITION BY ticket_id ORDER BY starts_at, ordinal
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
judged AS (
  SELECT *, old_status IN ('new', 'open', 'pending', 'on_hold') AS was_open,
         team <> old_team AS moved_team, agent <> old_agent AS handed_over,
         CASE WHEN NOT states THEN 'other' WHEN old_status IS NULL THEN 'created'
              WHEN was_open AND status = 'solved' AND by_kind IN ('bot', 'system')
              THEN 'auto_solve'
              WHEN was_open AND status = 'solved' THEN 'solve'
              WHEN was_open AND status = 'closed' THEN 'lapse'
              WHEN status = 'solved' THEN 'restate' WHEN status = 'closed' THEN 'close'
              WHEN NOT was_open THEN 'reopen' ELSE 'move' END AS change
  FROM carried),
credited AS (
  SELECT *, CASE WHEN change IN ('solve', 'auto_solve', 'lapse') THEN
         first_value(CASE WHEN change = 'reopen' THEN starts_at END IGNORE NULLS) OVER ahead END
         AS reopened_at,
         last_value(CASE WHEN status IS DISTINCT FROM old_status THEN starts_at END IGNORE NULLS)
         OVER past AS status_since,
         last_value(CASE WHEN place = 0 OR change = 'reopen' THEN starts_at END IGNORE NULLS)
         OVER past AS opened_at
  FROM judged
  WINDOW ahead AS (PARTITION BY ticket_id ORDER BY place
                   ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
         past AS (PARTITION BY ticket_id ORDER BY place ROWS UNBOUNDED PRECEDING))
SELECT 'bench' AS source, ticket_id, place, starts_at, ends_at,
       epoch(ends_at)::BIGINT - epoch(starts_at)::BIGINT AS seconds,
       opened(ends_at, e) - opened(starts_at, s) AS open_seconds,
       c.status, old_status, status_since, opened_at, change, field, c.team, c.agent,
       c.priority, tier, 'default' AS calendar_id, who AS "by", by_kind, touched,
       handed_over, moved_team, moved_team AND first_touched_at < starts_at AS redirected,
       reopened_at, customer_id, channel, type, product,
       country, language, brand, 'real' AS demand, created_at
FROM credited AS c JOIN (SELECT * EXCLUDE (status, team, agent, priority) FROM ticket) AS t
     USING (ticket_id)
LEFT JOIN tier ON c.team = team_id
LEFT JOIN clock AS s ON s.utc_day = epoch(starts_at)::BIGINT // 86400
LEFT JOIN clock AS e ON e.utc_day = epoch(ends_at)::BIGINT // 86400
"""
TURNS = """
CREATE TABLE turn AS
WITH said AS (
  SELECT ticket_id, sent_at AS moment, 0 AS rank, ordinal, NULL AS who, NULL AS kind FROM message
  WHERE public AND author_kind = 'customer' AND NOT automatic
  UNION ALL
  SELECT ticket_id, sent_at, 0, ordinal, author, 'reply' FROM message
  WHERE public AND author_kind = 'agent' AND NOT automatic
  UNION ALL
  SELECT ticket_id, starts_at, 1, place, "by",
         CASE WHEN change IN ('solve', 'restate') THEN 'solve' ELSE 'lapse' END
  FROM span WHERE change IN ('solve', 'restate', 'auto_solve', 'lapse', 'close')),
stepped AS (
  SELECT *, coalesce(count(kind) OVER (prior ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
         AS step, lag(moment) OVER prior AS last_at, lag(kind IS NULL) OVER prior AS follows
  FROM said WINDOW prior AS (PARTITION BY ticket_id ORDER BY moment, rank, ordinal)),
runs AS (
  SELECT ticket_id, step, min(moment) FILTER (kind IS NULL) AS starts_at,
         max(moment) FILTER (kind IS NULL) AS last_message_at,
         count(*) FILTER (kind IS NULL) AS messages,
         count(*) FILTER (kind IS NULL AND follows
                          AND epoch(moment) - epoch(last_at) >= 86400) AS chasers,
         max(moment) FILTER (kind IS NOT NULL) AS ends_at, max(kind) AS end_kind,
         max(who) FILTER (kind = 'reply') AS answered_by
  FROM stepped GROUP BY ticket_id, step HAVING messages > 0),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY ticket_id ORDER BY step) AS ordinal,
         CASE WHEN end_kind = 'reply' THEN ends_at END AS replied_at,
         CASE WHEN end_kind <> 'reply' THEN ends_at END AS ended_at
  FROM runs),
now AS (SELECT * FROM span WHERE ends_at IS NULL),
teams AS (
  SELECT p.ticket_id, p.ordinal, arg_max(s.team, s.place) AS answered_team
  FROM placed AS p JOIN span AS s ON p.ticket_id = s.ticket_id AND s.starts_at <= p.replied_at
  GROUP BY ALL)
SELECT 'bench' AS source, p.ticket_id, p.ordinal, p.starts_at, p.ends_at, end_kind, replied_at,
       ended_at, answered_by, answered_team, last_message_at, messages, chasers,
       epoch(replied_at)::BIGINT - epoch(p.starts_at)::BIGINT AS reply_seconds,
       opened(replied_at, r) - opened(p.starts_at, s) AS reply_open_seconds,
       epoch(ended_at)::BIGINT - epoch(p.starts_at)::BIGINT AS ended_seconds,
       opened(ended_at, e) - opened(p.starts_at, s) AS ended_open_seconds,
       p.ordinal = 1 AS first, p.ends_at IS NULL AS is_waiting, n.customer_id, n.channel, n.type,
       n.product, n.country, n.language, n.brand, n.demand, n.created_at, n.team, n.agent, n.tier,
       n.priority, n.status, n.calendar_id
FROM placed AS p JOIN now AS n USING (ticket_id)
LEFT JOIN teams USING (ticket_id, ordinal)
LEFT JOIN clock AS s ON s.utc_day = epoch(p.starts_at)::BIGINT // 86400
LEFT JOIN clock AS r ON r.utc_day = epoch(replied_at)::BIGINT // 86400
LEFT JOIN clock AS e ON e.utc_day = epoch(ended_at)::BIGINT // 86400
"""
TICKETS = """
CREATE TABLE made AS
WITH spans AS (
  SELECT ticket_id, min(starts_at) FILTER (change = 'solve') AS first_solved_at,
         min(starts_at) FILTER (stays) AS resolved_at,
         arg_min("by", CASE WHEN stays THEN place - 1000000 ELSE -place END)
         FILTER (change = 'solve') AS solved_by,
         arg_min(team, CASE WHEN stays THEN place - 1000000 ELSE -place END)
         FILTER (change = 'solve') AS solved_team,
         max(starts_at) FILTER (change IN ('solve', 'restate') AND status = 'solved')
         AS last_solved_at,
         max(status) FILTER (ends_at IS NULL) AS status,
         max(status_since) FILTER (ends_at IS NULL) AS status_since,
         max(team) FILTER (ends_at IS NULL) AS team,
         max(agent) FILTER (ends_at IS NULL) AS agent,
         max(tier) FILTER (ends_at IS NULL) AS tier,
         max(priority) FILTER (ends_at IS NULL) AS priority,
         max(starts_at) AS last_event_at,
         count(*) FILTER (handed_over) AS handoffs, count(*) FILTER (moved_team) AS team_moves,
         count(*) FILTER (redirected) AS redirects, count(*) FILTER (touched) AS touches,
         min(starts_at) FILTER (field IN ('team', 'agent') AND by_kind = 'bot') AS handed_over_at,
         count(*) FILTER (change = 'reopen') AS reopens,
         count(*) FILTER (change = 'solve') AS solves,
         coalesce(sum(seconds) FILTER (status IN ('new', 'open', 'on_hold')), 0)
         AS requester_wait_spent_seconds,
         coalesce(sum(seconds) FILTER (status = 'pending'), 0) AS agent_wait_spent_seconds,
         coalesce(sum(seconds) FILTER (status = 'on_hold'), 0) AS on_hold_spent_seconds,
         coalesce(sum(open_seconds) FILTER (status IN ('new', 'open', 'on_hold')), 0)
         AS requester_wait_spent_open,
         coalesce(sum(open_seconds) FILTER (status = 'pending'), 0) AS agent_wait_spent_open,
         coalesce(sum(open_seconds) FILTER (status = 'on_hold'), 0) AS on_hold_spent_open
  FROM (SELECT *, change = 'solve' AND coalesce(
          epoch(reopened_at) - epoch(starts_at) > 604800, true) AS stays FROM span)
  GROUP BY ticket_id),
turns AS (
  SELECT ticket_id, min(starts_at) AS first_message_at, sum(chasers) AS chasers,
         count(*) AS turns, count(*) FILTER (is_waiting) AS turns_waiting
  FROM turn GROUP BY ticket_id),
spoken AS (
  SELECT m.ticket_id, count(*) FILTER (author_kind = 'customer' AND NOT automatic)
         AS customer_messages,
         count(*) FILTER (author_kind = 'agent' AND NOT automatic) AS agent_touches,
         min(sent_at) FILTER (sent_at >= first_message_at AND author_kind = 'bot')
         AS auto_reply_at,
         min((sent_at, ordinal, author)) FILTER (sent_at >= first_message_at
         AND author_kind = 'agent' AND NOT automatic) AS reply
  FROM message AS m LEFT JOIN turns USING (ticket_id) WHERE public GROUP BY ALL),
replied AS (
  SELECT ticket_id, arg_max(team, place) AS first_reply_team
  FROM span JOIN spoken USING (ticket_id) WHERE starts_at <= reply[1] GROUP BY ALL),
both_ AS (
  SELECT t.* EXCLUDE (status, priority, team, agent, calendar_id, demand), 'real' AS demand,
         s.* EXCLUDE (ticket_id),
         u.* EXCLUDE (ticket_id), customer_messages, agent_touches, auto_reply_at,
         reply[1] AS first_reply_at, reply[3] AS first_reply_by, first_reply_team,
         s.status IN ('new', 'open', 'pending', 'on_hold') AS is_open,
         CASE WHEN s.status = 'closed' THEN status_since END AS closed_at,
         greatest(handed_over_at, first_message_at) AS passed
  FROM ticket AS t JOIN spans AS s USING (ticket_id) LEFT JOIN turns AS u USING (ticket_id)
  LEFT JOIN spoken USING (ticket_id) LEFT JOIN replied USING (ticket_id)),
ended AS (
  SELECT *, CASE WHEN first_message_at IS NOT NULL AND first_reply_at IS NULL AND NOT is_open
         THEN greatest(coalesce(last_solved_at, status_since), first_message_at) END
         AS unanswered_at,
         CASE WHEN handed_over_at IS NOT NULL AND first_message_at IS NOT NULL
              AND (first_reply_at IS NULL OR passed <= first_reply_at) THEN passed
              ELSE first_message_at END AS team_asked_at
  FROM both_)
SELECT * EXCLUDE (passed, handed_over_at),
       {seconds},
       {waits}
FROM ended AS t {joins}
"""
INSTANTS = (
    "created_at",
    "first_message_at",
    "team_asked_at",
    "first_reply_at",
    "first_solved_at",
    "resolved_at",
    "last_solved_at",
    "unanswered_at",
)
CLOCKS = {
    "first_reply": ("first_message_at", "first_reply_at"),
    "first_solve": ("created_at", "first_solved_at"),
    "resolve": ("created_at", "resolved_at"),
    "last_solve": ("created_at", "last_solved_at"),
    "unanswered": ("first_message_at", "unanswered_at"),
    "team_first_reply": ("team_asked_at", "first_reply_at"),
    "team_unanswered": ("team_asked_at", "unanswered_at"),
}
OPENED = """
CREATE MACRO opened(moment, day) AS day.open_before + {pieces}
"""
PIECE = (
    "least(greatest(epoch(moment)::BIGINT % 86400, day.piece{k}_from), day.piece{k}_to) "
    "- day.piece{k}_from"
)


def write(engine: duckdb.DuckDBPyConnection, clock: pa.Table, folder: Path) -> int:
    """Make the three facts of the views ticket, ticket_change, message and team; tickets made.

    clock: `core.calendar.clock_rows` of one calendar. The facts are written as Parquet files.
    """
    engine.register("given_clock", clock)
    engine.execute("CREATE TABLE clock AS FROM given_clock WHERE calendar_id = 'default'")
    engine.execute("CREATE TABLE tier AS SELECT DISTINCT team_id, tier FROM team")
    pieces = sum(name.endswith("_from") for name in clock.column_names)
    said = " + ".join(PIECE.format(k=k + 1) for k in range(pieces))
    engine.execute(OPENED.format(pieces=said))
    for sql in (SPANS, TURNS, tickets()):
        engine.execute(sql)
    folder.mkdir(parents=True, exist_ok=True)
    for name, key in (("span", "place"), ("turn", "ordinal"), ("made", "source")):
        engine.execute(
            f"COPY (FROM {name} ORDER BY ticket_id, {key}) TO '{folder / name}.parquet' "
            "(COMPRESSION zstd)"
        )
    ((count,),) = engine.execute("SELECT count(*) FROM made").fetchall()
    return int(count)


def tickets() -> str:
    """SQL for the tickets, with their clocks."""
    seconds = [
        f"epoch({end})::BIGINT - epoch(t.{start})::BIGINT AS {name}_seconds, "
        f"opened({end}, c_{end}) - opened(t.{start}, c_{start}) AS {name}_open_seconds"
        for name, (start, end) in CLOCKS.items()
    ]
    waits = [
        f"CASE WHEN NOT is_open THEN {name}_spent_seconds END AS {name}_seconds, "
        f"CASE WHEN NOT is_open THEN {name}_spent_open END AS {name}_open_seconds"
        for name in ("requester_wait", "agent_wait", "on_hold")
    ]
    joins = [
        f"LEFT JOIN clock AS c_{at} ON c_{at}.utc_day = epoch({at})::BIGINT // 86400"
        for at in INSTANTS
    ]
    return TICKETS.format(
        seconds=",\n       ".join(seconds), waits=",\n       ".join(waits), joins="\n".join(joins)
    )
