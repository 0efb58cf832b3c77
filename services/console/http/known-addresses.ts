// Which methods an address answers to, so that a wrong method is told from a wrong address [RFC 9110 15.5.6].

import type { FastifyInstance } from 'fastify';

type Known = { readonly pattern: RegExp; readonly methods: Set<string> };

export class KnownAddresses {
  readonly #byUrl = new Map<string, Known>();

  /** Learns of every route that is added from now on. */
  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ url, method }) => {
      if (url.includes('*')) return; // files, and what other plugins answer for themselves
      const known = this.#byUrl.get(url) ?? { pattern: patternOf(url), methods: new Set() };
      this.#byUrl.set(url, known);
      for (const each of [method].flat()) known.methods.add(each);
    });
  }

  /** In the order of the alphabet; none where nothing is at the address. */
  methodsAt(url: string): string[] {
    const path = url.replace(/[?#].*$/s, '');
    const methods = new Set<string>();
    for (const known of this.#byUrl.values())
      if (known.pattern.test(path)) for (const method of known.methods) methods.add(method);
    return [...methods].sort();
  }
}

/** `/api/rejected/:id`: a parameter is one step of the path. */
function patternOf(url: string): RegExp {
  const steps = url.split('/').map((step) => (step.startsWith(':') ? '[^/]+' : RegExp.escape(step)));
  return new RegExp(`^${steps.join('/')}$`);
}
