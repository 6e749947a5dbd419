/** Makes scripts that can stand between `<script>` and `</script>`, and style between `<style>` and `</style>`. */

import type { Plugin } from "vite";

/**
 * What would end a script element, or begin a comment in it, is in strings and regular expressions only,
 * where `\x3c` is a `<`.
 */
const UNSAFE = /<(?=\/?script|!--)/gi;

export function forInlining(): Plugin {
  return {
    name: "anyhost:for-inlining",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk") {
          file.code = file.code.replace(UNSAFE, "\\x3c");
          this.parse(file.code); // it is still a script
          const imported = [...file.imports, ...file.dynamicImports];
          if (imported.length) this.error(`${file.fileName} imports ${imported.join(", ")}: it is to be one file`);
        } else if (/\.css$/.test(file.fileName)) {
          if (/<\/style/i.test(String(file.source))) this.error(`${file.fileName} would end a <style>`);
        } else this.error(`${file.fileName} is a file of its own: expected a script and a style sheet`);
      }
    },
  };
}
