import { expect, test } from 'vitest';
import { HostState } from './host-state.ts';

const T = 1_795_355_000_000;

test('it is born with the time of its last will, and ends with that of its end', () => {
  let now = T;
  const state = new HostState('penstock', () => now);
  expect(state.will()).toEqual({ topic: 'spBv1.0/STATE/penstock', payload: `{"online":false,"timestamp":${T}}` });
  now += 500;
  expect(state.online()).toBe(`{"online":true,"timestamp":${T}}`);
  now += 500;
  expect(state.offline()).toBe(`{"online":false,"timestamp":${T + 1_000}}`);
  expect(state.will().payload).toBe(`{"online":false,"timestamp":${T + 1_000}}`);
  expect(state.online()).toBe(`{"online":true,"timestamp":${T + 1_000}}`);
});

test('another’s word that it is offline is taken back, and only while it is online', () => {
  const state = new HostState('penstock', () => T);
  state.will();
  const offline = Buffer.from('{"online":false,"timestamp":5}');
  expect(state.heard(offline)).toBeUndefined();
  const online = state.online();
  expect(state.heard(offline)).toBe(online);
  for (const other of ['OFFLINE', '[]', '', '{}']) expect(state.heard(Buffer.from(other))).toBe(online);
  expect(state.heard(Buffer.from(online))).toBeUndefined();
  state.offline();
  expect(state.heard(offline)).toBeUndefined();
});
