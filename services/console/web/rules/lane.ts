// Things that are asked of the server one after another. Of one kind only the newest counts: it ends the one that runs, and takes the
// place of the one that waits. The server runs one job of a login at a time and ends the older one, whatever it is, so that
// two kinds side by side would end each other for ever.

export type Run = (signal: AbortSignal) => Promise<void>;

export type Lane = {
  /** `delayMs`: waits for so long whether a newer one comes. */
  ask(kind: string, run: Run, delayMs?: number): void;
  /** Ends what runs of a kind, and forgets what waits. */
  callOff(kind: string): void;
};

export function openLane(): Lane {
  const waiting = new Map<string, Run>();
  const delayed = new Map<string, ReturnType<typeof setTimeout>>();
  let running: { readonly kind: string; readonly controller: AbortController } | undefined;

  const callOff = (kind: string): void => {
    clearTimeout(delayed.get(kind));
    delayed.delete(kind);
    waiting.delete(kind);
    if (running?.kind === kind) running.controller.abort();
  };

  const next = async (): Promise<void> => {
    if (running !== undefined) return;
    const [first] = waiting;
    if (first === undefined) return;
    const [kind, run] = first;
    waiting.delete(kind);
    const controller = new AbortController();
    running = { kind, controller };
    await run(controller.signal);
    running = undefined;
    void next();
  };

  return {
    callOff,
    ask(kind, run, delayMs = 0) {
      callOff(kind);
      const enter = () => {
        delayed.delete(kind);
        waiting.set(kind, run);
        void next();
      };
      if (delayMs === 0) enter();
      else delayed.set(kind, setTimeout(enter, delayMs));
    },
  };
}
