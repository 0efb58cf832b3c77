// A moment to the minute, in the zone of whoever looks.

const MINUTE_MS = 60_000;

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
        value={at === null ? '' : localText(at)}
        onChange={(event) => {
          const chosen = new Date(event.currentTarget.value).getTime();
          onChange(Number.isNaN(chosen) ? null : chosen);
        }}
      />
    </label>
  );
}

function localText(at: number): string {
  const offsetMs = new Date(at).getTimezoneOffset() * MINUTE_MS;
  return new Date(at - offsetMs).toISOString().slice(0, 16);
}
