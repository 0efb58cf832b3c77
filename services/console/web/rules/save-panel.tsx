// Before anything is written: what it changes, in sentences and line by line. After it: what became of it.

import type { DiffView, RuleFileView, SaveView } from '../../api/rules.ts';
import { texts } from '../texts.ts';
import { FindingList } from './finding-list.tsx';
import { LineDiff } from './line-diff-table.tsx';
import { keepMine, saveWork, takeTheirs } from './saving.ts';
import { testFileOf, type Work } from './work.ts';

export function SavePanel({ work }: { readonly work: Work }) {
  const state = work.save.value;
  if (state.is === 'idle') return null;
  const { heading, asking, saving, failed } = texts.rules.save;
  return (
    <section class="panel saving" aria-label={heading} data-testid="save-panel" data-state={state.is}>
      <h2>{heading}</h2>
      <p role="status">
        {state.is === 'asking' && asking}
        {state.is === 'saving' && saving}
      </p>
      <p class="problem" role="alert">
        {state.is === 'failed' && failed(state.why)}
        {state.is === 'asked' && state.why}
      </p>
      {state.is === 'asked' && <Asked work={work} diff={state.diff} />}
      {state.is === 'saved' && <Saved view={state.view} />}
      {state.is === 'conflict' && <Conflict work={work} theirs={state.theirs} />}
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
        work.save.value = { is: 'idle' };
      }}
    >
      {word}
    </button>
  );
}

function Asked({ work, diff }: { readonly work: Work; readonly diff: DiffView | null }) {
  const { saved, text, test, file } = work;
  const { confirm, cancel } = texts.rules.save;
  return (
    <>
      {diff !== null && <Meaning diff={diff} />}
      <LineDiff file={file} before={saved.value?.text ?? ''} after={text.value} />
      <LineDiff file={testFileOf(file)} before={saved.value?.test?.text ?? ''} after={test.value} />
      <div class="buttons">
        {diff !== null && (
          <button type="button" data-testid="save-confirm" onClick={() => void saveWork(work)}>
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

function Conflict({ work, theirs }: { readonly work: Work; readonly theirs: RuleFileView | null }) {
  const { conflict, conflictGone, conflictNew, takeTheirs: take, keepMine: keep, cancel } = texts.rules.save;
  if (theirs === null)
    return (
      <>
        <p role="alert">{conflictGone}</p>
        <CloseButton work={work} word={cancel} />
      </>
    );
  return (
    <div data-testid="conflict">
      <p role="alert">{work.saved.value === null ? conflictNew : conflict}</p>
      <LineDiff file={work.file} before={theirs.text} after={work.text.value} isTheirs />
      <LineDiff file={testFileOf(work.file)} before={theirs.test?.text ?? ''} after={work.test.value} isTheirs />
      <div class="buttons">
        <button type="button" data-testid="keep-mine" onClick={() => void keepMine(work, theirs)}>
          {keep}
        </button>
        <button type="button" data-testid="take-theirs" onClick={() => takeTheirs(work, theirs)}>
          {take}
        </button>
      </div>
    </div>
  );
}
