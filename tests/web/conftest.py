"""The site over a small company."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings as DjangoSettings

from regard.core.settings import Settings
from web.workspaces import make_demo


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's workspace, made once."""
    return make_demo(tmp_path_factory.mktemp("demo") / "acme")


@pytest.fixture
def client(demo_workspace: Path, settings: DjangoSettings) -> Client:
    """A browser without scripts, on the site of the small company."""
    settings.WORKSPACE = demo_workspace
    settings.COMPANY = Settings(name="Acme & Sons", zone="Europe/Warsaw")
    return Client()


@pytest.fixture
def empty_client(tmp_path: Path, settings: DjangoSettings) -> Client:
    """The same on a workspace into which nothing has come yet."""
    settings.WORKSPACE = tmp_path
    return Client()
