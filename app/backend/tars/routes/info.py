"""What this is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from tars import __version__
from tars.services import Services, services_of

router = APIRouter()


@router.get("/", include_in_schema=False)
@router.get("/api/info")
async def info(services: Annotated[Services, Depends(services_of)]) -> dict[str, Any]:
    """Name, version and the settings that are nobody's secret."""
    settings = services.settings
    return {
        "name": "tars",
        "version": __version__,
        "environment": settings.environment,
        "engine": settings.engine,
        "embedding_model": settings.embedding_model,
        "document_chunk_size": settings.document_chunk_size,
    }
