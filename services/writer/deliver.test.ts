import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeliverOptions, deliver, type RefusedLine } from './deliver.ts';
import { StoreError } from './store-error.ts';

const line = (n: number, fields = `value=${n}`) => `reading,device=d${n % 3} ${fields} ${n}`;
const isGood = (text: string) => !text.includes('bad=');

/** A store of one manner of refusing, what it has, and what it refused for good. */
function open(refusalOf: (bad: readonly string[], all: readonly string[]) => StoreError) {
  const stored = new Set<string>();
  const refused: RefusedLine[] = [];
  let requests = 0;
  const options: DeliverOptions = {
    write: async (lines) => {
      requests++;
      const all = lines.split('\n');
      const bad = all.filter((each) => !isGood(each));
      for (const each of all) if (isGood(each)) stored.add(each); // as InfluxDB does, also of a refused request
      if (bad.length > 0) throw refusalOf(bad, all);
    },
    onRefused: async (lines) => void refused.push(...lines),
    create: async () => [],
    retryMsMax: 1,
    signal: new AbortController().signal,
    onTry: () => {},
  };
  return { options, stored, refused, requests: () => requests };
}

const MANNERS: Record<string, (bad: readonly string[], all: readonly string[]) => StoreError> = {
  'says nothing': () => new StoreError('400: no', 'split'),
  'names every line': (bad) => {
    const words = bad.map((each) => `unable to parse '${each}': no`).join('\n');
    return new StoreError('400: no', 'split', { words: `partial write: ${words} dropped=0` });
  },
  'names one line': ([first = '']) =>
    new StoreError('400: no', 'split', { words: `partial write: unable to parse '${first}': no dropped=0` }),
  'numbers its lines': (bad, all) =>
    new StoreError('400: no', 'split', {
      words: 'partial write of line protocol occurred',
      numbered: bad.map((each) => ({ number: all.indexOf(each) + 1, reason: 'no' })),
    }),
  'counts what it drops': (bad) =>
    new StoreError('400: no', 'split', { words: `partial write: no dropped=${bad.length}` }),
  'counts too few': (bad) => new StoreError('400: no', 'split', { words: `no dropped=${bad.length - 1}` }),
  'blames a type': (bad) =>
    new StoreError('400: no', 'split', {
      words: `field type conflict: input field "bad" on measurement "reading" is type float, already exists as type integer dropped=${bad.length}`,
    }),
  'blames the age': (bad) =>
    new StoreError('400: no', 'split', { words: `points beyond retention policy dropped=${bad.length}` }),
};

describe.each(Object.entries(MANNERS))('a store that %s', (_, manner) => {
  it('gets every good line, and exactly the bad ones are kept elsewhere, with their topic', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 }),
        async (messages) => {
          let n = 0;
          const texts = messages.map((lines) => lines.map((good) => line(++n, good ? undefined : `bad=${n}`)));
          const { options, stored, refused } = open(manner);
          await deliver(
            texts.map((lines) => lines.join('\n')),
            (i) => `points/v1/${i}`,
            options,
          );
          expect([...stored].sort()).toEqual(texts.flat().filter(isGood).sort());
          const expected = texts.flatMap((lines, i) =>
            lines.filter((text) => !isGood(text)).map((text) => ({ text, topic: `points/v1/${i}` })),
          );
          const byText = (a: { text: string }, b: { text: string }) => (a.text < b.text ? -1 : 1);
          expect(refused.map(({ text, topic }) => ({ text, topic })).sort(byText)).toEqual(expected.sort(byText));
          for (const { reason } of refused) expect(reason).toContain('no');
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('what a bad request costs', () => {
  const all = Array.from({ length: 1_000 }, (_, n) => line(n, `bad=${n}`));
  const half = Array.from({ length: 1_000 }, (_, n) => line(n, n % 2 === 0 ? undefined : `bad=${n}`));
  it.each([
    ['names every line', all, 1],
    ['counts what it drops', all, 1],
    ['blames a type', half, 3],
    ['numbers its lines', half, 2],
  ])('where the store %s: few requests', async (manner, lines, expected) => {
    const { options, refused, requests } = open(MANNERS[manner] ?? expect.unreachable());
    await deliver([lines.join('\n')], () => '', options);
    expect([refused.length, requests()]).toEqual([lines.filter((each) => !isGood(each)).length, expected]);
  });
});

describe('odd lines', () => {
  const refusing = (isBad: (lines: string) => boolean) => {
    const { options, refused } = open(MANNERS['says nothing'] ?? expect.unreachable());
    const write = async (lines: string) => {
      if (isBad(lines)) throw new StoreError('413: too large', 'split');
    };
    return { options: { ...options, write }, refused };
  };

  it('rejects a line that cannot be read at all, and the huge one, and no comment', async () => {
    const huge = `reading text="${'x'.repeat(20_000)}" 1`;
    const { options, refused } = refusing((lines) => lines.includes('nonsense') || lines.length > 10_000);
    await deliver([`${line(1)}\nnonsense\n${huge}\n# comment\n\n${line(2)}`], () => '', options);
    expect(refused.map(({ text }) => text)).toEqual(['nonsense', huge]);
  });

  it('splits lines as they came, also those that it could read and never write', async () => {
    const odd = 'reading,device=d\u00011 value=1 1';
    const { options, refused } = refusing((lines) => lines.includes('d\u00011'));
    await deliver([`${line(1)}\n${odd}\n${line(2)}`], () => '', options);
    expect(refused.map(({ text }) => text)).toEqual([odd]);
  });
});
