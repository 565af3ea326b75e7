"""What the site says to browsers about safety, and where its secrets lie."""

import re
import stat
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from regard.core.errors import BadValue
from regard.web.configuration import database, hosts, make_secret, secret_key

INLINE = re.compile(
    r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=| id=\"[\w-]+\" type=)"
)


@pytest.mark.parametrize("address", ["/", "/metrics", "/metrics/backlog", "/nowhere", "/health"])
def test_every_answer_says_what_a_page_may_load(client: Client, address: str) -> None:
    response = client.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/", "/metrics", "/metrics/backlog?by=team"])
def test_no_page_carries_script_or_style_of_its_own(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    assert INLINE.findall(page) == []


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/").status_code == 405


def test_the_secret_is_the_owners_alone_and_stays(tmp_path: Path) -> None:
    make_secret(tmp_path)
    first = secret_key(tmp_path, {})
    make_secret(tmp_path)
    assert secret_key(tmp_path, {}) == first
    assert len(first) > 50
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_the_environments_secret_goes_first(tmp_path: Path) -> None:
    make_secret(tmp_path)
    assert secret_key(tmp_path, {"REGARD_SECRET_KEY": "said"}) == "said"


def test_without_a_file_each_process_has_a_secret_of_its_own(tmp_path: Path) -> None:
    assert secret_key(tmp_path, {}) != secret_key(tmp_path, {})


def test_the_site_answers_on_this_machine_and_under_named_hosts() -> None:
    assert hosts({}) == ["localhost", "127.0.0.1", "[::1]"]
    assert hosts({"REGARD_HOSTS": "desk.example, help.example"})[3:] == [
        "desk.example",
        "help.example",
    ]


def test_people_are_kept_in_the_workspace_unless_a_database_is_named(tmp_path: Path) -> None:
    kept = database(tmp_path, "")
    assert kept["NAME"] == tmp_path / "regard.db"
    assert "journal_mode=WAL" in kept["OPTIONS"]["init_command"]
    named = database(tmp_path, "postgresql://ann:p%40ss@db.example:5433/regard?sslmode=require")
    assert (named["NAME"], named["USER"], named["PASSWORD"]) == ("regard", "ann", "p@ss")
    assert (named["HOST"], named["PORT"]) == ("db.example", "5433")
    assert named["OPTIONS"] == {"sslmode": "require"}


def test_a_wrong_database_address_is_refused_without_repeating_a_password() -> None:
    with pytest.raises(BadValue) as caught:
        database(Path(), "mysql://ann:hush@db/regard")
    assert "postgresql://" in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.django_db
def test_the_tables_match_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_passwords_are_kept_as_argon2() -> None:
    person = get_user_model().objects.create_user("ann", password="correct horse battery")
    assert person.password.startswith("argon2")
    assert person.check_password("correct horse battery")
