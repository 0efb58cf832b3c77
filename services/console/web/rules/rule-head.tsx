// What the rule is called, what runs of it, and what can be done with the text.

import { useComputed } from '@preact/signals';
import { download } from '../parts/download.ts';
import { goTo, hrefOf } from '../state/route.ts';
import { mayEditRulesNow } from '../state/session.ts';
import { texts } from '../texts.ts';
import { shownOf } from './job.ts';
import { ModeMark } from './mode-mark.tsx';
import { type Mode, modeOf, withMode } from './mode-switch.ts';
import { rowOf, rulesView } from './rules-view.ts';
import { askWhatChanges, stopAsking } from './saving.ts';
import { forget, takeTexts, testFileOf, type Work } from './work.ts';

export function RuleHead({ work }: { readonly work: Work }) {
  const { file, saved, isChanged } = work;
  const row = rowOf(file);
  const { back, changed, unsaved, running, notRunning, older } = texts.rules;
  const isHeard = (shownOf(rulesView.value)?.toldAt ?? null) !== null;
  return (
    <section class="panel rule-head" aria-labelledby="rule-heading">
      <div class="panel-head">
        <a href={hrefOf('rules')} data-testid="back-to-rules">
          {back}
        </a>
        <h2 id="rule-heading">
          <bdi class="clamp">{file}</bdi>
        </h2>
        <span class="facts">
          {row?.name !== undefined && row.name !== null && <bdi class="clamp">{row.name}</bdi>}
          {isHeard && row !== undefined && (
            <span data-testid="running" data-rev={row.runs?.rev ?? ''}>
              {row.runs === null ? notRunning : running(row.runs.mode)}
            </span>
          )}
          {row?.runs !== undefined && row.runs !== null && row.runs.rev !== row.rev && <b>{older}</b>}
          <output data-testid="unsaved">
            {isChanged.value && <b class="tag">{saved.value === null ? unsaved : changed}</b>}
          </output>
        </span>
      </div>
      <div class="buttons">
        {mayEditRulesNow() && <ModeChoice work={work} />}
        {mayEditRulesNow() && <SaveButton work={work} />}
        <button
          type="button"
          class="quiet"
          onClick={() => download(jsonName(file), work.text.value)}
          data-testid="download"
        >
          {texts.rules.download}
        </button>
        {work.test.value !== '' && (
          <button type="button" class="quiet" onClick={() => download(jsonName(testFileOf(file)), work.test.value)}>
            {texts.rules.downloadTests}
          </button>
        )}
        {mayEditRulesNow() && isChanged.value && (
          <button type="button" class="quiet" data-testid="discard" onClick={() => discard(work)}>
            {texts.rules.discard}
          </button>
        )}
      </div>
    </section>
  );
}

function ModeChoice({ work }: { readonly work: Work }) {
  const mode = useComputed(() => modeOf(work.text.value)).value;
  const { modes, modeMeans } = texts.rules;
  return (
    <fieldset class="mode-choice">
      <legend class="visually-hidden">{texts.rules.mode}</legend>
      {(Object.keys(modes) as Mode[]).map((each) => (
        <button
          key={each}
          type="button"
          class="quiet"
          aria-pressed={each === mode}
          disabled={mode === undefined}
          title={modeMeans[each]}
          data-testid={`mode-${each}`}
          onClick={() => {
            work.text.value = withMode(work.text.value, each);
          }}
        >
          <ModeMark mode={each} />
        </button>
      ))}
    </fieldset>
  );
}

function SaveButton({ work }: { readonly work: Work }) {
  const view = shownOf(rulesView.value);
  const { is } = work.save.value;
  const isBusy = is === 'asking' || is === 'saving';
  if (view !== null && !view.canSave)
    return view.whyNot === null ? null : <span class="hint">{texts.rules.save.cannot(view.whyNot)}</span>;
  return (
    <button
      type="button"
      data-testid="save"
      disabled={!work.isChanged.value || isBusy || is === 'conflict'}
      onClick={() => askWhatChanges(work)}
    >
      {texts.rules.save.offer}
    </button>
  );
}

function discard(work: Work): void {
  const { saved } = work;
  stopAsking(work);
  work.save.value = { is: 'idle' };
  if (saved.value !== null) takeTexts(work, saved.value);
  else {
    forget(work.file);
    goTo(hrefOf('rules'));
  }
}

/** Rules end so; whatever somebody wrote into the address does then too. */
function jsonName(file: string): `${string}.json` {
  return `${file.replace(/\.json$/, '')}.json`;
}
