"""Scripts, styles and images served by the app itself: nothing is loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    import os

    from starlette.responses import Response
    from starlette.types import Scope

ASSETS_URL = "/assets"
LEAFLET_JS = f"{ASSETS_URL}/leaflet-1.9.4/leaflet.js"
LEAFLET_CSS = f"{ASSETS_URL}/leaflet-1.9.4/leaflet.css"
MAP_JS = f"{ASSETS_URL}/map.js"
MAP_CSS = f"{ASSETS_URL}/map.css"
SWAGGER_JS = f"{ASSETS_URL}/swagger-ui-5.35.0/swagger-ui-bundle.js"
SWAGGER_CSS = f"{ASSETS_URL}/swagger-ui-5.35.0/swagger-ui.css"
SWAGGER_ICON = f"{ASSETS_URL}/swagger-ui-5.35.0/favicon-32x32.png"

_FOLDER = Path(__file__).with_name("assets")
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


class Assets(StaticFiles):
    """The folder of assets: versioned folders are cached for ever, our own files revalidated."""

    def __init__(self) -> None:
        super().__init__(directory=_FOLDER)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Give the file with how long a browser may keep it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        versioned = Path(full_path).parent != _FOLDER
        response.headers["Cache-Control"] = _FOR_EVER if versioned else _ASK_AGAIN
        return response
