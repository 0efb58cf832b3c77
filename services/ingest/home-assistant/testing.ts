// For tests: Jinja itself, as Home Assistant sets it up (a sandbox), where Debian's python3-jinja2 is installed.

import { spawnSync } from 'node:child_process';

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
json.dump([render(*each) for each in json.load(sys.stdin)], sys.stdout)
`;

/** Why there is none; undefined where there is. */
export const NO_JINJA =
  spawnSync('python3', ['-c', 'import jinja2']).status === 0
    ? undefined
    : 'no jinja2 on this machine (apt-get install python3-jinja2)';

/** What each template makes of a payload, the whole of it stripped, as Home Assistant does. @throws where one is no template */
export function rendered(templates: readonly (readonly [template: string, payload: string])[]): string[] {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', PROGRAM], {
    input: JSON.stringify(templates),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}
