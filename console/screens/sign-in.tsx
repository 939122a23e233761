import { type FormEvent, useState } from 'react';
import { ApiError } from '../lib/api.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { errorWords } from '../lib/words.ts';
import { Preferences } from '../parts/shell.tsx';
import type { Texts } from '../texts/zh.ts';

function signInWords(error: unknown, texts: Texts): string {
  if (error instanceof ApiError && error.status === 401) return texts.signIn.wrong;
  if (error instanceof ApiError && error.status === 429)
    return texts.signIn.tooMany(error.retryAfterS ?? 60);
  return errorWords(error, texts);
}

export function SignInScreen({
  ended,
  onSignedIn,
}: {
  readonly ended: boolean;
  readonly onSignedIn: () => void;
}) {
  const { api, texts } = useApp();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string>();
  useTitle(texts.signIn.title);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFailed(undefined);
    api
      .post('/session', { user: form.get('user'), password: form.get('password') })
      .then(onSignedIn, (error: unknown) => {
        setFailed(signInWords(error, texts));
        setBusy(false);
      });
  };
  const note = failed ?? (ended ? texts.signIn.ended : undefined);
  return (
    <main className="door">
      <form className="card" onSubmit={submit}>
        <h1>
          <img src="/icon.svg" alt="" width="36" height="36" />
          {texts.product}
        </h1>
        <p className="faint">{texts.tagline}</p>
        <label>
          {texts.signIn.user}
          <input
            name="user"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={64}
          />
        </label>
        <label>
          {texts.signIn.password}
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        {note !== undefined && (
          <p className="note" role="alert">
            {note}
          </p>
        )}
        <button type="submit" className="primary" disabled={busy}>
          {busy ? texts.signIn.busy : texts.signIn.submit}
        </button>
        <p className="faint small">{texts.signIn.forgot}</p>
      </form>
      <Preferences />
    </main>
  );
}
