// Queries as they are asked from elsewhere: opened, fetched piece by piece, closed early where nobody waits any more.

import { type Answer, answerQuery, type QueryHost, type QueryRequest } from './answer-query.ts';

export type Piece = { readonly text: string; readonly isLast: boolean };

export type Opening = Piece & { readonly status: Answer['status']; readonly error: string };

export type QueryCalls = {
  /** Under a number of the caller's; with the first piece. Where it is not the last, the query waits for `next` or `close`. */
  open(id: number, request: QueryRequest): Promise<Opening>;
  next(id: number): Promise<Piece>;
  /** Also while it is being opened. */
  close(id: number): Promise<void>;
};

type Running = { readonly pieces: AsyncGenerator<string>; readonly gone: AbortController };

const OVER: Piece = { text: '', isLast: true };

export type QueryHooks = {
  /** Called before anything is read. */
  readonly refresh: () => void;
  /** Called when no query runs any more. */
  readonly idle?: () => void;
};

export function queryCalls(host: QueryHost, { refresh, idle = () => {} }: QueryHooks): QueryCalls {
  const running = new Map<number, Running>();
  const end = (id: number) => {
    if (running.delete(id) && running.size === 0) idle();
  };
  const next = async (id: number): Promise<Piece> => {
    const step = await running
      .get(id)
      ?.pieces.next()
      .catch((error) => {
        end(id);
        throw error;
      });
    if (step?.done === false) return { text: step.value, isLast: false };
    end(id);
    return OVER;
  };
  return {
    next,
    async open(id, request) {
      refresh();
      const gone = new AbortController();
      const answer = answerQuery(request, host, gone.signal);
      const { status } = answer;
      if (status !== 200) return { status, error: answer.error, text: answer.text, isLast: true };
      running.set(id, { pieces: answer.pieces, gone });
      const first = await next(id);
      // Most answers are one piece: that nothing follows is then worth knowing at once.
      const second = first.isLast ? first : await next(id);
      return { status, error: '', text: first.text + second.text, isLast: second.isLast };
    },
    async close(id) {
      const query = running.get(id);
      query?.gone.abort();
      await query?.pieces.return(undefined);
      end(id);
    },
  };
}
