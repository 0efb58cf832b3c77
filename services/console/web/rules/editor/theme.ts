// How the editor looks. Every colour is a variable of the page, which reaches into the shadow root, so that day, night and high contrast
// are the page's own. The lint marks that come with CodeMirror are pictures in data: addresses, which the content security
// policy refuses; ours are lines.

import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const highlight = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-key)' },
  { tag: tags.string, color: 'var(--code-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)', fontWeight: '700' },
  { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: 'var(--muted)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
]);

const NO_PICTURE = { backgroundImage: 'none', paddingBottom: '0' };
const line = (style: string, colour: string) => ({
  ...NO_PICTURE,
  textDecoration: `underline ${style} ${colour}`,
  textUnderlineOffset: '3px',
  textDecorationSkipInk: 'none',
});
const MONOSPACE = '"DejaVu Sans Mono", ui-monospace, monospace';
const POPUP = {
  backgroundColor: 'var(--raised)',
  color: 'var(--ink)',
  border: '1px solid var(--muted)',
  borderRadius: '3px',
};

const look = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--raised)', fontSize: '13px', maxHeight: 'inherit' },
  '&.cm-focused': { outline: '3px solid var(--focus)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: MONOSPACE, lineHeight: '1.5', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--muted)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'var(--code-line)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--code-line)', color: 'var(--ink)' },
  '.cm-content ::selection, .cm-content::selection': { backgroundColor: 'var(--code-selection)' },
  '.cm-matchingBracket': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--muted)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent', outline: '1px dashed var(--bad)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--code-line)' },
  '.cm-searchMatch': { backgroundColor: 'transparent', outline: '1px solid var(--focus)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--code-selection)' },
  '.cm-lintRange-error': line('wavy 1.5px', 'var(--bad)'),
  '.cm-lintRange-warning': line('dotted 2px', 'var(--ink)'),
  '.cm-lintRange-info, .cm-lintRange-hint': NO_PICTURE,
  '.cm-lintRange-active': { backgroundColor: 'var(--code-line)' },
  '.cm-lintPoint::after': { borderBottomColor: 'var(--bad)' },
  '.cm-tooltip': { ...POPUP, zIndex: '12' },
  '.cm-tooltip-lint': { maxWidth: '32rem' },
  '.cm-tooltip-hover': { maxWidth: '32rem', fontSize: '13px' },
  '.cm-help': { padding: '4px 8px', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
  '.cm-diagnostic': { padding: '4px 8px', borderLeft: '4px solid var(--muted)', overflowWrap: 'anywhere' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-diagnosticAction': {
    backgroundColor: 'var(--panel)',
    color: 'var(--ink)',
    border: '1px solid var(--ink)',
    fontWeight: '600',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: MONOSPACE, maxHeight: '14em' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--focus)', color: 'var(--ground)' },
  '.cm-completionDetail': { color: 'inherit', fontStyle: 'normal' },
  '.cm-tooltip.cm-completionInfo': { ...POPUP, padding: '4px 8px', maxWidth: '22rem', whiteSpace: 'pre-wrap' },
  '.cm-panels': { backgroundColor: 'var(--panel)', color: 'var(--ink)', borderColor: 'var(--line)' },
  '.cm-panel.cm-panel-lint ul [aria-selected]': { backgroundColor: 'var(--code-line)', color: 'var(--ink)' },
  '.cm-textfield': { backgroundColor: 'var(--raised)', border: '1px solid var(--muted)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--raised)', border: '1px solid var(--ink)' },
  '.cm-margin': { width: '18px' },
  '.cm-mark': { display: 'inline-block', width: '18px', textAlign: 'center', fontWeight: '700', cursor: 'default' },
  '.cm-mark-error, .cm-mark-fail': { color: 'var(--bad)' },
  '.cm-mark-pass': { color: 'var(--muted)' },
  '.cm-note': {
    marginLeft: '1.5em',
    padding: '0 6px',
    border: '1px solid var(--line)',
    borderRadius: '3px',
    color: 'var(--muted)',
    fontFamily: 'system-ui, "DejaVu Sans", sans-serif',
    fontSize: '12px',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  },
  '.cm-note-fail': { color: 'var(--bad)', borderColor: 'var(--bad)', fontWeight: '600' },
});

export const theme: Extension = [look, syntaxHighlighting(highlight)];
