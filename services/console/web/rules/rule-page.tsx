// One rule: its texts on one side, what they would do on the other.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { hrefOf } from '../state/route.ts';
import { mayEditRulesNow } from '../state/session.ts';
import { texts } from '../texts.ts';
import { RuleHead } from './rule-head.tsx';
import { readRules } from './rules-view.ts';
import { callOffAll, judge } from './runs.ts';
import { SavePanel } from './save-panel.tsx';
import { askAgain, NOT_THERE, readRule, stopAsking, takeForNew } from './saving.ts';
import { TextsPanel } from './texts-panel.tsx';
import { TrialPanel } from './trial/trial-panel.tsx';
import { forget, knownWork, openWork, takeSaved, type Work } from './work.ts';

export function RulePage({ file }: { readonly file: string }) {
  const work = useSignal<Work | null>(knownWork(file) ?? null);
  const problem = useSignal('');
  useEffect(() => {
    let isGone = false;
    void readRules();
    void readRule(file).then((answer) => {
      if (isGone) return;
      const known = work.value;
      if (answer.ok && known === null) work.value = openWork(file, answer.body);
      else if (answer.ok && known !== null) meet(known, answer.body);
      else if (!answer.ok && answer.status === NOT_THERE && isEdited(known)) takeForNew(known);
      else if (!answer.ok && known?.saved.value !== null) problem.value = texts.rules.failed(answer.why);
    });
    return () => {
      isGone = true;
      const left = knownWork(file);
      if (left !== undefined) {
        callOffAll(left);
        stopAsking(left);
      }
      if (left !== undefined && !left.isChanged.value) forget(file);
    };
  }, [file, work, problem]);
  return (
    <>
      <p class="problem" role="alert">
        {problem.value}
      </p>
      {work.value === null ? (
        problem.value === '' ? (
          <p class="loading">{texts.loading}</p>
        ) : (
          <p>
            <a href={hrefOf('rules')}>{texts.rules.back}</a>
          </p>
        )
      ) : (
        <Workbench work={work.value} />
      )}
    </>
  );
}

/** A file that we have changed, and that somebody has taken away meanwhile. */
function isEdited(work: Work | null): work is Work {
  return work !== null && work.saved.value !== null && work.isChanged.value;
}

/** It was worked on before, and the disk is looked at again: another text there is somebody else's, and told before ours is written. */
function meet(work: Work, onDisk: Parameters<typeof takeSaved>[1]): void {
  if (work.saved.value?.etag === onDisk.etag) return;
  if (work.isChanged.value) work.save.value = { is: 'conflict', theirs: onDisk };
  else takeSaved(work, onDisk);
}

function Workbench({ work }: { readonly work: Work }) {
  const isEditor = mayEditRulesNow();
  useSignalEffect(() => {
    const isFirst = work.check.peek().is === 'idle';
    work.text.value;
    work.test.value;
    work.saved.value; // what it is compared with
    if (!isEditor) return;
    judge(work, isFirst ? 0 : undefined);
    askAgain(work);
  });
  return (
    <>
      <RuleHead work={work} />
      <SavePanel work={work} />
      <div class="workbench">
        <TextsPanel work={work} />
        <TrialPanel work={work} />
      </div>
    </>
  );
}
