// `penstock device show`: everything that is known of one device.

import { didYouMean } from '#runtime/json-file.ts';
import { EXIT } from '#runtime/start-error.ts';
import { accessCommand, nameOf, refusal } from '../access/access-command.ts';
import { findDevice } from '../devices/find-device.ts';
import { deviceText } from '../devices/joined-device.ts';
import { printable, printableJson } from '../printable.ts';

export const deviceShowCommand = accessCommand({
  name: 'device show',
  operands: '<name>',
  summary: 'show everything that is known of a device; what to do about it says `device check`',
  options: [['--json', 'as JSON']],
  run: async (call, cli) => {
    const name = nameOf(call, 'the device: site/area/device');
    const { device, known } = await findDevice(name, call.config, cli);
    if (device.login === null && device.view === null)
      throw refusal(`there is no device '${name}'${didYouMean(name, known) || '; penstock device list shows all'}`);
    if (call.isJson) cli.out(`${printableJson(JSON.stringify(device, null, 2))}\n`);
    else cli.out(`${deviceText(device, cli.now()).split('\n').map(printable).join('\n')}\n`);
    return EXIT.ok;
  },
});
