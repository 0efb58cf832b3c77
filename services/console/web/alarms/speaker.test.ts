import { expect, it, vi } from 'vitest';

/** A browser's synthesiser, which tells of its state later. */
class Context {
  static opened: Context[] = [];
  state: 'suspended' | 'running' | 'closed' = 'suspended';
  onstatechange: (() => void) | undefined;
  readonly resume = vi.fn(async () => this.become('running'));
  readonly close = vi.fn(async () => undefined);

  constructor() {
    Context.opened.push(this);
  }

  become(state: Context['state']): void {
    this.state = state;
    this.onstatechange?.();
  }
}

it('what was closed says nothing about what was opened after it, and is not woken any more', async () => {
  const gestures: (() => void)[] = [];
  vi.stubGlobal('AudioContext', Context);
  vi.stubGlobal('addEventListener', (_: string, listener: () => void) => gestures.push(listener));
  const { closeSpeaker, openSpeaker, speaker } = await import('./speaker.ts');
  openSpeaker();
  closeSpeaker();
  expect(speaker.value).toBe('off');
  openSpeaker();
  const [first, second] = Context.opened as [Context, Context];
  await vi.waitFor(() => expect(speaker.value).toBe('ready'));
  first.become('closed');
  expect(speaker.value).toBe('ready');
  for (const wake of gestures) wake();
  expect([first.resume.mock.calls.length, second.resume.mock.calls.length]).toEqual([1, 3]);
  closeSpeaker();
  vi.unstubAllGlobals();
});
