// A text as a picture for a terminal, to be read by a telephone or by the camera of a commissioning tool. The only file that
// imports qr.

import encodeQR from 'qr';

/** Byte mode at the lowest correction, version 40: more does not fit into any. */
const BYTES_MAX = 2_953;
/** Modules of white around it, as the standard asks for. */
const QUIET_ZONE = 4;

/**
 * Two modules a character. It is dark on light whatever the colours of the terminal, which readers insist on.
 * @returns undefined where the text is too long for any
 */
export function qrText(text: string): string | undefined {
  if (Buffer.byteLength(text) > BYTES_MAX) return undefined;
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: QUIET_ZONE });
  const lines: string[] = [];
  for (let y = 0; y < modules.length; y += 2) {
    const [upper = [], lower = []] = [modules[y], modules[y + 1]];
    // Below the last row of an odd number there is paper.
    const blocks = upper.map((isDark, x) => BLOCKS[Number(isDark)]?.[Number(lower[x] === true)] ?? '');
    lines.push(`${BLACK_ON_WHITE}${blocks.join('')}${PLAIN}\n`);
  }
  return lines.join('');
}

const BLOCKS = [
  [' ', '▄'],
  ['▀', '█'],
] as const;
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m';
const PLAIN = '\u001b[0m';
