import { expect, it } from 'vitest';
import { UNHEARD } from '#domain/device.ts';
import { topics } from '#domain/topic.ts';
import { modelFile, modelOf } from '#runtime/plant-files.ts';
import { Plans, type PlansOptions } from './plans.ts';
import type { Plan } from './thinner.ts';

const models = (within: number) =>
  new Map(
    [
      {
        model: 'tank',
        metrics: { level: { store: { swingingDoor: within } }, temperature: { store: { deadband: 1 } }, ph: {} },
      },
      { model: 'plain', metrics: { level: {} } },
    ].map((each) => [each.model, modelOf(modelFile.parse(each))] as const),
  );
const tankMetrics = (within = 0.5) => ({
  level: { kind: 'swingingDoor', within, atLeastEveryMs: 600_000 },
  temperature: { kind: 'deadband', within: 1, atLeastEveryMs: 600_000 },
});
const name = (device: string) => ({ site: 's', area: 'a', device });

function open(change: Partial<PlansOptions> = {}) {
  const told: Plan[] = [];
  const plans = new Plans({
    models: models(0.5),
    known: [],
    seriesMax: 100,
    tell: (plan) => told.push(plan),
    ...change,
  });
  let acked = 0;
  const take = (device: string, model: string | null | undefined, payload?: string) => {
    const view = { ...name(device), model, role: null, labels: {}, ...UNHEARD };
    const text = payload ?? (model === undefined ? '' : JSON.stringify(view));
    const delivery = {
      topic: topics.registry(name(device)),
      payload: Buffer.from(text),
      qos: 1,
      retained: true,
    } as const;
    plans.take({ ...delivery, ack: () => acked++ });
  };
  return { plans, told, take, acked: () => acked };
}

it('a device is thinned by its model, whoever says which it is, and is told once', () => {
  const { told, take, plans, acked } = open();
  for (let i = 0; i < 3; i++) take('d', 'tank');
  take('e', 'plain');
  take('f', null);
  expect(told).toEqual([{ ...name('d'), model: 'tank', metrics: tankMetrics() }]);
  expect([plans.series, acked()]).toEqual([2, 5]);
});

it.each<[string, string | null | undefined]>([
  ['another model', 'plain'],
  ['none', null],
  ['nothing any more', undefined],
])('a device of which the registry says %s is not thinned any more', (_, model) => {
  const { told, take, plans } = open();
  take('d', 'tank');
  take('d', model);
  expect([told.length, told[1]?.metrics, plans.series]).toEqual([2, {}, 0]);
});

it('a message that cannot be read changes nothing', () => {
  const { told, take, acked } = open();
  take('d', 'tank');
  take('d', null, '{');
  take('d', null, '{"site": 5}');
  expect([told.length, acked()]).toEqual([1, 3]);
});

it('a device for which there is no room is stored whole and counted, until there is', () => {
  const { told, take, plans } = open({ seriesMax: 3 });
  take('d', 'tank');
  take('e', 'tank');
  expect([told.map(({ device }) => device), plans.series, plans.refused]).toEqual([['d'], 2, 2]);
  take('d', null);
  take('e', 'tank');
  expect([told.map(({ device }) => device), plans.series, plans.refused]).toEqual([['d', 'd', 'e'], 2, 0]);
});

it('what an earlier life has left is told again only where the files have changed', () => {
  const known: Plan[] = [{ ...name('d'), model: 'tank', metrics: tankMetrics() as Plan['metrics'] }];
  const same = open({ known: JSON.parse(JSON.stringify(known)) });
  same.take('d', 'tank');
  expect([same.told, same.plans.series]).toEqual([[], 2]);
  expect(open({ known, models: models(2) }).told).toEqual([{ ...name('d'), model: 'tank', metrics: tankMetrics(2) }]);
  const none = open({ known, models: new Map() });
  expect([none.told[0]?.metrics, none.plans.series, none.plans.isNeeded]).toEqual([{}, 0, false]);
});

it('the registry is asked for only where a model thins anything', () => {
  expect(open().plans.isNeeded).toBe(true);
  expect(open({ models: new Map([...models(1)].filter(([model]) => model === 'plain')) }).plans.isNeeded).toBe(false);
});
