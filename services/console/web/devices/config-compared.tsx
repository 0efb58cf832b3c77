// Desired and reported configuration side by side, what differs first and in words.

import type { ConfigText, ConfigView } from '../../api/devices.ts';
import { texts } from '../texts.ts';
import { type ConfigRow, configRows } from './config-rows.ts';

export function ConfigCompared({ view: { reported, desired } }: { readonly view: ConfigView }) {
  const { notReported, notDesired, differs, unreadable } = texts.devices.config;
  const isDesiredTold = desired !== undefined;
  const rows = configRows(desired?.text ?? null, reported?.text ?? null);
  const waiting = rows?.filter(({ state }) => state === 'waiting').length ?? 0;
  return (
    <>
      {reported === null && <p class="empty">{notReported}</p>}
      {desired === null && <p class="empty">{notDesired}</p>}
      {isDesiredTold && desired !== null && rows !== undefined && (
        <p class={waiting > 0 ? 'trouble' : ''} data-testid="config-differs" data-differs={waiting}>
          {differs(waiting)}
        </p>
      )}
      {rows === undefined && <p>{unreadable}</p>}
      {rows === undefined && <Text label={texts.devices.config.desired} of={desired ?? null} />}
      {rows === undefined && <Text label={texts.devices.config.reported} of={reported} />}
      {rows !== undefined && rows.length > 0 && <Table rows={rows} isDesiredTold={isDesiredTold} />}
    </>
  );
}

function Text({ label, of }: { readonly label: string; readonly of: ConfigText | null }) {
  if (of === null) return null;
  return (
    <>
      <p class="hint">{label}</p>
      <code class="payload config-text">
        {of.text}
        {of.isCut && ' …'}
      </code>
    </>
  );
}

function Table({ rows, isDesiredTold }: { readonly rows: readonly ConfigRow[]; readonly isDesiredTold: boolean }) {
  const { setting, desired, reported, compared } = texts.devices.config;
  return (
    <table class="config">
      <thead>
        <tr>
          <th scope="col">{setting}</th>
          {isDesiredTold && <th scope="col">{desired}</th>}
          <th scope="col">{reported}</th>
          {isDesiredTold && <th scope="col">{compared}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.path} row={row} isDesiredTold={isDesiredTold} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, isDesiredTold }: { readonly row: ConfigRow; readonly isDesiredTold: boolean }) {
  const { path, desired, reported, state } = row;
  const { states, absent, whole } = texts.devices.config;
  return (
    <tr data-testid="config-row" data-path={path} data-state={isDesiredTold ? state : undefined}>
      <th scope="row">
        <bdi class="clamp">{path === '' ? whole : path}</bdi>
      </th>
      {isDesiredTold && (
        <td>
          <bdi class="clamp">{desired ?? absent}</bdi>
        </td>
      )}
      <td>
        <bdi class="clamp">{reported ?? absent}</bdi>
      </td>
      {isDesiredTold && <td class={state === 'waiting' ? 'trouble' : 'hint'}>{states[state]}</td>}
    </tr>
  );
}
