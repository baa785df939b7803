"""Errors that a client is told about, all in one shape: {"error": {"code", "message"}}."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException


class ApiError(Exception):
    """Something that is said to the client as it stands, so the message holds no internals."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message}


def no_model(message: str) -> ApiError:
    """There is no model to answer with (yet): the pull of one may still be running."""
    return ApiError(503, "NoModel", message, {"Retry-After": "30"})


def engine_unavailable(message: str) -> ApiError:
    """The language model's server cannot be reached, or failed."""
    return ApiError(503, "EngineUnavailable", message, {"Retry-After": "5"})


def database_unavailable() -> ApiError:
    return ApiError(
        503, "DatabaseUnavailable", "the database cannot be reached", {"Retry-After": "2"}
    )


def schema_missing() -> ApiError:
    return ApiError(503, "SchemaMissing", "the database has no schema; run python api/migrate.py")


def conversation_not_found(conversation_id: object) -> ApiError:
    return ApiError(404, "ConversationNotFound", f"there is no conversation {conversation_id}")


def message_id_reused() -> ApiError:
    return ApiError(
        409, "MessageIdReused", "this message_id was used for another message; make a new one"
    )


def error_response(error: ApiError) -> JSONResponse:
    return JSONResponse({"error": error.body()}, status_code=error.status, headers=error.headers)


def validation_details(problems: object) -> list[dict[str, str]]:
    """pydantic's findings without the values that were sent."""
    details: list[dict[str, str]] = []
    for problem in problems if isinstance(problems, (list, tuple)) else []:
        path = ".".join(str(part) for part in problem["loc"])
        details.append({"path": path, "message": str(problem["msg"])})
    return details


def _pascal(phrase: str) -> str:
    return "".join(word.capitalize() for word in phrase.replace("-", " ").split())


def install_error_handlers(app: FastAPI) -> None:
    """One shape for every error; what nobody foresaw is answered by `tars.middleware`."""

    @app.exception_handler(ApiError)
    async def _api_error(_request: Request, error: ApiError) -> JSONResponse:
        return error_response(error)

    @app.exception_handler(HTTPException)
    async def _http_error(_request: Request, error: HTTPException) -> JSONResponse:
        code = _pascal(HTTPStatus(error.status_code).phrase)
        api_error = ApiError(error.status_code, code, str(error.detail), error.headers)
        return error_response(api_error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        body = {
            "code": "InvalidRequest",
            "message": "the request does not have the expected form",
            "details": validation_details(error.errors()),
        }
        return JSONResponse({"error": body}, status_code=422)
