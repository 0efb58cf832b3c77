// Where an editor hangs: a shadow root of its own, into which the code of the editor comes when it is first needed.

import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { texts } from '../texts.ts';
import type { CodeEditor, Problem } from './editor/code-editor.ts';
import type { LineNote } from './editor/margin.ts';
import { schemaOf } from './schemas.ts';

export type EditorPlaceProps = {
  /** What the text is called by those who do not see it. */
  readonly label: string;
  readonly text: Signal<string>;
  readonly schema: 'rule' | 'rule-test';
  readonly isReadOnly: boolean;
  readonly problems: ReadonlySignal<readonly Problem[]>;
  readonly notes: ReadonlySignal<readonly LineNote[]>;
  /** The editor, once it is there. */
  readonly editor: Signal<CodeEditor | null>;
  readonly testId: string;
};

export function EditorPlace(props: EditorPlaceProps) {
  const { label, text, schema, isReadOnly, problems, notes, editor, testId } = props;
  const place = useRef<HTMLDivElement>(null);
  const isFailed = useSignal(false);

  useSignalEffect(() => {
    const host = place.current;
    if (host === null) return;
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    let isGone = false;
    let opened: CodeEditor | undefined;
    void Promise.all([import('./editor/code-editor.ts'), import('./editor/json-help.ts'), schemaOf(schema)]).then(
      ([{ openCodeEditor }, { jsonHelp }, known]) => {
        if (isGone) return;
        opened = openCodeEditor(root, {
          ...{ label, isReadOnly, text: text.peek() },
          help: known === undefined ? undefined : jsonHelp(known),
          onChange: (typed) => {
            text.value = typed;
          },
        });
        editor.value = opened;
      },
      () => {
        isFailed.value = true;
      },
    );
    return () => {
      isGone = true;
      editor.value = null;
      opened?.close();
    };
  });

  useSignalEffect(() => editor.value?.setText(text.value));
  useSignalEffect(() => editor.value?.setProblems(problems.value, notes.value));

  return (
    <>
      <div ref={place} class="code" data-testid={testId} data-ready={editor.value !== null} />
      {editor.value === null && !isFailed.value && <p class="loading">{texts.loading}</p>}
      {isFailed.value && (
        <>
          <p class="problem" role="alert">
            {texts.rules.editor.failed}
          </p>
          <pre class="payload" dir="auto">
            {text.value}
          </pre>
        </>
      )}
    </>
  );
}
