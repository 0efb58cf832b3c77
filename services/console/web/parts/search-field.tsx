import type { Signal } from '@preact/signals';

export type SearchFieldProps = {
  readonly label: string;
  readonly hint: string;
  /** What is searched for. */
  readonly search: Signal<string>;
  readonly testId: string;
};

export function SearchField({ label, hint, search, testId }: SearchFieldProps) {
  return (
    <label class="inline">
      {label}{' '}
      <input
        type="search"
        data-testid={testId}
        placeholder={hint}
        value={search.value}
        onInput={(event) => {
          search.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}
