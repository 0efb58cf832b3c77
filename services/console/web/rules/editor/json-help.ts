// Completion and hover from the JSON schema of the rule language, by the language service that VS Code has: what an engineer learns in
// one editor holds in the other. It judges nothing; what is wrong says the server, with the command line's own validator.

import { type Completion, type CompletionContext, type CompletionSource, snippet } from '@codemirror/autocomplete';
import type { EditorState, Extension } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import {
  type CompletionItem,
  getLanguageService,
  type JSONSchema,
  type LanguageService,
  type MarkupContent,
  type Position,
} from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { textOfMarkdown } from './markdown-text.ts';
import { toSnippet } from './snippet.ts';

const URI = 'inmemory:///rule.json';
const SCHEMA_URI = 'inmemory:///schema.json';

export type JsonHelp = { readonly complete: CompletionSource; readonly hover: Extension };

/** @param schema a JSON schema as text: the service makes an object of its own, into which it writes what its references mean */
export function jsonHelp(schema: string): JsonHelp {
  // A file may name its schema by the path that it has beside the file; whatever that is, it is this one, and nothing is fetched.
  const service = getLanguageService({
    schemaRequestService: () => Promise.resolve(schema),
    workspaceContext: { resolveRelativePath: () => SCHEMA_URI },
  });
  service.configure({
    validate: false,
    allowComments: true,
    schemas: [{ uri: SCHEMA_URI, fileMatch: ['*'], schema: JSON.parse(schema) as JSONSchema }],
  });
  return {
    complete: (context) => completionsAt(service, context),
    hover: hoverTooltip(async (view, at) => {
      const { document, json } = readingOf(service, view.state);
      const hover = await service.doHover(document, document.positionAt(at), json);
      const words = hover === null ? '' : textOfMarkdown(wordsOf(hover.contents));
      if (words === '') return null;
      const range = hover?.range;
      return {
        pos: range === undefined ? at : offsetOf(document, range.start),
        ...(range === undefined ? {} : { end: offsetOf(document, range.end) }),
        create() {
          const dom = window.document.createElement('div');
          dom.className = 'cm-help';
          dom.textContent = words;
          return { dom };
        },
      };
    }),
  };
}

function readingOf(service: LanguageService, state: EditorState) {
  const document = TextDocument.create(URI, 'jsonc', 1, state.doc.toString());
  return { document, json: service.parseJSONDocument(document) };
}

function offsetOf(document: TextDocument, position: Position): number {
  return document.offsetAt(position);
}

async function completionsAt(service: LanguageService, context: CompletionContext) {
  const { document, json } = readingOf(service, context.state);
  const list = await service.doComplete(document, document.positionAt(context.pos), json);
  const [first] = list?.items ?? [];
  if (list === null || first === undefined) return null;
  const edit = first.textEdit;
  const range = edit === undefined ? undefined : 'range' in edit ? edit.range : edit.replace;
  const from = range === undefined ? context.pos : offsetOf(document, range.start);
  const to = range === undefined ? context.pos : offsetOf(document, range.end);
  // What is marked is about to be replaced, and narrows nothing down.
  const typed = context.state.sliceDoc(from, Math.min(context.pos, context.state.selection.main.from));
  const options = list.items.filter(({ label }) => bare(label).includes(bare(typed))).map(completionOf);
  // Narrowed down here, and asked anew with every key: what the service would replace holds quotes, and labels do not.
  return { from, to, options, filter: false };
}

const bare = (text: string) => text.replaceAll('"', '').trim().toLowerCase();

function completionOf(item: CompletionItem): Completion {
  const { label, detail, documentation, textEdit, insertText, sortText } = item;
  const text = textEdit?.newText ?? insertText ?? label;
  const info = documentation === undefined ? '' : wordsOf(documentation);
  return {
    label,
    apply: snippet(toSnippet(text)),
    ...(detail === undefined ? {} : { detail }),
    ...(info === '' ? {} : { info }),
    ...(sortText === undefined ? {} : { sortText }),
  };
}

type Contents = string | MarkupContent | { readonly value: string } | readonly (string | { readonly value: string })[];

/** As text: descriptions are ours, but a default may be the author's. */
function wordsOf(contents: Contents): string {
  if (typeof contents === 'string') return contents;
  if ('value' in contents) return contents.value;
  return contents.map((each) => (typeof each === 'string' ? each : each.value)).join('\n\n');
}
