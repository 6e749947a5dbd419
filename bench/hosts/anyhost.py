import os

from hosts import Base, source


class Host(Base):
    """`anyhost run`: a percent-format notebook, one session (a kernel process) per browser tab.

    ANYHOST_VENV is the environment that has the project; by default the one that runs the harness.
    """

    venv = os.environ.get("ANYHOST_VENV", "")
    packages = ("anyhost", "anywidget", "uvicorn")
    toggle = '__bench.all("button.bench-toggle")[0].click()'

    def app(self, kind):
        return {
            "app.py": source(
                {
                    "many": """
                    # %%
                    from anyhost import display
                    from widget import make
                    widgets = make()
                    display(*widgets)
                    """,
                    "twice": """
                    # %%
                    import anywidget
                    import traitlets
                    from anyhost import display
                    from widget import make

                    class Toggle(anywidget.AnyWidget):
                        _esm = "export default { render({ model, el }) { const b = document.createElement('button'); b.className = 'bench-toggle'; b.textContent = 'show'; b.onclick = () => { model.set('on', !model.get('on')); model.save_changes(); }; el.append(b); } }"
                        on = traitlets.Bool(True).tag(sync=True)

                    toggle = Toggle()
                    toggle
                    # %%
                    w = make(1)[0]
                    # %%
                    if toggle.on:
                        display(w, w)
                    """,
                    "rerun": """
                    # %%
                    from widget import make
                    w = make(1)[0]
                    w
                    # %%
                    print("seen:", w.value)
                    """,
                }.get(kind, "")
            )
        }

    def command(self, port):
        return [
            str(self.bin / "anyhost"), "run", "app.py", "--host", "127.0.0.1", "--port", str(port), "--no-open", "--no-token",
        ]  # fmt: skip
