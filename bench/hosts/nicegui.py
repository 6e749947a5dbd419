from hosts import Base, source


class Host(Base):
    """NiceGUI ui.anywidget, widgets made per page load."""

    packages = ("nicegui", "anywidget", "uvicorn")
    custom_messages = False  # model.send() is a stub there
    binary = False  # bytes in a trait: "not JSON serializable"
    toggle = 'document.querySelector("button").click()'

    def app(self, kind):
        body = {
            "many": """
                for w in make():
                    ui.anywidget(w)
            """,
            "twice": """
                w = make(1)[0]

                @ui.refreshable
                def both():
                    if state["show"]:
                        ui.anywidget(w)
                        ui.anywidget(w)

                def flip():
                    state["show"] = not state["show"]
                    both.refresh()

                state = {"show": True}
                ui.button("show", on_click=flip)
                both()
            """,
        }[kind]
        head = """
            import os
            from nicegui import ui
            from widget import make


            @ui.page("/")
            def page():
        """
        tail = """
            ui.run(host="127.0.0.1", port=int(os.environ["BENCH_PORT"]), reload=False, show=False)
        """
        return {
            "app.py": source(head)
            + "".join("    " + l + "\n" for l in source(body).splitlines())
            + "\n\n"
            + source(tail)
        }

    def command(self, port):
        return [self.python, "app.py"]
