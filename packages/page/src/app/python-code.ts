/** Colours for Python code that is shown, not edited: comments, strings, numbers, words of the language. */

const KEYWORDS =
  "and as assert async await break case class continue def del elif else except finally for from global if " +
  "import in is lambda match nonlocal not or pass raise return try while with yield";

const TOKEN = new RegExp(
  [
    /(?<comment>#.*)/,
    /(?<string>(?:\b[rbfuRBFU]{1,2})?(?:"""[\s\S]*?(?:"""|(?![\s\S]))|'''[\s\S]*?(?:'''|(?![\s\S]))|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
    /(?<number>\b0[xXoObB][\da-fA-F_]+|(?:\b\d[\d_]*(?:\.[\d_]*)?|(?<!\w)\.\d[\d_]*)(?:[eE][+-]?\d+)?j?)/,
    /(?<decorator>(?<=^\s*)@[\w.]+)/m,
    /(?<constant>\b(?:None|True|False|self|cls)\b)/,
    new RegExp(`(?<keyword>\\b(?:${KEYWORDS.replaceAll(" ", "|")})\\b)`),
    /(?<call>\b[A-Za-z_]\w*(?=\())/,
    /\b[A-Za-z_]\w*/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gm",
);

export function colour(source: string): (string | HTMLElement)[] {
  const parts: (string | HTMLElement)[] = [];
  let from = 0;
  for (const match of source.matchAll(TOKEN)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0];
    if (!kind) continue;
    const span = document.createElement("span");
    span.className = `code-${kind}`;
    span.textContent = match[0];
    parts.push(source.slice(from, match.index), span);
    from = match.index + match[0].length;
  }
  parts.push(source.slice(from));
  return parts;
}
