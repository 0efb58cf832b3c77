// A moment to the minute, in the zone of whoever looks.

import { formatField } from '../values/format.ts';

export type MomentFieldProps = {
  readonly label: string;
  readonly testId: string;
  /** ms since the epoch; null: none. */
  readonly at: number | null;
  readonly onChange: (at: number | null) => void;
};

export function MomentField({ label, testId, at, onChange }: MomentFieldProps) {
  return (
    <label class="inline">
      {label}{' '}
      <input
        type="datetime-local"
        data-testid={testId}
        value={at === null ? '' : formatField(at, 'minute')}
        onChange={(event) => {
          const chosen = new Date(event.currentTarget.value).getTime();
          onChange(Number.isNaN(chosen) ? null : chosen);
        }}
      />
    </label>
  );
}
