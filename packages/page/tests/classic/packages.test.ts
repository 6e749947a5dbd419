// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { loadInlinePackage } from "../../src/classic/inline-packages.ts";
import { loadPackage } from "../../src/classic/packages.ts";

const BASE = new URL("http://host/apps/one/");

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

/** What the server answers, and what it was asked. */
function answering(answer: object, status = 200) {
  const fetching = vi.fn(async (_url: URL, _init: RequestInit) => Response.json(answer, { status }));
  vi.stubGlobal("fetch", fetching);
  return fetching;
}

/** Scripts that the page runs, none of which exists. */
function running(): string[] {
  const addresses: string[] = [];
  vi.spyOn(document.head, "append").mockImplementation((...nodes) => {
    for (const script of nodes as HTMLScriptElement[]) {
      addresses.push(script.src);
      queueMicrotask(() => script.dispatchEvent(new Event("error")));
    }
  });
  return addresses;
}

test("the server's answer is relative to its base, below whichever path that is", async () => {
  const entry = "nbextensions/@scope/maps/index.js";
  const fetching = answering({ kind: "amd", module: "@scope/maps", entry, root: "bundles/stamp/" });
  const addresses = running();
  await expect(loadPackage({ base: BASE })("@scope/maps", "*", new Map())).rejects.toThrow("failed while");
  expect(String(fetching.mock.calls[0]?.[0])).toBe("http://host/apps/one/bundles?module=%40scope%2Fmaps");
  expect(fetching.mock.calls[0]?.[1]).toEqual({ credentials: "include", headers: {} });
  expect(addresses).toEqual([`http://host/apps/one/bundles/stamp/${entry}`]);
});

test("a page without a cookie shows its pass, in no address", async () => {
  const fetching = answering({ kind: "missing", module: "maps", files: [], folders: [] });
  await loadPackage({ base: BASE, pass: () => "held" })("maps", "*", new Map()).catch(() => {});
  expect(fetching.mock.calls[0]?.[1].headers).toEqual({ Authorization: "Anyhost held" });
  expect(String(fetching.mock.calls[0]?.[0])).not.toContain("held");
});

test("a refusal is no answer", async () => {
  answering({ error: "no" }, 403);
  await expect(loadPackage({ base: BASE })("maps", "*", new Map())).rejects.toThrow("(403)");
});

test("an exported page has what Python saw a need for, and takes it out once", async () => {
  document.body.innerHTML = `<script type="application/json" data-anyhost="bundle" data-name="maps">${JSON.stringify(
    { kind: "amd", module: "maps", entry: "nbextensions/maps/index.js", scripts: ["first", "second"] },
  )}</script>`;
  const made = vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => `blob:${(blob as Blob).size}`);
  const addresses = running();
  const load = loadInlinePackage(document);
  await expect(load("maps", "*", new Map())).rejects.toThrow("failed while");
  expect([made.mock.calls.length, addresses]).toEqual([2, ["blob:5"]]);
  expect(document.querySelector("script")).toBeNull();
  await expect(load("other", "*", new Map())).rejects.toThrow("other in this page");
});
