import type { Plugin } from "vite";

/** KaTeX names each of its fonts in three formats. Every browser that runs this page reads the first. */
export function woff2Only(): Plugin {
  return {
    name: "anyhost:woff2-only",
    enforce: "pre",
    transform(code, id) {
      if (!/katex(?:\.min)?\.css/.test(id)) return null;
      return {
        code: code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\(["'](?:woff|truetype)["']\)/g, ""),
        map: null,
      };
    },
  };
}
