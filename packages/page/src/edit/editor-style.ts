/** How the editor looks: by the page's own colours, so that it follows light and dark without being told. */

import { EditorView } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

/** The classes are those of code that is shown and not edited (`app/python-code.ts`). */
export const HIGHLIGHTER = tagHighlighter([
  { tag: tags.comment, class: "code-comment" },
  { tag: [tags.string, tags.special(tags.string), tags.docString], class: "code-string" },
  { tag: [tags.number, tags.bool, tags.null, tags.self, tags.escape], class: "code-number" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], class: "code-keyword" },
  { tag: [tags.definitionKeyword, tags.moduleKeyword], class: "code-keyword" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: "code-call" },
  {
    tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)],
    class: "code-call",
  },
  { tag: tags.meta, class: "code-decorator" },
  { tag: tags.heading, class: "code-heading" },
  { tag: tags.strong, class: "code-strong" },
  { tag: tags.emphasis, class: "code-emphasis" },
  { tag: [tags.link, tags.url], class: "code-call" },
  { tag: tags.monospace, class: "code-string" },
  { tag: [tags.quote, tags.processingInstruction, tags.contentSeparator], class: "code-comment" },
]);

export const EDITOR_STYLE = EditorView.theme({
  "&": { color: "inherit", background: "none" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { font: "inherit", lineHeight: "inherit", overflowX: "auto" },
  ".cm-content": { padding: "0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 1rem" },
  ".cm-placeholder": { color: "var(--text-quiet)" },
  ".cm-cursor": { borderLeft: "1.5px solid var(--text)" },
  ".cm-selectionBackground": { background: "var(--line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--selection)",
  },
  ".cm-selectionMatch": { background: "var(--selection-match)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--selection)", color: "inherit" },
  "&.cm-focused .cm-nonmatchingBracket": { background: "var(--error-surface)", color: "var(--error)" },
  ".cm-panels": { color: "inherit", background: "var(--surface)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-searchMatch": { background: "var(--warn-line)" },
  ".cm-searchMatch-selected": { background: "var(--selection)" },
  ".cm-textfield": {
    font: "inherit",
    color: "inherit",
    background: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-small)",
  },
  ".cm-button": {
    font: "inherit",
    color: "inherit",
    background: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-small)",
  },
  ".cm-tooltip": {
    color: "var(--text)",
    background: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-small)",
    boxShadow: "0 4px 16px rgb(0 0 0 / 0.14)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    font: "var(--size-code) / 1.5 var(--font-code)",
    maxHeight: "14rem",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.1rem 0.6rem" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--on-accent)",
    background: "var(--accent)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.7" },
});
