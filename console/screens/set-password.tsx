import { type FormEvent, useState } from 'react';
import { ApiError } from '../lib/api.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { errorWords } from '../lib/words.ts';
import { Preferences } from '../parts/shell.tsx';
import type { Texts } from '../texts/zh.ts';

const shortest = 12;

function faultOf(password: string, again: string, texts: Texts): string | undefined {
  if (password.length < shortest) return texts.setPassword.short;
  return password === again ? undefined : texts.setPassword.different;
}

const badLink = (error: unknown) =>
  error instanceof ApiError && [401, 404, 410].includes(error.status);

/** Where a one-time link leads. The token stands behind `#`, which no browser sends in a request or a referrer. */
export function SetPasswordScreen() {
  const { api, texts } = useApp();
  const [token] = useState(() => location.hash.slice(1));
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | undefined>(
    token === '' ? texts.setPassword.missing : undefined,
  );
  useTitle(texts.setPassword.title);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = String(form.get('password'));
    const fault = faultOf(password, String(form.get('again')), texts);
    setFailed(fault);
    if (fault !== undefined) return;
    setBusy(true);
    api.post('/session/redeem', { token, password }).then(
      () => location.replace('/'),
      (error: unknown) => {
        setFailed(badLink(error) ? texts.setPassword.bad : errorWords(error, texts));
        setBusy(false);
      },
    );
  };
  return (
    <main className="door">
      <form className="card" onSubmit={submit}>
        <h1>
          <img src="/icon.svg" alt="" width="36" height="36" />
          {texts.setPassword.title}
        </h1>
        <p className="faint">{texts.setPassword.explain}</p>
        <label>
          {texts.setPassword.password}
          <input name="password" type="password" autoComplete="new-password" required />
        </label>
        <label>
          {texts.setPassword.again}
          <input name="again" type="password" autoComplete="new-password" required />
        </label>
        {failed !== undefined && (
          <p className="note" role="alert">
            {failed}
          </p>
        )}
        <button type="submit" className="primary" disabled={busy || token === ''}>
          {texts.setPassword.submit}
        </button>
      </form>
      <Preferences />
    </main>
  );
}
