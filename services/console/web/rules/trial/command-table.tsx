// The commands that would have gone out, and why others would not.

import { useSignal } from '@preact/signals';
import type { BacktestResult } from '../../../api/rules.ts';
import { MoreButton } from '../../parts/more-button.tsx';
import { now } from '../../state/clock.ts';
import { texts } from '../../texts.ts';
import { formatMoment } from '../../values/format.ts';

const SHOWN_AT_FIRST = 8;
const SHOWN_MAX = 500;

export function CommandTable({ commands }: Pick<BacktestResult, 'commands'>) {
  const isWhole = useSignal(false);
  const { heading, none, columns, more, heldBack, times } = texts.rules.trial.commands;
  const { sent, total, heldBack: held } = commands;
  const shown = sent.slice(0, isWhole.value ? SHOWN_MAX : SHOWN_AT_FIRST);
  const beyond = total - Math.min(sent.length, SHOWN_MAX);
  const reasons = Object.entries(held);
  return (
    <div data-testid="commands" data-count={total}>
      <h3>{heading}</h3>
      {total === 0 && <p class="empty">{none}</p>}
      {shown.length > 0 && (
        <table class="sent">
          <thead>
            <tr>
              <th scope="col">{columns.at}</th>
              <th scope="col">{columns.device}</th>
              <th scope="col">{columns.command}</th>
              <th scope="col">{columns.args}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ at, device, cmd, args, cid }) => (
              <tr key={`${cid} ${at}`} data-testid="command">
                <td>{formatMoment(at, now.peek())}</td>
                <td>
                  <bdi class="clamp">{device}</bdi>
                </td>
                <td>
                  <bdi class="clamp">{cmd}</bdi>
                </td>
                <td>
                  <code class="clamp">{JSON.stringify(args)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {!isWhole.value && <MoreButton hidden={Math.min(sent.length, SHOWN_MAX) - SHOWN_AT_FIRST} isWhole={isWhole} />}
      {beyond > 0 && <p class="hint">{more(beyond)}</p>}
      {reasons.length > 0 && (
        <>
          <h3>{heldBack}</h3>
          <ul>
            {reasons.map(([why, n]) => (
              <li key={why}>
                <bdi class="clamp">{times(why, n)}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
