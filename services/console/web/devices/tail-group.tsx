// One message of a device in the tail, and what was told next.

import type { ShownPayload, TailPoint } from '../../api/devices.ts';
import { texts } from '../texts.ts';
import { formatInstant, formatUnit, formatValue } from '../values/format.ts';
import type { TailGroup } from './tail-lines.ts';
import { bearsValues } from './tail-match.ts';

/** A few lines: a tail is for what comes, and a long message must not push the next one out of sight. */
const PREVIEW_CHARS = 300;

export function TailGroupRow({ group: { head, rest } }: { readonly group: TailGroup }) {
  if (head?.kind === 'break')
    return (
      <tr data-testid="tail-break">
        <td colSpan={2} class="hint">
          {formatInstant(head.receivedAt)} {texts.devices.tail.broke}
        </td>
      </tr>
    );
  return (
    <tr data-testid="tail-group">
      <td data-label={texts.devices.tail.raw}>{head !== null && <Raw line={head} />}</td>
      <td data-label={texts.devices.tail.became}>
        {rest.length === 0 && head !== null && bearsValues(head) && (
          <span class="hint">{texts.devices.tail.waits}</span>
        )}
        {rest.map((line) =>
          line.kind === 'points' ? <Points key={line.id} line={line} /> : <Reject key={line.id} line={line} />,
        )}
      </td>
    </tr>
  );
}

type Raws = Extract<NonNullable<TailGroup['head']>, { kind: 'raw' }>;
type Rest = TailGroup['rest'][number];

function Raw({ line }: { readonly line: Raws }) {
  const { retained, qos } = texts.devices.tail;
  return (
    <>
      <p class="tail-head">
        <time>{formatInstant(line.receivedAt)}</time> <bdi class="topic">{line.topic}</bdi>{' '}
        <span class="hint">
          {qos(line.qos)}
          {line.retained && `, ${retained}`}
        </span>
      </p>
      <Payload of={line} />
    </>
  );
}

function Payload({ of: { payload, encoding, bytes, isCut } }: { readonly of: ShownPayload }) {
  const { bytes: bytesText, hex, cut, nothing, whole } = texts.devices.tail;
  if (bytes === 0) return <p class="hint">{nothing}</p>;
  const notes = [bytesText(bytes), ...(encoding === 'hex' ? [hex] : []), ...(isCut ? [cut] : [])];
  const shown = encoding === 'hex' ? payload.replace(/..(?=.)/g, '$& ') : payload;
  const start = shown.slice(0, PREVIEW_CHARS);
  return (
    <>
      <code class="payload" data-testid="tail-payload">
        {start}
        {start.length < shown.length && ' …'}
      </code>
      {start.length < shown.length && (
        <details>
          <summary>{whole}</summary>
          <code class="payload">
            {shown}
            {isCut && ' …'}
          </code>
        </details>
      )}
      <p class="hint">{notes.join(', ')}</p>
    </>
  );
}

function Points({ line }: { readonly line: Extract<Rest, { kind: 'points' }> }) {
  return (
    <div class="tail-points" data-testid="tail-points">
      <p class="tail-head">
        <time>{formatInstant(line.receivedAt)}</time>
      </p>
      <ul>
        {line.points.map((point, i) => (
          <li key={i}>
            <PointText point={point} />
          </li>
        ))}
        {line.more > 0 && <li class="hint">{texts.devices.tail.morePoints(line.more)}</li>}
      </ul>
    </div>
  );
}

function PointText({ point: { metric, value, unit, quality, measuredAt, late } }: { readonly point: TailPoint }) {
  const notes = [...(quality === 'good' ? [] : [quality]), ...(late ? [texts.devices.tail.late] : [])];
  return (
    <>
      <bdi class="tail-metric">{metric}</bdi>{' '}
      <bdi class="tail-value">
        {formatValue(value, null)} <span class="unit">{typeof value === 'number' && formatUnit(unit)}</span>
      </bdi>{' '}
      {notes.length > 0 && <b>{notes.join(', ')} </b>}
      <time class="hint">{formatInstant(measuredAt)}</time>
    </>
  );
}

function Reject({ line }: { readonly line: Extract<Rest, { kind: 'reject' }> }) {
  const { reason, message, place, receivedAt } = line;
  return (
    <div class="tail-reject" data-testid="tail-reject" data-reason={reason}>
      <p class="tail-head">
        <time>{formatInstant(receivedAt)}</time> <b>{texts.devices.tail.refused}</b> <b>{reason}</b>
      </p>
      <p class="clamp" dir="auto">
        {message} {place !== null && <code class="place">{place}</code>}
      </p>
    </div>
  );
}
