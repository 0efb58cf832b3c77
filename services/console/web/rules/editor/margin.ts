// What stands beside the lines of an editor: a mark in the margin of each line with something to say, and, where it is wanted, the
// words behind the line. Marks differ by shape; colour only repeats it. They move with their lines while somebody types.

import { type Extension, RangeSet, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutter, WidgetType } from '@codemirror/view';

const SIGNS = { error: '✖', warning: '▲', pass: '✓', fail: '✖', uncovered: '○' } as const;
export type NoteKind = keyof typeof SIGNS;

export type LineNote = {
  /** From 1. */
  readonly line: number;
  readonly kind: NoteKind;
  /** Told by the mark in the margin. */
  readonly title: string;
  /** Written behind the line; empty: nothing is. */
  readonly words: string;
};

/** Longer ones are cut: the whole text stands in a list beside the editor. */
const WORDS_MAX = 300;

class Mark extends GutterMarker {
  readonly #note: LineNote;
  constructor(note: LineNote) {
    super();
    this.#note = note;
  }
  override eq(other: Mark): boolean {
    return other.#note.kind === this.#note.kind && other.#note.title === this.#note.title;
  }
  override toDOM(): Node {
    const { kind, title } = this.#note;
    const mark = document.createElement('span');
    mark.className = `cm-mark cm-mark-${kind}`;
    mark.title = title.slice(0, WORDS_MAX);
    mark.textContent = SIGNS[kind];
    return mark;
  }
}

class Words extends WidgetType {
  readonly #note: LineNote;
  constructor(note: LineNote) {
    super();
    this.#note = note;
  }
  override eq(other: Words): boolean {
    return other.#note.kind === this.#note.kind && other.#note.words === this.#note.words;
  }
  override toDOM(): HTMLElement {
    const { kind, words } = this.#note;
    const place = document.createElement('bdi');
    place.className = `cm-note cm-note-${kind}`;
    place.dataset.kind = kind;
    place.textContent = `${SIGNS[kind]} ${words.slice(0, WORDS_MAX)}`;
    return place;
  }
}

type Shown = { readonly marks: RangeSet<Mark>; readonly words: DecorationSet };

const setNotes = StateEffect.define<readonly LineNote[]>();

const shown = StateField.define<Shown>({
  create: () => ({ marks: RangeSet.empty, words: Decoration.none }),
  update(value, transaction) {
    const set = transaction.effects.find((effect) => effect.is(setNotes));
    if (set !== undefined) return layOut(set.value, transaction.state.doc);
    if (!transaction.docChanged) return value;
    return { marks: value.marks.map(transaction.changes), words: value.words.map(transaction.changes) };
  },
  provide: (field) => EditorView.decorations.from(field, ({ words }) => words),
});

function layOut(notes: readonly LineNote[], doc: Text): Shown {
  const placed = notes.map((note) => ({ note, line: doc.line(Math.min(Math.max(note.line, 1), doc.lines)) }));
  const marks = placed.map(({ note, line }) => new Mark(note).range(line.from));
  const words = placed
    .filter(({ note }) => note.words !== '')
    .map(({ note, line }) => Decoration.widget({ widget: new Words(note), side: 1 }).range(line.to));
  return { marks: RangeSet.of(marks, true), words: Decoration.set(words, true) };
}

export const margin: Extension = [
  shown,
  gutter({
    class: 'cm-margin',
    markers: (view) => view.state.field(shown).marks,
  }),
];

export function showNotes(view: EditorView, notes: readonly LineNote[]): void {
  view.dispatch({ effects: setNotes.of(notes) });
}
