// `penstock device check`: what is wrong with a device, and what to do.

import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, nameOf } from '../access/access-command.ts';
import { checkDevice } from '../devices/check-device.ts';
import { askFacts } from '../devices/device-facts.ts';
import { findDevice } from '../devices/find-device.ts';
import { printable, printableJson } from '../printable.ts';

export const deviceCheckCommand = accessCommand({
  name: 'device check',
  operands: '<name>',
  summary: 'say what is wrong with a device, and the way out; exits with 1 where something is',
  options: [['--json', 'for programs: one finding per line']],
  run: async (call, cli) => {
    const { config, isJson } = call;
    const name = nameOf(call, 'the device: site/area/device');
    const { device, known } = await findDevice(name, config, cli);
    const { facts, notes } = await askFacts(device, config, { now: cli.now(), known });
    const findings = checkDevice(facts);
    for (const note of notes) cli.err(`${cli.paint('yellow', 'note')} ${printable(note)}\n`);
    for (const each of findings) {
      if (isJson) cli.out(`${printableJson(JSON.stringify({ device: name, ...each }))}\n`);
      else cli.out(`${cli.paintOut('bold', each.finding.padEnd(13))}  ${printable(each.message)}\n`);
    }
    if (findings.length === 0 && !isJson) cli.out(`nothing is wrong with ${name}\n`);
    return findings.length === 0 ? EXIT.ok : EXIT.findings;
  },
});
