// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { BundleError, Bundles } from "../../src/bundles/index.ts";
import { amd, BASE, finder, ROOT, SHARED, WidgetModel, withScripts } from "./page.ts";

afterEach(() => {
  vi.restoreAllMocks();
  delete (window as { define?: unknown }).define;
});

const at = (module: string) => `${ROOT}nbextensions/${module}/index.js`;

/** What a bundle is told of its own address, in the three ways that they ask. */
const WHERE = `define(["module", "@jupyter-widgets/base"], (module, base) => ({
  base, uri: module.uri, script: document.currentScript.src, data: document.body.getAttribute("data-base-url") }))`;

describe("a bundle", () => {
  it("gets the page's own base, and knows where it is in every way in which bundles ask", async () => {
    withScripts({ [at("maps")]: WHERE });
    const maps = await new Bundles(finder({ maps: amd("maps") })).load("maps", "^1", SHARED);
    expect(maps).toEqual({ base: BASE, uri: at("maps"), script: at("maps"), data: ROOT });
    expect((maps.base as typeof BASE).WidgetModel).toBe(WidgetModel);
  });

  it("leaves nothing behind in the page", async () => {
    withScripts({ [at("maps")]: WHERE });
    document.body.setAttribute("data-base-url", "/theirs/");
    await new Bundles(finder({ maps: amd("maps") })).load("maps", "^1", SHARED);
    expect(document.body.getAttribute("data-base-url")).toBe("/theirs/");
    expect(Object.hasOwn(document, "currentScript")).toBe(false);
    expect("define" in window).toBe(false);
    document.body.removeAttribute("data-base-url");
  });

  it("is loaded once, whatever versions are asked for, also at the same time", async () => {
    const ran = withScripts({ [at("maps")]: "define([], () => ({}))" });
    const bundles = new Bundles(finder({ maps: amd("maps") }));
    const [one, two] = await Promise.all([
      bundles.load("maps", "^1", SHARED),
      bundles.load("maps", "*", SHARED),
    ]);
    expect(two).toBe(one);
    expect(await bundles.load("maps", "~2", SHARED)).toBe(one);
    expect(ran).toEqual([at("maps")]);
  });

  it("brings what it requires, once", async () => {
    const ran = withScripts({
      [at("vue")]: "define([], () => ({ vue: 1 }))",
      [at("a")]: 'define(["vue"], (vue) => ({ vue }))',
      [at("b")]: 'define("b", ["exports", "vue"], (exports, vue) => { exports.vue = vue })',
    });
    const bundles = new Bundles(finder({ vue: amd("vue"), a: amd("a"), b: amd("b") }));
    const [a, b] = await Promise.all(["a", "b"].map((name) => bundles.load(name, "*", SHARED)));
    expect(a?.vue).toBe(b?.vue);
    expect(ran.filter((address) => address === at("vue"))).toHaveLength(1);
  });

  it("may have several named modules in its file: its own, or else the last", async () => {
    withScripts({
      [at("maps")]: 'define("maps", [], () => ({ own: 1 })); define("other", [], () => ({}))',
      [at("more")]: 'define("first", [], () => ({})); define("dist/more", [], () => ({ last: 1 }))',
    });
    const bundles = new Bundles(finder({ maps: amd("maps"), more: amd("more") }));
    expect(await bundles.load("maps", "*", SHARED)).toEqual({ own: 1 });
    expect(await bundles.load("more", "*", SHARED)).toEqual({ last: 1 });
  });
});

describe("the style of a bundle", () => {
  const styled = (...styles: string[]) => `define([], () => {
    for (const text of ${JSON.stringify(styles)}) {
      const style = document.createElement("style");
      style.textContent = text;
      document.head.appendChild(style);
    }
    return {};
  })`;

  afterEach(() => document.head.replaceChildren());

  it("comes after the page's; a copy of Lumino's gives way to that of other packages", async () => {
    const lumino = ".lm-Widget { position: relative } .lm-Widget, .lm-Panel { overflow: hidden }";
    const toolbar = ".toolbar { position: absolute }";
    const mixed = ".lm-Widget .grid, .grid { height: 1px }";
    withScripts({ [at("plot")]: styled(toolbar), [at("grid")]: styled(lumino, mixed) });
    const bundles = new Bundles(finder({ plot: amd("plot"), grid: amd("grid") }));
    await bundles.load("plot", "*", SHARED);
    await bundles.load("grid", "*", SHARED);
    const texts = [...document.head.querySelectorAll("style")].map((style) => style.textContent);
    expect(texts).toEqual([lumino, toolbar, mixed]);
  });
});

