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
    const opened = dialog.current;
    opened?.showModal();
    // Closed before it is taken away: that is when the browser gives the keyboard back to where it was.
    return () => opened?.close();
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
