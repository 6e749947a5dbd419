/** Makes scripts that can stand between `<script>` and `</script>`, and style between `<style>` and `</style>`. */

import type { Plugin } from "vite";

/**
 * What would end a script element, or begin a comment in it, and the character that no HTML can hold. They are
 * in strings and regular expressions only, where an escape is as good.
 */
const UNSAFE = /<(?=\/?script|!--)|\0/gi;

const escaped = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

export function forInlining(): Plugin {
  return {
    name: "anyhost:for-inlining",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk") {
          file.code = file.code.replace(UNSAFE, escaped);
          this.parse(file.code); // it is still a script
          if (!file.isEntry) this.error(`${file.fileName} is a script of its own: expected one for all`);
        } else if (/\.css$/.test(file.fileName)) {
          if (/<\/style/i.test(String(file.source))) this.error(`${file.fileName} would end a <style>`);
        } else this.error(`${file.fileName} is a file of its own: expected a script and a style sheet`);
      }
    },
  };
}
