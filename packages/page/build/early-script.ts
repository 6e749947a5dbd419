/** Puts a script into the page, where its mark is: it runs before anything else of the page has been fetched. */

import { build, type Plugin, type ResolvedConfig } from "vite";
import { forInlining } from "./for-inlining.ts";

type Target = ResolvedConfig["build"]["target"];

const MARK = "<!--anyhost:early-->";

export function earlyScript(entry: string): Plugin {
  let target: Target = false;
  return {
    name: "anyhost:early-script",
    apply: "build",
    configResolved(config) {
      target = config.build.target;
    },
    transformIndexHtml: {
      order: "post",
      async handler(html) {
        if (!html.includes(MARK)) throw new Error(`expected ${MARK} in the page, found none`);
        const script = await inlined(entry, target);
        return html.replace(MARK, () => `<script>${script}</script>`);
      },
    },
  };
}

/** One classic script with all that the entry imports. */
async function inlined(input: string, target: Target): Promise<string> {
  const made = await build({
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    plugins: [forInlining()],
    build: {
      write: false,
      target,
      modulePreload: false,
      rolldownOptions: { input, output: { format: "iife" } },
    },
  });
  if (!("output" in made)) throw new Error(`${input}: expected one build`);
  return made.output[0].code.trim();
}
