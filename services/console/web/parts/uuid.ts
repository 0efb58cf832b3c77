// A name that nobody else gives. crypto.randomUUID() would do, but a browser has it over HTTPS and on localhost alone, and a plant's
// console is often opened by plain HTTP.

export function randomUuid(): string {
  return formatUuid4(crypto.getRandomValues(new Uint8Array(16)));
}

/** RFC 9562, section 5.4: all sixteen bytes are random but for the version and the variant. */
export function formatUuid4(random: Uint8Array): string {
  const bytes = Uint8Array.from(random);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
