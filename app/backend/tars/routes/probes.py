"""For machines: is it alive, can it serve, how does it do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from tars.errors import ApiError
from tars.metrics import render_metrics
from tars.services import Services, services_of

router = APIRouter(include_in_schema=False)


@router.get("/health")
async def health() -> dict[str, str]:
    """Liveness: that this process answers is the whole message; nothing else is looked at."""
    return {"status": "ok"}


@router.get("/ready")
async def ready(services: Annotated[Services, Depends(services_of)]) -> JSONResponse:
    """Readiness: 503 takes this process out of the load balancer, without killing it."""
    report = await services.readiness.look()
    return JSONResponse(
        {"status": report.status, "checks": report.checks},
        status_code=200 if report.ready else 503,
    )


@router.get("/metrics")
def metrics(services: Annotated[Services, Depends(services_of)]) -> Response:
    """All workers' metrics. Not async: it reads files, which belongs into a thread."""
    if not services.settings.prometheus_enabled:
        raise ApiError(404, "NotFound", "metrics are switched off (PROMETHEUS_ENABLED)")
    return Response(render_metrics(), media_type=CONTENT_TYPE_LATEST)
