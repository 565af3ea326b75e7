"""Opening hours of the demo's company, as a workspace's `calendars.toml` says them."""

WRITTEN = "default"
PHONE = "phone"
ZONE = "Europe/Warsaw"
COUNTRY = "PL"
OPENS, CLOSES, LINE_CLOSES = 8, 18, 20
"""Local hours; the telephone line is open longer than the desk."""


def _hours(calendar_id: str, closes: int) -> str:
    days = ("mon", "tue", "wed", "thu", "fri")
    week = "\n".join(f'{day} = ["{OPENS:02d}:00-{closes:02d}:00"]' for day in days)
    return (
        f'[calendar.{calendar_id}]\nzone = "{ZONE}"\ncountry = "{COUNTRY}"\n\n'
        f"[calendar.{calendar_id}.week]\n{week}\n"
    )


CALENDARS_TOML = f"{_hours(WRITTEN, CLOSES)}\n{_hours(PHONE, LINE_CLOSES)}"
"""The form is that of `regard.core.calendar_file`."""
