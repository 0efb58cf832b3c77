// Parts of channels' settings that several share: addresses that may be secrets, and secrets in files of their own, so that
// a repository of rules can be shown to anybody.

import { z } from 'zod';
import type { SecretReader } from './channel.ts';

/** The name of a file in the settings; its content in the program. */
export function secretFile(readSecret: SecretReader) {
  return z
    .string()
    .min(1)
    .transform((file, context) => {
      const read = readSecret(file);
      if ('value' in read) return read.value;
      context.addIssue({ code: 'custom', message: read.problem });
      return z.NEVER;
    });
}

const urlText = z.url({ protocol: /^https?$/, error: 'must be a URL such as https://hooks.example.org/x' });

/** `url`, or `urlFile` where the address is the secret. */
export function urlFields(readSecret: SecretReader) {
  return {
    url: urlText.optional().describe('Where it is sent. Its host must be among allowedHosts.'),
    urlFile: secretFile(readSecret)
      .pipe(urlText)
      .optional()
      .describe('A file that holds the URL, for services whose URL is the secret. Relative to this folder.'),
  };
}

type WithUrl = { readonly url?: string | undefined; readonly urlFile?: string | undefined };

export function hasOneUrl({ url, urlFile }: WithUrl): boolean {
  return (url === undefined) !== (urlFile === undefined);
}

export const ONE_URL = { error: 'give either url or urlFile' };

/** Which of the two it is does not matter any more. */
export function withUrl<T extends WithUrl>({ url, urlFile, ...rest }: T): Omit<T, keyof WithUrl> & { url: string } {
  return { ...rest, url: url ?? urlFile ?? '' };
}
