import { describe, expect, it } from "vitest";
import { evaluate, requirements } from "../../src/bundles/amd.ts";
import type { Definition } from "../../src/bundles/scripts.ts";

const INFO = { id: "maps", uri: "http://host/maps/index.js" };

function defined(dependencies: string[] | null, factory: unknown): Definition {
  return { id: null, dependencies, factory };
}

describe("requirements", () => {
  it("are those given, without the loader's own", () => {
    expect(requirements(defined(["require", "exports", "a", "module", "b"], () => {}))).toEqual(["a", "b"]);
  });

  it("are in the text of a factory where none are given", () => {
    // biome-ignore lint/suspicious/noExplicitAny: as RequireJS knows it
    const factory = (require: any) => [require("a"), require("b")];
    expect(requirements(defined(null, factory))).toEqual(["a", "b"]);
    expect(requirements(defined(null, () => "no require('x') without an argument"))).toEqual([]);
    expect(requirements(defined(null, { a: 1 }))).toEqual([]);
  });
});

describe("evaluate", () => {
  const modules = new Map([["a", { name: "A" }]]);

  it("gives a factory what it requires, in its order", () => {
    const exported = evaluate(
      defined(["module", "a"], (module: { uri: string }, a: object) => ({ uri: module.uri, a })),
      INFO,
      modules,
    );
    expect(exported).toEqual({ uri: INFO.uri, a: { name: "A" } });
  });

  it("knows `exports`, `module.exports` and `require`", () => {
    expect(
      evaluate(
        defined(["exports", "a"], (exports: { x: object }, a: object) => {
          exports.x = a;
        }),
        INFO,
        modules,
      ),
    ).toEqual({ x: { name: "A" } });
    expect(
      evaluate(
        // biome-ignore lint/suspicious/noExplicitAny: as RequireJS knows it
        defined(null, (require: any, _exports: object, module: any) => {
          module.exports = require("a");
        }),
        INFO,
        modules,
      ),
    ).toEqual({ name: "A" });
  });

  it("takes an object for what it is", () => {
    expect(evaluate(defined([], { V: 1 }), INFO, modules)).toEqual({ V: 1 });
  });

  it("says what only RequireJS would know, and what is no module", () => {
    const lazy = (require: (name: string) => unknown) => require(`a${1}`);
    expect(() => evaluate(defined(["require"], lazy), INFO, modules)).toThrow('it asks for "a1"');
    expect(() =>
      evaluate(
        defined([], () => 5),
        INFO,
        modules,
      ),
    ).toThrow("it exports 5, and no widgets");
  });
});
