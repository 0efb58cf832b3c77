// A question or a help over the page: the browser's own dialog, which keeps the keyboard within it and gives it back when it closes.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export type DialogProps = {
  readonly heading: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
};

export function Dialog({ heading, testId, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => {
      // Whoever it came from; a row of a list may be gone meanwhile, and then the list says who is next.
      if (before?.isConnected === true) before.focus();
      else document.getElementById('main')?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="panel"
      aria-label={heading}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2>{heading}</h2>
      {children}
    </dialog>
  );
}
