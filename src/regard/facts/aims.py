"""The goals of a workspace: those that its goals.toml says, and those that sources brought."""

from pathlib import Path

from regard.core.errors import BadValue
from regard.core.goal_file import FILE, Goal, parse_target, read_goals
from regard.core.schema import Row
from regard.store.snapshot import Snapshot


def written_goals(workspace: Path) -> tuple[Goal, ...]:
    """What goals.toml says, in its order; none without one. Errors name the goal."""
    path = workspace / FILE
    return read_goals(path.read_text(encoding="utf-8")) if path.exists() else ()


def goals_of(workspace: Path, snapshot: Snapshot) -> tuple[Goal, ...]:
    """The goals of goals.toml, then those that sources brought, by their id."""
    return (*written_goals(workspace), *_brought(snapshot))


def _brought(snapshot: Snapshot) -> tuple[Goal, ...]:
    if "goal" not in snapshot.manifest.tables:
        return ()
    rows = snapshot.table("goal").to_pyarrow().to_pylist()
    told = sorted(rows, key=lambda row: (str(row["source"]), str(row["goal_id"])))
    return tuple(_goal_of(row) for row in told)


def _goal_of(row: Row) -> Goal:
    place = f"goal {row['source']}/{row['goal_id']}"
    if not row["metric"]:
        raise BadValue(f"metric of {place}", row["metric"], "the key of a metric, such as 'csat'")
    target, written = parse_target(row["value_text"], f"value_text of {place}")
    return Goal(
        metric=str(row["metric"]),
        target=target,
        written=written,
        where=(("team", str(row["team"])),) if row["team"] else (),
        since=row["valid_from"],
        until=row["valid_until"],
        place=place,
    )
