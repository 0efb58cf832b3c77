// Why an alarm stands, or stood, as it does: the rule's condition with the value of every part of it, as the server works it out.

import { useSignal } from '@preact/signals';
import type { AlarmName } from '#domain/topic.ts';
import type { ExplainView } from '../../api/rules.ts';
import { JOB_MS_MAX, ask as request } from '../state/api.ts';
import { texts } from '../texts.ts';

type Asked = 'no' | 'asking' | { readonly text: string } | { readonly why: string };

/** @param at null: now */
export function Explanation({ name, at }: { readonly name: AlarmName; readonly at: number | null }) {
  const asked = useSignal<Asked>('no');
  const { explain } = texts.alarms;
  const ask = async () => {
    asked.value = 'asking';
    const place = [name.site, name.area, name.rule, name.instance].map(encodeURIComponent).join('/');
    const query = at === null ? '' : `?at=${at}`;
    const answer = await request<ExplainView>({
      method: 'GET',
      path: `api/alarms/${place}/explain${query}`,
      limitMs: JOB_MS_MAX,
    });
    asked.value = answer.ok ? { text: answer.body.text } : { why: answer.why };
  };
  const answer = asked.value;
  return (
    <div class="explanation">
      <button type="button" class="quiet" data-testid="explain-button" onClick={() => void ask()}>
        {answer === 'asking' ? explain.asking : at === null ? explain.now : explain.atThatTime}
      </button>
      <div aria-live="polite">
        {typeof answer === 'object' && 'text' in answer && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: wide lines are scrolled, by the keyboard too
          <pre class="payload" data-testid="explanation" tabIndex={0}>
            {answer.text}
          </pre>
        )}
        {typeof answer === 'object' && 'why' in answer && (
          <p class="problem" data-testid="explain-problem">
            {explain.failed(answer.why)}
          </p>
        )}
      </div>
    </div>
  );
}
