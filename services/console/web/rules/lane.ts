// Something that the server is asked again and again, with every change of a text: only the newest question counts. It ends the one
// that runs, which frees the server too, and takes the place of one that waits.

/** Settles when it is answered or called off; never rejects. */
export type Run = (signal: AbortSignal) => Promise<void>;

export type Lane = {
  /** `delayMs`: waits for so long whether a newer one comes. */
  ask(run: Run, delayMs?: number): void;
  callOff(): void;
};

export function openLane(): Lane {
  let delayed: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;

  const callOff = (): void => {
    clearTimeout(delayed);
    running?.abort();
    running = undefined;
  };

  const begin = (run: Run): void => {
    const controller = new AbortController();
    running = controller;
    void run(controller.signal);
  };

  return {
    callOff,
    ask(run, delayMs = 0) {
      callOff();
      if (delayMs === 0) begin(run);
      else delayed = setTimeout(begin, delayMs, run);
    },
  };
}
