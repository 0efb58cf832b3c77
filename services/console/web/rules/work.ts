// What an engineer works on: the texts of a rule and of its tests as they stand in the editor, beside those on the disk. Kept in memory
// while the page is open, so that what was typed survives a look at another page.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Value } from '#domain/point.ts';
import type { BacktestView, CheckView, DiffView, RuleFileView, RuleText, SaveView, TestView } from '../../api/rules.ts';
import { forgetWithPerson } from '../state/personal.ts';
import { IDLE, type Job } from './job.ts';
import { LAST_HOUR, type RangeChoice } from './range.ts';

/** An answer, and the texts that it is about. */
export type Of<T> = { readonly of: RuleText; readonly view: T };

/** What is compared before anything is written, or when somebody else has written. */
export type SaveState =
  | { readonly is: 'idle' }
  | { readonly is: 'asking' }
  /** `of`: the texts that it is about, and that a confirmation writes. */
  | { readonly is: 'asked'; readonly of: RuleText; readonly diff: DiffView | null; readonly why: string | null }
  | { readonly is: 'saving' }
  | { readonly is: 'saved'; readonly view: SaveView }
  /** `theirs`: what stands on the disk now. */
  | { readonly is: 'conflict'; readonly theirs: RuleFileView }
  /** Somebody has taken the file away; ours is a new one from here on. */
  | { readonly is: 'gone' }
  | { readonly is: 'failed'; readonly why: string };

export type Work = {
  readonly file: string;
  /** As it is on the disk, as far as we know; null: a new one. */
  readonly saved: Signal<RuleFileView | null>;
  readonly text: Signal<string>;
  /** '' where there is no test. */
  readonly test: Signal<string>;
  readonly isChanged: ReadonlySignal<boolean>;
  readonly check: Signal<Job<Of<CheckView>>>;
  readonly trial: Signal<Job<Of<BacktestView>>>;
  readonly tests: Signal<Job<Of<TestView>>>;
  /** Once asked for, the tests run again with every change. */
  readonly areTestsWatched: Signal<boolean>;
  readonly range: Signal<RangeChoice>;
  /** The alarm that is drawn; null: the one that was in alarm longest. */
  readonly instance: Signal<string | null>;
  readonly isCompared: Signal<boolean>;
  /** Plant states over the whole range, by `site/area/name`: history has points only. */
  readonly states: Signal<ReadonlyMap<string, Value>>;
  readonly save: Signal<SaveState>;
};

const works = new Map<string, Work>();

export function openWork(file: string, saved: RuleFileView | null): Work {
  const text = signal(saved?.text ?? '');
  const test = signal(saved?.test?.text ?? '');
  const savedNow = signal(saved);
  const work: Work = {
    file,
    saved: savedNow,
    text,
    test,
    isChanged: computed(
      () =>
        savedNow.value === null ||
        text.value !== savedNow.value.text ||
        test.value !== (savedNow.value.test?.text ?? ''),
    ),
    check: signal<Job<Of<CheckView>>>(IDLE),
    trial: signal<Job<Of<BacktestView>>>(IDLE),
    tests: signal<Job<Of<TestView>>>(IDLE),
    areTestsWatched: signal(false),
    range: signal(LAST_HOUR),
    instance: signal<string | null>(null),
    isCompared: signal(true),
    states: signal<ReadonlyMap<string, Value>>(new Map()),
    save: signal<SaveState>({ is: 'idle' }),
  };
  works.set(file, work);
  return work;
}

export function knownWork(file: string): Work | undefined {
  return works.get(file);
}

export function forget(file: string): void {
  works.delete(file);
}

forgetWithPerson(() => works.clear());

/** Files with something that is not saved. */
export function changedFiles(): string[] {
  return [...works.values()].filter(({ isChanged }) => isChanged.value).map(({ file }) => file);
}

/** No test where there is none; one that was emptied is sent as it is, and the validator says what it thinks of it. */
export function textOf({ file, text, test, saved }: Work): RuleText {
  const isWithout = test.value === '' && (saved.value?.test ?? null) === null;
  return { file, text: text.value, ...(isWithout ? {} : { test: test.value }) };
}

export function isOf<T>(answer: Of<T> | null, work: Work): answer is Of<T> {
  return answer !== null && isText(answer.of, work);
}

/** Whether that is how the texts stand now. */
export function isText({ text, test = '' }: RuleText, work: Work): boolean {
  return text === work.text.value && test === work.test.value;
}

/** The disk holds this now; what was typed stays where it differs from what was there. */
export function takeSaved(work: Work, saved: RuleFileView): void {
  const isUntouched = !work.isChanged.value;
  work.saved.value = saved;
  if (isUntouched) takeTexts(work, saved);
}

export function takeTexts(work: Work, { text, test }: RuleFileView): void {
  work.text.value = text;
  work.test.value = test?.text ?? '';
}

export function testFileOf(file: string): string {
  return file.replace(/\.json$/, '.test.json');
}

/** The browser asks before it closes a page with something that is not saved. */
addEventListener('beforeunload', (event) => {
  if (changedFiles().length > 0) event.preventDefault();
});
