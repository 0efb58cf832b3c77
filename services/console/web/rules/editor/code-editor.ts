// The editor itself: CodeMirror on one text of JSON. Loaded when a rule is opened, not before. It lives in a shadow root because only
// there CodeMirror brings its styles as style sheets made by script; in a document it would write <style> elements, which the
// content security policy refuses.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState, Prec } from '@codemirror/state';
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { fixOf, type Span, spanOf } from './finding-marks.ts';
import type { JsonHelp } from './json-help.ts';
import { type LineNote, margin, showNotes } from './margin.ts';
import { theme } from './theme.ts';

/** Something that is wrong at a place of the text. */
export type Problem = {
  readonly line: number;
  readonly column: number;
  readonly endColumn?: number | undefined;
  readonly level: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string | undefined;
  /** What the button says that takes the suggestion. */
  readonly fixLabel: string;
};

export type CodeEditorOptions = {
  readonly text: string;
  readonly label: string;
  /** Completion and hover. */
  readonly help: JsonHelp | undefined;
  readonly isReadOnly: boolean;
  readonly onChange: (text: string) => void;
};

export type CodeEditor = {
  /** Another text from outside; what is typed is not told back. */
  setText(text: string): void;
  setProblems(problems: readonly Problem[], notes: readonly LineNote[]): void;
  goTo(line: number, column: number): void;
  close(): void;
};

/** Long enough for a slow hand between two keys. */
const LEAVING_MS = 5_000;
/** Escape, then Tab leaves the editor, also where Escape closes something or unmarks a text. */
const leaving = Prec.highest(
  keymap.of([
    {
      key: 'Escape',
      run(view) {
        view.setTabFocusMode(LEAVING_MS);
        return false;
      },
    },
  ]),
);

const fromOutside = Annotation.define<true>();

export function openCodeEditor(root: ShadowRoot, options: CodeEditorOptions): CodeEditor {
  const { help, label, isReadOnly } = options;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        EditorState.readOnly.of(isReadOnly),
        EditorView.contentAttributes.of({
          'aria-label': label,
          'aria-readonly': String(isReadOnly),
          tabindex: '0',
        }),
        [lineNumbers(), margin, highlightActiveLine(), highlightActiveLineGutter(), EditorView.lineWrapping],
        [history(), json(), indentUnit.of('  '), indentOnInput(), bracketMatching(), closeBrackets()],
        [highlightSelectionMatches(), autocompletion(help === undefined ? {} : { override: [help.complete] })],
        help === undefined ? [] : help.hover,
        leaving,
        keymap.of([
          ...[...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap],
          ...[...defaultKeymap, indentWithTab],
        ]),
        theme,
        EditorView.updateListener.of((update) => {
          const isOurs = update.transactions.some((transaction) => transaction.annotation(fromOutside) === true);
          if (update.docChanged && !isOurs) options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText(text) {
      const before = view.state.doc.toString();
      if (text !== before)
        view.dispatch({
          changes: changeBetween(before, text),
          annotations: fromOutside.of(true),
          scrollIntoView: false,
        });
    },
    setProblems(problems, notes) {
      const text = view.state.doc.toString();
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map((problem) => diagnosticOf(text, problem)),
        ),
      );
      showNotes(view, notes);
    },
    goTo(line, column) {
      const { from } = spanOf(view.state.doc.toString(), { line, column });
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      view.focus();
    },
    close: () => view.destroy(),
  };
}

function diagnosticOf(text: string, problem: Problem): Diagnostic {
  const { line, column, endColumn, level, code, message, suggestion, fixLabel } = problem;
  const span = spanOf(text, { line, column, ...(endColumn === undefined ? {} : { endColumn }) });
  return {
    ...span,
    severity: level,
    source: code,
    message,
    actions:
      suggestion === undefined
        ? []
        : [{ name: fixLabel, apply: (view, from, to) => fix(view, { from, to }, suggestion) }],
  };
}

function fix(view: EditorView, span: Span, suggestion: string): void {
  if (view.state.readOnly) return;
  view.dispatch({ changes: fixOf(view.state.doc.toString(), span, suggestion), userEvent: 'input' });
  view.focus();
}

/** What differs, as one change: cursor, scroll and undo of the rest stay where they are. */
function changeBetween(before: string, after: string): Span & { readonly insert: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
