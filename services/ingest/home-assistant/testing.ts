// For tests: Jinja itself, as Home Assistant sets it up (a sandbox), where Debian's python3-jinja2 is installed.

import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

const PROGRAM = `
import json, sys
from jinja2.sandbox import ImmutableSandboxedEnvironment
env = ImmutableSandboxedEnvironment()
def render(template, payload):
    values = {"value": payload}
    try:
        values["value_json"] = json.loads(payload)
    except ValueError:
        pass
    return env.from_string(template).render(values).strip()
for line in sys.stdin:
    print(json.dumps([render(*each) for each in json.loads(line)]), flush=True)
`;

/** Why there is none; undefined where there is. */
export const NO_JINJA =
  spawnSync('python3', ['-c', 'import jinja2']).status === 0
    ? undefined
    : 'no jinja2 on this machine (apt-get install python3-jinja2)';

export type Rendering = readonly [template: string, payload: string];

export class Jinja implements AsyncDisposable {
  readonly #child = spawn('python3', ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'pipe'] });
  readonly #answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  #said = '';
  #before: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#child.stderr.on('data', (text: Buffer) => {
      this.#said += text.toString();
    });
  }

  /** What each template makes of its payload, stripped, as Home Assistant does. @throws where one is no template, or fails */
  render(wanted: readonly Rendering[]): Promise<string[]> {
    const answer = this.#before.then(async () => {
      this.#child.stdin.write(`${JSON.stringify(wanted)}\n`);
      const { value, done } = await this.#answers.next();
      if (done === true) throw new Error(this.#said);
      return JSON.parse(value) as string[];
    });
    this.#before = answer.catch(() => {});
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    this.#child.stdin.end();
    await gone;
  }
}

/** @throws as {@link Jinja.render} */
export async function rendered(wanted: readonly Rendering[]): Promise<string[]> {
  await using jinja = new Jinja();
  return await jinja.render(wanted);
}
