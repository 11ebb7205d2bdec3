"""Every setting of the product, read from the environment, with its default and meaning (docs/settings.md)."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent


class SettingError(ValueError):
    """A setting cannot be used; the message names it, what was expected and what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Values of the ``MOTCUA_*`` environment variables; field ``port`` is ``MOTCUA_PORT`` and so on."""

    var: Path = ROOT / "var"
    """Folder of everything the product writes: databases, model, logs, key."""
    host: str = "127.0.0.1"
    """Address the gateway listens on. Only the gateway is ever reachable from outside."""
    port: int = 8080
    """Port of the gateway."""
    worker_port: int = 5105
    """First port of the Rasa workers (loopback only); worker n listens on worker_port + n."""
    action_port: int = 5055
    """Port of the action server (loopback only)."""
    workers: int = 2
    """Number of Rasa workers, best one per core."""
    database_url: str = ""
    """SQLAlchemy address of the conversations; empty = SQLite file under var."""
    public_url: str = ""
    """Address citizens use (https://...), for links in Zalo; empty = http://host:port."""
    internal_token: str = ""
    """Secret between gateway, workers and action server; empty = var/internal-token, made at first start."""
    key: str = ""
    """Base64 of the 32-byte key that encrypts drafts and conversations; empty = var/key, made at first start."""
    releases_from: str = ""
    """Address of another installation whose releases this one follows (https://…); empty = releases are made here."""
    session_events: int = 100
    """A conversation session is restarted after about this many events, so that turns stay fast."""
    identity_issuer: str = ""
    """Issuer address of the identity provider (OpenID Connect) that passes VNeID on; empty = not offered."""
    identity_client_id: str = ""
    """Our client id there."""
    identity_client_secret: str = ""
    """Our client secret there; empty for a public client (PKCE protects the code either way)."""
    identity_population: str = ""
    """Address of the population data of the person who logged in; empty = only what the login itself says."""
    attachment_mb: int = 6
    """Megabytes one component's PDF may have, as the national portal takes it."""
    prefill_demo: int = 0
    """1 shows a source of values that always fails, to watch the error path."""
    delivery: str = "counter"
    """How submissions are handed over: counter, portal_link, case_system or failing (to watch the error path)."""
    case_url: str = ""
    """Address of the case system's adapter, everything before /mapi/login; the stand-in's address in tests."""
    case_user: str = ""
    """Our user name there."""
    case_password: str = ""
    """Our password there."""
    case_unit: str = "000.00.00.H26"
    """Our agency code (madonvi) there."""
    case_target: str = ""
    """Code of the system the adapter passes calls on to (header dstcode)."""
    case_timeout: int = 60
    """Seconds one call to the case system may take."""
    case_every: int = 600
    """Seconds between two questions about one delivered dossier."""
    zalo_app_id: str = ""
    """Zalo application id; empty = the Zalo channel is off."""
    zalo_oa_id: str = ""
    """Id of our Zalo official account."""
    zalo_oa_secret: str = ""
    """The OA secret key that signs webhooks (not the app secret)."""
    zalo_app_secret: str = ""
    """The application's secret key, used to refresh tokens."""
    zalo_access_token: str = ""
    """First access token; later ones are kept in var."""
    zalo_refresh_token: str = ""
    """First refresh token; single use, later ones are kept in var."""
    zalo_api: str = "https://openapi.zalo.me"
    """Base address of Zalo's official-account API (the stand-in's address in tests)."""
    zalo_oauth: str = "https://oauth.zaloapp.com"
    """Base address of Zalo's token service."""

    zalo_news_template: str = ""
    """Id of the approved ZNS template for news after the free window; empty = they wait for the person's next message."""

    @property
    def base_url(self) -> str:
        """Address for links given to citizens, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def kb_path(self) -> Path:
        return self.var / "kb.sqlite"

    @property
    def releases_path(self) -> Path:
        return self.var / "releases"

    @property
    def model_path(self) -> Path:
        return self.var / "models" / "motcua.tar.gz"

    @property
    def conversations_url(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'conversations.sqlite'}"

    @property
    def submissions_path(self) -> Path:
        return self.var / "submissions.sqlite"

    @property
    def staff_path(self) -> Path:
        return self.var / "staff.sqlite"


def variable(field: str) -> str:
    """Name of the environment variable behind a field: ``port`` → ``MOTCUA_PORT``."""
    return f"MOTCUA_{field.upper()}"


def load(environment: dict[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        SettingError: a value has the wrong type; the message names the variable and what was expected.
    """
    source = os.environ if environment is None else environment
    values: dict[str, str | int | Path] = {}
    for field in msgspec.structs.fields(Settings):
        raw = source.get(variable(field.name))
        if raw is None or raw == "":
            continue
        if field.type is int:
            try:
                values[field.name] = int(raw)
            except ValueError:
                raise SettingError(
                    f"{variable(field.name)}={raw!r}: a whole number was expected; change or unset it"
                ) from None
        elif field.type is Path:
            values[field.name] = Path(raw).resolve()
        else:
            values[field.name] = raw
    return Settings(**values)  # type: ignore[arg-type]
