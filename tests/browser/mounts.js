// Mounts a model's views and takes them away again, `together` at a time. Runs in the page (see lab.py).
async ({ way, rounds, together, ready, rest }) => {
  const { id, model: real, host, experimental } = globalThis.lab;
  const place = document.createElement("div");
  document.querySelector("main").append(place);
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const until = async (true_, what) => {
    const late = performance.now() + 20_000;
    while (!true_()) {
      if (performance.now() > late) throw new Error(`waited in vain for ${what}: ${place.innerHTML.slice(0, 500)}`);
      await frame();
    }
  };
  const shown = (root) =>
    [...root.querySelectorAll(ready)].some((el) => el.matches(".anyhost-failure") || el.childNodes.length || el.shadowRoot || el.matches("canvas, input, iframe"));

  /** In our page, by its own element. */
  const mount = async () => {
    const view = document.createElement("any-view");
    view.setAttribute("model-id", id);
    place.append(view);
    if (way === "host") {
      await until(() => shown(view), ready);
      await frame();
      if (rest) await new Promise((done) => setTimeout(done, rest));
      const failure = view.querySelector(".anyhost-failure");
      if (failure && !ready.includes("failure")) throw new Error(failure.textContent);
    }
    return async () => {
      view.remove();
      await until(() => !view.querySelector(".anyhost-view"), "the end of a view");
    };
  };

  /** Apart from what follows: what a widget keeps of this is not to keep the place of its view. */
  const modelOnFloor = () => {
    const registered = [];
    const on = (name, callback) => {
      registered.push([name, callback]);
      real.on(name, callback);
    };
    const off = (name, callback) => {
      for (const one of registered) {
        if ((name == null || one[0] === name) && (!callback || one[1] === callback)) real.off(...one);
      }
    };
    return { ...real, on, off };
  };

  /** On the floor: the module's `render` with an element, a signal, and listeners that go when the view does. */
  const mountOnFloor = async () => {
    globalThis.floor ??= (async () => {
      const module = await import(new URL(real.get("_esm"), document.baseURI));
      const exported = module.default ?? module;
      const definition = typeof exported === "function" ? await exported() : exported;
      await definition.initialize?.({ model: real, signal: new AbortController().signal, experimental });
      return definition;
    })();
    const definition = await globalThis.floor;
    const life = new AbortController();
    const { signal } = life;
    const getWidget = async (reference) => {
      const child = await host.getWidget(reference);
      return { ...child, render: (options) => child.render({ signal, ...options }) };
    };
    const el = document.createElement("div");
    const slot = document.createElement("div");
    slot.className = "anyhost-view";
    slot.append(el);
    place.append(slot);
    const model = modelOnFloor();
    const result = definition.render({ model, el, signal, experimental, host: { ...host, getWidget } });
    await until(() => shown(place), ready);
    await frame();
    if (rest) await new Promise((done) => setTimeout(done, rest));
    const cleanup = await result;
    return async () => {
      life.abort(new DOMException("the view is removed", "AbortError"));
      if (typeof cleanup === "function") await cleanup();
      model.off();
      el.remove(); // what keeps it keeps it alone
      slot.remove();
    };
  };

  for (let round = 0; round < rounds; round++) {
    const unmounts = await Promise.all(Array.from({ length: together }, way === "floor" ? mountOnFloor : mount));
    await Promise.all(unmounts.map((unmount) => unmount()));
  }
  place.remove();
}