describe("`define`", () => {
  const page = window as { define?: unknown };
  const load = () => new Bundles(finder({ maps: amd("maps") })).load("maps", "*", SHARED);
  const text = { [at("maps")]: "define([], () => ({ maps: 1 }))" };

  it("is not seen by other scripts that run meanwhile", async () => {
    const seen: string[] = [];
    withScripts(text, () => seen.push(typeof page.define));
    expect(await load()).toEqual({ maps: 1 });
    expect(seen).toEqual(["undefined"]);
  });

  it("stands in front of the page's own, which gets what is not ours", async () => {
    const theirs = vi.fn();
    page.define = theirs;
    withScripts(text, () => (page.define as (name: string) => void)("theirs"));
    expect(await load()).toEqual({ maps: 1 });
    expect(theirs.mock.calls).toEqual([["theirs"]]);
    expect(page.define).toBe(theirs);
  });

  it("leaves standing what somebody sets meanwhile", async () => {
    const theirs = () => {};
    withScripts(text, () => {
      page.define = theirs;
    });
    expect(await load()).toEqual({ maps: 1 });
    expect(page.define).toBe(theirs);
  });
});

describe("what goes wrong", () => {
  const failing = async (texts: Record<string, string>, ...names: string[]) => {
    withScripts(texts);
    const bundles = new Bundles(finder(Object.fromEntries(names.map((name) => [name, amd(name)]))));
    return bundles.load("maps", "*", SHARED).then(
      () => expect.unreachable(),
      (error: Error) => error,
    );
  };

  it("is said with what was looked for, where there is nothing", async () => {
    const error = await failing({});
    expect(error).toBeInstanceOf(BundleError);
    expect(error.message.split("\n")).toEqual([
      'The front end of "maps" is not installed where Python runs. Looked for',
      "  nbextensions/maps/index.js",
      "in",
      "  /opt",
      expect.stringContaining("with pip"),
    ]);
  });

  it("names who needs what is not there", async () => {
    const error = await failing({ [at("maps")]: 'define(["vue"], () => ({}))' }, "maps");
    expect(error.message).toContain('The front end of "vue", which maps needs, is not installed');
  });

  it.each([
    ["define([], () => { throw new Error('boom') })", "boom"],
    ["throw new Error('boom')", "boom"],
    ["", "it has run, and defined no module"],
    ["define([], () => 7)", "it exports 7"],
  ])("has its cause: %s", async (text, cause) => {
    const error = await failing({ [at("maps")]: text }, "maps");
    expect(error.message).toContain('"maps" (nbextensions/maps/index.js) failed while it was loaded');
    expect((error.cause as Error).message).toContain(cause);
  });

  it("is a script that cannot be fetched, too", async () => {
    const error = await failing({}, "maps");
    expect((error.cause as Error).message).toBe(`${at("maps")} could not be fetched`);
  });

  it("is a circle, which would wait for ever, from whichever end it is entered", async () => {
    withScripts({
      [at("a")]: 'define(["b"], () => ({}))',
      [at("b")]: 'define(["c"], () => ({}))',
      [at("c")]: 'define(["a"], () => ({}))',
    });
    const bundles = new Bundles(finder({ a: amd("a"), b: amd("b"), c: amd("c") }));
    const all = await Promise.allSettled(["c", "a", "b"].map((name) => bundles.load(name, "*", SHARED)));
    expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });

  it("is forgotten: the next attempt begins anew", async () => {
    const texts: Record<string, string> = {};
    withScripts(texts);
    const bundles = new Bundles(finder({ maps: amd("maps") }));
    await expect(bundles.load("maps", "*", SHARED)).rejects.toThrow(BundleError);
    texts[at("maps")] = "define([], () => ({ maps: 1 }))";
    expect(await bundles.load("maps", "*", SHARED)).toEqual({ maps: 1 });
  });
});

