// Where the keyboard goes on when the button that was pressed has gone. For `ref`: once, when the element comes.

/** At what has come instead of it. */
export function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}

/** Back at the button that asked; somebody who has gone elsewhere meanwhile stays there. */
export function regainFocus(element: HTMLElement | null): void {
  if (document.activeElement === null || document.activeElement === document.body) element?.focus();
}
