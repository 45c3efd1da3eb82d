"""Scripts and styles of the board's pages, served from a fixed list of names."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sweep.board.accounts.sessions import Session
from sweep.board.board_state import Board
from sweep.board.guard.route_table import ProtectedRoute
from sweep.board.pages.render_pages import own_text
from sweep.publish.map.inline_leaflet import leaflet_css, leaflet_js

_OWN = (
    *(
        "desk/script",
        "desk/style.css",
        "plan_editing/script",
        "plan_editing/style.css",
        "phone/script",
        "phone/style.css",
    ),
    "runs/script",
    *("pages/style.css", "pages/enrol.js", "pages/forget.js"),
)
_WORDS = "pages/words.js"
_OF_THE_DESK = (_WORDS, "pages/common.js")
# Shared by the pages of the desk; a phone's page, which is stored for use offline, does without.
_SHARED = {
    "desk/script": _OF_THE_DESK,
    "plan_editing/script": _OF_THE_DESK,
    "runs/script": _OF_THE_DESK,
    "phone/script": (_WORDS, "pages/forget.js"),
}


def static_file(name: str) -> tuple[str, str] | None:
    """Return (text, media type) of a script or style sheet that this module lists; None for any other name."""
    if name == "leaflet.js":
        return leaflet_js(), "text/javascript"
    if name == "leaflet.css":
        return leaflet_css(), "text/css"
    for own in _OWN:
        is_script = not own.endswith(".css")
        served = own.replace("/", "-").removesuffix("-script") + (".js" if own.endswith("script") else "")
        if name == served:
            return own_text(own, _SHARED.get(own, ())), "text/javascript" if is_script else "text/css"
    return None


async def static(_board: Board, request: Request, _session: Session) -> Response:
    """Return a script or style sheet from the list in this module; 404 for any other name."""
    found = static_file(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return Response(found[0], media_type=found[1], headers={"Cache-Control": "private, max-age=600"})


ROUTES = (ProtectedRoute("/static/{name}", static, None),)
