from pathlib import Path

import anywidget
import traitlets
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

import anyhost

host = anyhost.WidgetHost()


class Counter(anywidget.AnyWidget):
    _esm = """
    export default {
      render({ model, el }) {
        const button = document.createElement("button");
        const draw = () => { button.textContent = `${model.get("label")}: ${model.get("count")}`; };
        button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
        model.on("change:count", draw);
        draw();
        el.append(button);
      },
    };
    """
    label = traitlets.Unicode("mine").tag(sync=True)
    count = traitlets.Int(0).tag(sync=True)


@host.widget  # made once for each visitor
def counter(session):
    return Counter()


@host.widget(shared=True)  # made once for all
def votes():
    return Counter(label="everyone's")


app = Starlette(
    routes=[
        Mount("/widgets", host),
        Mount("/", StaticFiles(directory=Path(__file__).parent / "dist", html=True, check_dir=False)),
    ],
    lifespan=host.lifespan,
)