/** Each host of a page has classic widgets of its own, and their packages are to share those. */
const [LEFT, RIGHT] = [side("left"), side("right")];

function side(name: string) {
  const base = { WidgetModel: name };
  return { base, shared: new Map([["@jupyter-widgets/base", { version: "6.0.12", module: base }]]) };
}

describe("two hosts of a page", () => {
  it("load the same bundle at the same time, each with its own base", async () => {
    withScripts({ [at("maps")]: 'define(["@jupyter-widgets/base"], (base) => ({ base }))' });
    const loads = [LEFT, RIGHT].map(({ shared }) =>
      new Bundles(finder({ maps: amd("maps") })).load("maps", "*", shared),
    );
    expect(await Promise.all(loads)).toEqual([{ base: LEFT.base }, { base: RIGHT.base }]);
    expect("define" in window).toBe(false);
  });
});

describe("a federated bundle", () => {
  const entry = "labextensions/maps/static/remoteEntry.js";
  const found = {
    kind: "federated",
    module: "maps",
    entry,
    scripts: [ROOT + entry],
    root: ROOT,
    needs: ["@jupyter-widgets/base", "nobody"],
    style: false,
  } as const;
  /** A container as webpack makes it, whose plugin gets these tokens. */
  const container = (requires: string[], more = "") => `
    window._JUPYTERLAB = { maps: {
      init(scope) { this.scope = scope; },
      async get(name) {
        const base = (await Object.values(this.scope["@jupyter-widgets/base"])[0].get())();
        return () => ({ default: {
          requires: ${JSON.stringify(requires)}.map((name) => ({ name })),
          optional: [{ name: "theme" }],
          activate: (app, ...given) => {
            const registry = given.find((one) => one?.registerWidget);
            registry.registerWidget({ name: "maps", exports: async () => ({ base, given: given.length }) });
          },
        } });
      }${more}
    } };`;
  const REGISTRY = "jupyter.extensions.jupyterWidgetRegistry";

  afterEach(() => {
    delete (window as { _JUPYTERLAB?: unknown })._JUPYTERLAB;
  });

  it("shares the page's base, and registers its widgets", async () => {
    withScripts({ [ROOT + entry]: container([REGISTRY]) });
    const maps = await new Bundles(finder({ maps: found })).load("maps", "*", SHARED);
    expect(maps).toEqual({ base: BASE, given: 2 });
  });

  it("is loaded by two hosts of a page at the same time, each with its own base", async () => {
    withScripts({ [ROOT + entry]: container([REGISTRY]) });
    const loads = [LEFT, RIGHT].map(({ shared }) =>
      new Bundles(finder({ maps: found })).load("maps", "*", shared),
    );
    const [left, right] = await Promise.all(loads);
    expect([left?.base, right?.base]).toEqual([LEFT.base, RIGHT.base]);
  });

  it("says what it needs of JupyterLab", async () => {
    withScripts({ [ROOT + entry]: container([REGISTRY, "@jupyterlab/apputils:ITheme"]) });
    const error = await new Bundles(finder({ maps: found }))
      .load("maps", "*", SHARED)
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(BundleError);
    expect(error.cause.message).toContain("needs @jupyterlab/apputils:ITheme of it");
  });

  it("says what it shares that nobody has", async () => {
    const text = `window._JUPYTERLAB = { maps: { init() {}, async get() {
      throw new Error("Shared module @jupyterlab/apputils doesn't exist in shared scope default"); } } };`;
    withScripts({ [ROOT + entry]: text });
    const error = await new Bundles(finder({ maps: found }))
      .load("maps", "*", SHARED)
      .catch((reason) => reason);
    expect(error.cause.message).toBe("it is made for JupyterLab alone, and needs @jupyterlab/apputils of it");
  });
});
