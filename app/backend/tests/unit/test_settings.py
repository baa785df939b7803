"""Settings from the environment."""

from __future__ import annotations

import pytest

from tars.settings import Settings, SettingsError, read_settings


def test_defaults_without_any_variable() -> None:
    settings = read_settings({})
    assert settings == Settings()
    assert settings.ports == (8000, 8001)
    assert settings.workers == 4
    assert settings.db_pool_size == 5


def test_the_variables_of_the_deployment() -> None:
    settings = read_settings(
        {
            "TARS_ENV": "production",
            "DATABASE_URL": "postgresql://tars@tars-postgres:5432/tars_db",
            "REDIS_URL": "redis://tars-redis:6379/0",
            "OLLAMA_BASE_URL": "http://tars-ollama:11434/",
            "API_HOST": "0.0.0.0",
            "API_PORT": "8000",
            "API_WORKERS": "4",
            "DEFAULT_LLM_ENGINE": "ollama",
            "EMBEDDING_MODEL": "sentence-transformers/all-MiniLM-L6-v2",
            "MEMORY_MAX_CONVERSATIONS": "1000",
            "DOCUMENT_CHUNK_SIZE": "512",
            "PROMETHEUS_ENABLED": "true",
            "LOG_FORMAT": "json",
            "OPENAI_API_KEY": "",
            "JWT_SECRET_KEY": "x",
        }
    )
    assert settings.environment == "production"
    assert settings.ollama_base_url == "http://tars-ollama:11434"
    assert settings.max_conversations == 1000
    assert settings.prometheus_enabled


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("API_PORT", "http", "a whole number from 1 to 65535"),
        ("API_PORT", "70000", "a whole number from 1 to 65535"),
        ("API_WORKERS", "0", "a whole number from 1 to 64"),
        ("DB_POOL_SIZE", "-1", "a whole number from 1 to 100"),
        ("MEMORY_MAX_CONVERSATIONS", "1e3", "a whole number from 1 to 1000000"),
        ("PROMETHEUS_ENABLED", "maybe", "true or false"),
        ("LOG_FORMAT", "xml", "json or text"),
        ("DEFAULT_LLM_ENGINE", "oracle", "ollama"),
        ("SHUTDOWN_GRACE_SECONDS", "soon", "seconds from 0 to 3600"),
    ],
)
def test_a_bad_value_names_itself_and_what_is_allowed(name: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({name: value})
    assert str(caught.value) == f"{name}: {value!r} is not allowed; expected {allowed}"


def test_all_mistakes_are_reported_together() -> None:
    with pytest.raises(SettingsError, match=r"API_PORT: .*; LOG_FORMAT: "):
        read_settings({"API_PORT": "x", "LOG_FORMAT": "y"})


def test_a_bad_url_is_not_repeated_since_it_may_hold_a_password() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"DATABASE_URL": "mysql://tars:hunter2@db/tars"})
    assert str(caught.value) == ("DATABASE_URL: not a URL that starts with postgresql or postgres")


def test_secrets_are_not_in_repr() -> None:
    assert "hunter2" not in repr(read_settings({"REDIS_PASSWORD": "hunter2"}))


def test_one_port_for_both_is_opened_once() -> None:
    assert read_settings({"API_PORT": "9000", "WEBSOCKET_PORT": "9000"}).ports == (9000,)


def test_hot_reload_does_not_wait_for_long_answers() -> None:
    settings = read_settings({"TARS_RELOAD": "1"})
    assert settings.grace_seconds == 3
    assert settings.linger_seconds == 0
    assert read_settings({"TARS_RELOAD": "0"}).grace_seconds == 25
