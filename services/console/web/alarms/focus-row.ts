/** The row of that alarm; where there is none any more, the heading: somebody who types must not be nowhere. */
export function focusRow(id: string | null): void {
  const rows = document.querySelectorAll<HTMLElement>('[data-testid=alarm-row]');
  const row = [...rows].find((each) => each.dataset.id === id);
  (row ?? document.getElementById('alarms-heading'))?.focus();
}
