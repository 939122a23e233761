import { type FormEvent, useState } from 'react';
import type { AlertActionName, AlertView } from '../../api/contract.ts';
import type { Verdict } from '../../model/alert.ts';
import { ApiError } from '../lib/api.ts';
import { useApp, useSession } from '../lib/app-context.ts';
import { useEntities } from '../lib/use-lists.ts';
import { errorWords } from '../lib/words.ts';

const verdicts = ['confirmed', 'false-alarm', 'explained'] as const satisfies readonly Verdict[];

type Act = (action: AlertActionName, body?: object) => Promise<boolean>;

function VerdictForm({ act, busy }: { readonly act: Act; readonly busy: boolean }) {
  const { texts } = useApp();
  const [verdict, setVerdict] = useState<Verdict>('confirmed');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '').trim();
    void act('verdict', { verdict, ...(reason === '' ? {} : { reason }) });
  };
  return (
    <form className="row" onSubmit={submit}>
      <select
        aria-label={texts.alert.verdict}
        value={verdict}
        onChange={(event) =>
          setVerdict(verdicts.find((known) => known === event.target.value) ?? 'confirmed')
        }
      >
        {verdicts.map((known) => (
          <option key={known} value={known}>
            {texts.verdict[known]}
          </option>
        ))}
      </select>
      <input
        name="reason"
        aria-label={texts.alert.reason}
        placeholder={texts.alert.reason}
        required={verdict === 'explained'}
        maxLength={2000}
      />
      <button type="submit" disabled={busy}>
        {texts.alert.setVerdict}
      </button>
    </form>
  );
}

function CommentForm({ act, busy }: { readonly act: Act; readonly busy: boolean }) {
  const { texts } = useApp();
  const [text, setText] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '' && (await act('comment', { text: text.trim() }))) setText('');
  };
  return (
    <form className="row" onSubmit={(event) => void submit(event)}>
      <textarea
        aria-label={texts.alert.comment}
        placeholder={texts.alert.commentPlaceholder}
        rows={2}
        maxLength={4000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" disabled={busy || text.trim() === ''}>
        {texts.alert.addComment}
      </button>
    </form>
  );
}

function Assign({
  alert,
  act,
  busy,
}: {
  readonly alert: AlertView;
  readonly act: Act;
  readonly busy: boolean;
}) {
  const { texts } = useApp();
  const { me } = useSession();
  const users = useEntities('users');
  const others = users.data?.items.filter((user) => user.id !== me.id) ?? [];
  return (
    <div className="row">
      {alert.assignee !== me.id && (
        <button type="button" disabled={busy} onClick={() => void act('assign', { user: me.id })}>
          {texts.alert.assignMe}
        </button>
      )}
      {others.length > 0 && (
        <select
          aria-label={texts.alert.assignTo}
          value={alert.assignee ?? ''}
          disabled={busy}
          onChange={(event) => void act('assign', { user: event.target.value || null })}
        >
          <option value="">{texts.alert.assignTo}…</option>
          <option value={me.id}>{me.name}</option>
          {others.map((user) => (
            <option key={user.id} value={user.id}>
              {user.name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

/** What a person can do about an alert. A change by somebody else meanwhile is told, and shown. */
export function AlertActions({
  alert,
  onChanged,
  reload,
}: {
  readonly alert: AlertView;
  readonly onChanged: (alert: AlertView) => void;
  readonly reload: () => void;
}) {
  const { api, texts } = useApp();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const isOver = alert.state === 'cleared' || alert.state === 'withdrawn';
  const act: Act = async (action, body = {}) => {
    setBusy(true);
    setFailed(undefined);
    try {
      onChanged(
        await api.post<AlertView>(`/alerts/${encodeURIComponent(alert.id)}/${action}`, {
          version: alert.version,
          ...body,
        }),
      );
      return true;
    } catch (error) {
      setFailed(error);
      if (error instanceof ApiError && error.status === 409) reload();
      return false;
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card actions">
      <h2>{texts.alert.actions}</h2>
      {!isOver && (
        <div className="row">
          {alert.state === 'open' && (
            <button
              type="button"
              className="primary"
              disabled={busy}
              onClick={() => void act('acknowledge')}
            >
              {texts.alert.acknowledge}
            </button>
          )}
          <button type="button" disabled={busy} onClick={() => void act('clear')}>
            {texts.alert.clear}
          </button>
        </div>
      )}
      <Assign alert={alert} act={act} busy={busy} />
      <VerdictForm act={act} busy={busy} />
      <CommentForm act={act} busy={busy} />
      {failed !== undefined && (
        <p className="note" role="alert">
          {errorWords(failed, texts)}
        </p>
      )}
    </section>
  );
}
