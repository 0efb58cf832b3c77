/** The text that the JSON language service has escaped as Markdown: the page shows texts, and no Markdown. */
export function textOfMarkdown(markdown: string): string {
  return markdown
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/\\(\n)/g, '$1')
    .replaceAll(/\\([\\`*_{}[\]()<>#+\-.!])/g, '$1');
}
