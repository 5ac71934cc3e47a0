from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.engine import Engine
from bot.preview.hub import Hub
from bot.preview.server import SimulatedServer, simulated_server
from bot.service import Service
from bot.settings import Settings


@pytest.fixture
def parcel_service(parcel_engine: Engine, parcel_settings: Settings) -> Iterator[Service]:
    service = Service(parcel_engine, parcel_settings)
    yield service
    service.close()


@pytest_asyncio.fixture
async def server(parcel_settings: Settings, parcel_service: Service) -> AsyncIterator[SimulatedServer]:
    async with simulated_server(parcel_settings, parcel_service) as server:
        yield server


@pytest_asyncio.fixture
async def hub(server: SimulatedServer) -> AsyncIterator[Hub]:
    hub = Hub(server)
    async with hub.serving(0):
        yield hub
