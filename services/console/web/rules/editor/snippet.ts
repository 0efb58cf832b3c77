// A completion of the JSON language service is a template in the notation of the language server protocol; CodeMirror has its own.
//   "maxAge": $1   "mode": ${1:"active"}   \$schema

type Part = string | { readonly number: string; readonly text: string };

/** The same template in CodeMirror's notation; the last stop, `$0`, comes last. */
export function toSnippet(lsp: string): string {
  return partsOf(lsp)
    .map((part) => {
      if (typeof part === 'string') return escaped(part);
      const number = part.number === '0' ? '99' : part.number;
      return part.text === '' ? `\${${number}}` : `\${${number}:${escaped(part.text)}}`;
    })
    .join('');
}

/** Braces that stand for themselves bear a backslash. */
function escaped(text: string): string {
  return text.replaceAll(/[{}]/g, '\\$&');
}

const TOKEN = /\\([\\$}])|\$(\d+)|\$\{(\d+)(?::((?:\\[\\$}]|[^\\}])*))?\}/g;

function partsOf(lsp: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of lsp.matchAll(TOKEN)) {
    const [whole, literal, bare, number, text = ''] = match;
    parts.push(lsp.slice(end, match.index));
    if (literal !== undefined) parts.push(literal);
    else parts.push({ number: bare ?? number ?? '0', text: text.replaceAll(/\\([\\$}])/g, '$1') });
    end = match.index + whole.length;
  }
  parts.push(lsp.slice(end));
  return parts.filter((part) => part !== '');
}
