// `pretty=true`: the same JSON over several lines, four spaces per level.

const TOKEN = /"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+/g;

export class JsonIndent {
  #depth = 0;

  /** Text that ends where a token ends; what is inside quotes is left alone. */
  indent(json: string): string {
    let indented = '';
    for (const [token] of json.matchAll(TOKEN)) {
      const line = () => `\n${'    '.repeat(this.#depth)}`;
      if (token === '{' || token === '[') {
        this.#depth++;
        indented += token + line();
      } else if (token === '}' || token === ']') {
        this.#depth--;
        indented += line() + token;
      } else if (token === ',') indented += token + line();
      else indented += token === ':' ? ': ' : token;
      if (this.#depth === 0) indented += '\n';
    }
    return indented;
  }
}
