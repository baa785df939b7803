"""What a worker is made of, put together in one place."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from tars.cache import ConversationCache
from tars.chat import ChatService
from tars.conversations import ConversationStore
from tars.database import Database
from tars.ollama import Ollama
from tars.readiness import Readiness
from tars.settings import Settings


@dataclass(frozen=True)
class Services:
    """The parts, by what they do."""

    settings: Settings
    database: Database
    cache: ConversationCache
    engine: Ollama
    store: ConversationStore
    chat: ChatService
    readiness: Readiness

    async def open(self) -> None:
        await self.database.open()

    async def close(self) -> None:
        await self.engine.close()
        await self.cache.close()
        await self.database.close()


def build_services(settings: Settings) -> Services:
    """Connects the parts with each other; connects to no server yet."""
    database = Database(settings.database_url, settings.db_pool_size)
    cache = ConversationCache(
        settings.redis_url, settings.redis_password, settings.max_conversations
    )
    engine = Ollama(settings.ollama_base_url, settings.ollama_model)
    store = ConversationStore(database)
    return Services(
        settings=settings,
        database=database,
        cache=cache,
        engine=engine,
        store=store,
        chat=ChatService(store, cache, engine),
        readiness=Readiness(database, cache),
    )


def services_of(connection: HTTPConnection) -> Services:
    """The worker's services, for a route (used as a dependency)."""
    services = connection.app.state.services
    assert isinstance(services, Services)
    return services
