// Each process of the pipeline by its own word: whether it is there, since when, in which version, and how old its numbers are.

import type { ServiceStatus } from '#domain/service.ts';
import { type Reach, shownStatus } from '../parts/shown-status.ts';
import { now } from '../state/clock.ts';
import { SERVICE_WORDS, texts } from '../texts.ts';
import { formatAge, formatMoment } from '../values/format.ts';

export type ServiceLine = {
  readonly status: ServiceStatus;
  readonly device: string;
  /** When its newest number was told; null: never. */
  readonly toldAt: number | null;
};

export function ServiceTable({ lines, reach }: { readonly lines: readonly ServiceLine[]; readonly reach: Reach }) {
  const { heading, columns } = texts.pipeline.serviceTable;
  return (
    <section class="panel pipeline-services" aria-labelledby="pipeline-services-heading">
      <div class="panel-head">
        <h2 id="pipeline-services-heading">{heading}</h2>
        <a href="docs/">{texts.pipeline.docs}</a>
      </div>
      {lines.length === 0 ? (
        <p class="empty">{texts.services.empty}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{columns.service}</th>
              <th scope="col">{columns.state}</th>
              <th scope="col">{columns.since}</th>
              <th scope="col">{columns.version}</th>
              <th scope="col" class="number">
                {columns.age}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Row key={line.device} line={line} reach={reach} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Row({ line: { status, device, toldAt }, reach }: { readonly line: ServiceLine; readonly reach: Reach }) {
  const { columns } = texts.pipeline.serviceTable;
  const shown = shownStatus(status, reach);
  return (
    <tr data-testid="pipeline-service" data-service={status.service} data-device={device} data-status={shown}>
      <th scope="row">
        <bdi>{device}</bdi>
      </th>
      <td class={shown === 'up' ? 'words' : 'words trouble'}>{SERVICE_WORDS[shown]}</td>
      <td data-label={columns.since} class="words">
        <Since status={status} />
      </td>
      <td data-label={columns.version} class="version">
        <bdi class="clamp">{status.version}</bdi>
      </td>
      <td data-label={columns.age} class="number">
        {toldAt === null ? texts.pipeline.never : formatAge(now.value - toldAt)}
      </td>
    </tr>
  );
}

/** Of one that is gone its last will tells when it started: nobody saw the end. */
function Since({ status: { status, since } }: { readonly status: ServiceStatus }) {
  const moment = formatMoment(since, now.value);
  if (status !== 'up') return <>{texts.pipeline.serviceTable.after(moment)}</>;
  return (
    <>
      {moment} <span class="hint">{texts.services.since(formatAge(now.value - since))}</span>
    </>
  );
}
