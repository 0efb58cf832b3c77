// Before anything is written: what it changes, in sentences and line by line. After it: what became of it.

import type { DiffView, RuleFileView, RuleText, SaveView } from '../../api/rules.ts';
import { texts } from '../texts.ts';
import { FindingList } from './finding-list.tsx';
import { LineDiff } from './line-diff-table.tsx';
import { RunsOther } from './runs-other.tsx';
import { askWhatChanges, keepMine, saveWork, stopAsking, takeTheirs } from './saving.ts';
import { isText, testFileOf, type Work } from './work.ts';

export function SavePanel({ work }: { readonly work: Work }) {
  const state = work.save.value;
  if (state.is === 'idle') return null;
  const { heading, asking, saving, failed } = texts.rules.save;
  return (
    <section class="panel saving" aria-label={heading} data-testid="save-panel" data-state={state.is}>
      <h2>{heading}</h2>
      <p role="status">
        {(state.is === 'asking' || (state.is === 'asked' && !isText(state.of, work))) && asking}
        {state.is === 'saving' && saving}
      </p>
      <p class="problem" role="alert">
        {state.is === 'failed' && failed(state.why)}
        {state.is === 'asked' && state.why}
      </p>
      {state.is === 'asked' && <Asked work={work} of={state.of} diff={state.diff} />}
      {state.is === 'saved' && <Saved view={state.view} />}
      {state.is === 'conflict' && <Conflict work={work} theirs={state.theirs} />}
      {state.is === 'gone' && <Gone work={work} />}
      {(state.is === 'saved' || state.is === 'failed') && <CloseButton work={work} word={texts.rules.save.close} />}
    </section>
  );
}

function CloseButton({ work, word }: { readonly work: Work; readonly word: string }) {
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => {
        stopAsking(work);
        work.save.value = { is: 'idle' };
      }}
    >
      {word}
    </button>
  );
}

type AskedProps = { readonly work: Work; readonly of: RuleText; readonly diff: DiffView | null };

/** All of it is about the text that it names; what was typed since waits for its own answer before it can be written. */
function Asked({ work, of, diff }: AskedProps) {
  const { saved, file } = work;
  const { confirm, cancel } = texts.rules.save;
  return (
    <>
      {diff !== null && <Meaning diff={diff} />}
      <RunsOther file={file} />
      <LineDiff file={file} before={saved.value?.text ?? ''} after={of.text} />
      <LineDiff file={testFileOf(file)} before={saved.value?.test?.text ?? ''} after={of.test ?? ''} />
      <div class="buttons">
        {diff !== null && (
          <button
            type="button"
            data-testid="save-confirm"
            disabled={!isText(of, work)}
            onClick={() => void saveWork(work, of)}
          >
            {confirm}
          </button>
        )}
        <CloseButton work={work} word={cancel} />
      </div>
    </>
  );
}

function Meaning({ diff }: { readonly diff: DiffView }) {
  const { sameMeaning, state } = texts.rules.save;
  return (
    <ul class="meaning" data-testid="save-meaning">
      {diff.sentences.length === 0 && <li>{sameMeaning}</li>}
      {diff.sentences.map((sentence) => (
        <li key={sentence} dir="auto">
          {sentence}
        </li>
      ))}
      {diff.state !== null && <li class="hint">{state[diff.state]}</li>}
    </ul>
  );
}

function Saved({ view }: { readonly view: SaveView }) {
  return (
    <div role="status" data-testid="saved" data-outcome={view.reload.outcome}>
      <p>
        <b>{texts.rules.save.saved}</b> <bdi>{view.reload.text}</bdi>
      </p>
      <Meaning diff={view.diff} />
      <FindingList findings={view.findings} />
    </div>
  );
}

function Gone({ work }: { readonly work: Work }) {
  const { conflictGone, keepMine: keep, cancel } = texts.rules.save;
  return (
    <div data-testid="gone">
      <p role="alert">{conflictGone}</p>
      <div class="buttons">
        <button type="button" data-testid="save-as-new" onClick={() => askWhatChanges(work)}>
          {keep}
        </button>
        <CloseButton work={work} word={cancel} />
      </div>
    </div>
  );
}

function Conflict({ work, theirs }: { readonly work: Work; readonly theirs: RuleFileView }) {
  const { conflict, conflictNew, takeTheirs: take, keepMine: keep } = texts.rules.save;
  return (
    <div data-testid="conflict">
      <p role="alert">{work.saved.value === null ? conflictNew : conflict}</p>
      <LineDiff file={work.file} before={theirs.text} after={work.text.value} isTheirs />
      <LineDiff file={testFileOf(work.file)} before={theirs.test?.text ?? ''} after={work.test.value} isTheirs />
      <div class="buttons">
        <button type="button" data-testid="keep-mine" onClick={() => keepMine(work, theirs)}>
          {keep}
        </button>
        <button type="button" data-testid="take-theirs" onClick={() => takeTheirs(work, theirs)}>
          {take}
        </button>
      </div>
    </div>
  );
}
