// What strace(1) writes with `-f -yy -xx`: a line for each system call, or two where other threads came between its begin and
// its end. A call takes effect somewhere between the two, so each is told of by itself.

/** How far a call has come. */
export type Step =
  | { readonly is: 'begun'; readonly call: Call }
  | { readonly is: 'done'; readonly call: Call; readonly result: number };

export type Call = {
  readonly name: string;
  /** As written, without the brackets. */
  args: string;
};

/** `-xx` writes each byte of a string like this. */
const STRING = /"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g;
const LINE = /^(\d+) +(.*)$/;
const UNFINISHED = /(?:(?<=, )|(?<!,) )<unfinished \.\.\.>$/;
/** Of a process that is being killed, strace may not learn any more which call it was in: `???`. */
const RESUMED = /^<\.\.\. (\w+|\?{3}) resumed>(.*)$/;
const CALL = /^(\w+|\?{3})\((.*)$/;
const RESULT = /^(.*)\)\s+= (-?\w+|\?)(.*)$/;

/** @throws Error where a line is in no form that we know */
export function* readStrace(lines: Iterable<string>): Iterable<Step> {
  const underWay = new Map<string, Call>();
  for (const line of lines) {
    const [, thread = '', text = ''] = LINE.exec(line) ?? [];
    if (/^(?:\+\+\+|---)/.test(text)) continue; // the end of a thread, a signal
    const resumed = RESUMED.exec(text);
    const [, name = resumed?.[1], rest = resumed?.[2]] = resumed === null ? (CALL.exec(text) ?? []) : [];
    if (name === undefined || rest === undefined) throw new Error(`strace wrote what is no call: ${line}`);
    const call = underWay.get(thread) ?? { name, args: '' };
    underWay.delete(thread);
    const [, args = rest.replace(UNFINISHED, ''), result, remark = ''] = RESULT.exec(rest) ?? [];
    call.args += args;
    if (resumed === null) yield { is: 'begun', call };
    if (result === undefined) underWay.set(thread, call);
    // Where strace only said that it was done, it did nothing; `?` is the call of a process that is no more.
    else if (result !== '?' && !remark.includes('(INJECTED)')) yield { is: 'done', call, result: Number(result) };
  }
}

/** The strings of a call, one after the other, as bytes. @throws Error where strace has cut one short */
export function stringsOf({ name, args }: Call): Buffer[] {
  return [...args.matchAll(STRING)].map(([, text = '', isCut]) => {
    if (isCut !== undefined) throw new Error(`strace has cut a string of ${name} short: give it a larger -s`);
    return bytesOf(text);
  });
}

/** What strace writes behind the descriptor of a connection: `TCP:[127.0.0.1:39842->127.0.0.1:1883]`. */
export function connectionOf({ args }: Call): string | undefined {
  return /^\d+<(TCP(?:v6)?:\[[^,]*\])>/.exec(args)?.[1];
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}
