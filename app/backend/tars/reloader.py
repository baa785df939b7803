"""The parent of the one worker under hot reload."""

from __future__ import annotations

from uvicorn.supervisors import ChangeReload


# What it is depends on what is installed, which types cannot say.
class Reloader(ChangeReload):  # type: ignore[valid-type, misc]
    """uvicorn's reloader, which takes no connection that nobody will answer."""

    def shutdown(self) -> None:
        # The worker has copies, which it closes in its own time; see tars.supervisor.
        for listener in self.sockets:
            listener.close()
        super().shutdown()
