// Calls from one thread to another over a port: a name and arguments there, an answer or an error back, in any order.

import type { MessagePort, Transferable } from 'node:worker_threads';

type Call = { readonly id: number; readonly name: string; readonly args: readonly unknown[] };

/** Of an error what whoever catches it decides by; a clone of it would lose the codes. */
export type Failure = {
  readonly message: string;
  readonly stack: string | undefined;
  readonly errcode?: number;
  readonly code?: string;
};

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly failure: Failure });

type Callable = { readonly [name: string]: (...args: never[]) => unknown };

/** The same functions, called from elsewhere. */
export type Remote<C> = {
  readonly [name in keyof C]: C[name] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** Answers what comes over the port, for as long as the port is open. */
export function serveCalls(port: MessagePort, callable: Callable): void {
  port.on('message', async ({ id, name, args }: Call) => {
    try {
      const value = await callable[name]?.(...(args as never[]));
      port.postMessage({ id, value } satisfies Answer);
    } catch (error) {
      port.postMessage({ id, failure: failureOf(error) } satisfies Answer);
    }
  });
}

export function failureOf(error: unknown): Failure {
  const { message, stack, errcode, code } = error as Error & { errcode?: number; code?: string };
  return { message, stack, ...(errcode !== undefined && { errcode }), ...(code !== undefined && { code }) };
}

export function errorOf(failure: Failure): Error {
  return Object.assign(new Error(failure.message), failure);
}

/**
 * Calls over a port. The other side's arguments are clones; buffers that `moves` names are handed over instead.
 * What was called when the other side ends is never answered: whoever holds the thread ends with it.
 */
export function callsOver<C>(
  port: MessagePort,
  names: readonly (keyof C & string)[],
  moves: (name: keyof C, args: readonly unknown[]) => readonly Transferable[] = () => [],
): Remote<C> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  port.on('message', (answer: Answer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('failure' in answer) call?.reject(errorOf(answer.failure));
    else call?.resolve(answer.value);
  });
  const entries = names.map((name) => [
    name,
    (...args: unknown[]) => {
      const id = ++last;
      const call = Promise.withResolvers<unknown>();
      waiting.set(id, call);
      port.postMessage({ id, name, args } satisfies Call, moves(name, args));
      return call.promise;
    },
  ]);
  return Object.fromEntries(entries) as Remote<C>;
}
