import { describe, expect, test } from 'vitest';
import { type EndKind, Reconnecting } from './reconnecting.ts';

/** What happens at each connection: let in for so many ms and then lost, or how it ended before. */
type Step = number | EndKind;

/** The versions spoken, connection by connection; the last is the one after all steps. */
function versions(steps: readonly Step[]): string {
  let now = 0;
  const reconnecting = new Reconnecting(() => now);
  const spoken = [reconnecting.version];
  for (const step of steps) {
    if (typeof step === 'number') {
      reconnecting.onWelcome();
      now += step;
    }
    reconnecting.onEnd(typeof step === 'number' ? 'lost' : step, typeof step === 'number');
    spoken.push(reconnecting.version);
  }
  return spoken.join('');
}

describe('Reconnecting speaks', () => {
  test.each<[what: string, steps: Step[], spoken: string]>([
    ['5 first, and stays with it', [5_000, 'lost', 90_000, 'refused'], '55555'],
    [
      '3.1.1 to a broker that does not speak 5, and to it again while that is fresh',
      ['other version', 5_000, 5_000],
      '5444',
    ],
    ['5 again to a broker that was left long ago', ['other version', 61_000], '545'],
    [
      '5 again where nothing listened meanwhile: another may have taken its place',
      ['other version', 5_000, 'lost'],
      '5445',
    ],
    ['5 again where a login in 3.1.1 is refused', ['other version', 'refused', 'other version'], '5454'],
    ['3.1.1 to who closes twice without a word', ['no word', 'no word', 5_000], '5544'],
    ['5 to who closed once without a word, and then let us in', ['no word', 5_000, 'no word', 5_000], '55555'],
    ['5 again to who closes without a word whatever is spoken', ['no word', 'no word', 'no word', 'no word'], '55455'],
    ['5 again to who has neither', ['other version', 'other version', 'other version'], '5454'],
    ['3.1.1 at once to the broker that takes the place of one that spoke 5', [90_000, 'other version', 1_000], '5544'],
  ])('%s', (_, steps, spoken) => {
    expect(versions(steps)).toBe(spoken);
  });
});

test('it goes on at once in the other version, and else waits ever longer, but never more than 10 s', () => {
  const reconnecting = new Reconnecting(() => 0);
  expect(reconnecting.onEnd('other version', false)).toBe(0);
  for (let i = 0; i < 12; i++) {
    const limit = Math.min(10_000, 100 * 2 ** i);
    const wait = reconnecting.onEnd('lost', false);
    expect(wait).toBeGreaterThanOrEqual(limit / 2);
    expect(wait).toBeLessThanOrEqual(limit);
  }
});

test('two of one name throw each other out without a word from the broker: that is guessed, and slows down', () => {
  let now = 0;
  const reconnecting = new Reconnecting(() => now);
  const live = (forMs: number) => {
    reconnecting.onWelcome();
    reconnecting.onGranted();
    now += forMs;
    return reconnecting.onEnd('lost', true);
  };
  const told = () => reconnecting.reasonOf('closed', 'penstock-ingest');
  expect([live(200), live(200)].every((wait) => wait <= 100)).toBe(true);
  expect(told()).toBe('closed');
  expect(live(200)).toBeGreaterThanOrEqual(400);
  expect(told()).toMatch(/^closed, soon after each login; does another client come as 'penstock-ingest'/);
  expect(live(6_000)).toBeLessThanOrEqual(100);
  expect(told()).toBe('closed');
});

test('who was let in and is then sent away waits long: else two with one name would take over from each other for ever', () => {
  const reconnecting = new Reconnecting(() => 0);
  reconnecting.onWelcome();
  reconnecting.onGranted();
  expect(reconnecting.onEnd('refused', true)).toBeGreaterThanOrEqual(3_200);
});
