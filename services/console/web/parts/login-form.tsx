import { useSignal } from '@preact/signals';
import { logIn, people } from '../state/session.ts';
import { texts } from '../texts.ts';

export function LoginForm({ why }: { readonly why: string | null }) {
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    isBusy.value = true;
    await logIn(String(form.get('user')), String(form.get('password')));
    isBusy.value = false;
  };
  const { heading, user, password, submit: submitText, hints } = texts.login;
  return (
    <main class="login">
      <form class="panel" data-testid="login-form" onSubmit={submit}>
        <h1>{texts.title}</h1>
        <h2>{heading}</h2>
        <label>
          {user}
          <input name="user" data-testid="login-user" autocomplete="username" required maxLength={256} />
        </label>
        <label>
          {password}
          <input
            name="password"
            type="password"
            data-testid="login-password"
            autocomplete="current-password"
            required
            maxLength={1024}
          />
        </label>
        <p class="problem" role="alert">
          {why}
        </p>
        <button type="submit" disabled={isBusy.value}>
          {submitText}
        </button>
        <p class="hint" data-testid="login-hint">
          {hints[people.value]}
        </p>
      </form>
    </main>
  );
}
