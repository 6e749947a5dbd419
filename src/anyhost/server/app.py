"""The server's ASGI app: the routes, inside the layers that guard them."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.types import ASGIApp

from anyhost.session.pool import SessionPool

from .auth import Guard
from .frontend import FrontEnd
from .headers import BasePath, SecurityHeaders
from .modules import ModuleStore
from .routes import routes
from .settings import Settings


def create_app(settings: Settings, *, pool: SessionPool, modules: ModuleStore) -> ASGIApp:
    """One server. It owns nothing that must be closed: whoever made the pool and the store closes them."""
    config = {"mode": settings.mode, "title": settings.title, "timing": settings.timing.for_page()}
    front_end = FrontEnd(base_url=settings.base_url, config=config)
    table = routes(pool=pool, modules=modules, front_end=front_end, message_limit=settings.message_limit)
    app: ASGIApp = Starlette(routes=table)
    app = Guard(app, settings)
    app = BasePath(app, settings.base_url)
    return SecurityHeaders(app)
