/** An editor for Python: CodeMirror, with the page's colors. */

import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";

const LOOK = EditorView.theme({
  "&": {
    fontSize: "0.85rem",
    color: "var(--ink)",
    backgroundColor: "var(--paper)",
    height: "100%",
  },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-scroller": {
    fontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
    lineHeight: "1.5",
  },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": {
    color: "var(--soft)",
    backgroundColor: "var(--ground)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine, .cm-activeLineGutter": {
    backgroundColor: "color-mix(in srgb, var(--x) 7%, transparent)",
  },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    backgroundColor: "color-mix(in srgb, var(--x) 25%, transparent) !important",
  },
  ".cm-tooltip": { backgroundColor: "var(--paper)", border: "1px solid var(--line)" },
});

const COLORS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--gradient)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--index)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--x)" },
  { tag: [tags.comment, tags.docString], color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.definition(tags.variableName), tags.className], color: "var(--w)" },
]);

/** @param {HTMLElement} parent @param {string} text
 * @param {{label: string, onRun?: () => void, onCheck?: () => void,
 *   onChange?: (text: string) => void}} options the keys run and check; what else wants to know */
export function editor(parent, text, { label, onRun, onCheck, onChange }) {
  const key = (/** @type {string} */ name, /** @type {(() => void) | undefined} */ action) =>
    action ? [{ key: name, run: () => (action(), true) }] : [];
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      // Before the editor's own keys, one of which makes a new line of Ctrl-Enter.
      Prec.highest(keymap.of([...key("Mod-Enter", onRun), ...key("Shift-Mod-Enter", onCheck)])),
      basicSetup,
      // Escape, then Tab, leaves the editor, for those who have no pointer.
      keymap.of([indentWithTab]),
      python(),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      EditorView.contentAttributes.of({ "aria-label": label }),
      LOOK,
      syntaxHighlighting(COLORS),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange?.(update.state.doc.toString());
      }),
    ],
  });
  return {
    text: () => view.state.doc.toString(),
    /** @param {string} wanted */
    write: (wanted) =>
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted } }),
    /** @param {number} line from 1 */
    show: (line) => {
      const { from } = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    close: () => view.destroy(),
  };
}
