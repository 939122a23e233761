import { useEffect, useState } from 'react';
import type { CommandView, Page } from '../../api/contract.ts';
import { useApp, useSession } from '../lib/app-context.ts';
import { isOpen, pollMs } from '../lib/terminal.ts';
import { useLoad } from '../lib/use-load.ts';
import { errorWords } from '../lib/words.ts';
import { CommandAnswer } from './command-answer.tsx';
import { type Ask, CommandButton } from './command-forms.tsx';
import { Show } from './states.tsx';
import { Ago, At } from './time.tsx';

interface CommandsProps {
  readonly vehicle: string;
  readonly zone: string;
  readonly isConnected: boolean;
}

const shown = 8;

/** What may be asked of a terminal, and what came of what was asked. Answers appear by themselves. */
export function Commands({ vehicle, zone, isConnected }: CommandsProps) {
  const { api, texts } = useApp();
  const { me } = useSession();
  const words = texts.terminal;
  const [isAwaiting, setAwaiting] = useState(false);
  const url = `/vehicles/${encodeURIComponent(vehicle)}/commands`;
  const commands = useLoad(
    `commands:${vehicle}`,
    (signal) => api.get<Page<CommandView>>(url, { limit: shown }, signal),
    { everyMs: isAwaiting ? pollMs.awaiting : pollMs.idle },
  );
  const awaits = commands.data?.items.some(isOpen) ?? false;
  useEffect(() => setAwaiting(awaits), [awaits]);
  const [failed, setFailed] = useState<unknown>();
  const ask: Ask = async (kind, params) => {
    await api.post(url, { kind, params });
    setFailed(undefined);
    commands.reload();
  };
  const cancel = async ({ id }: CommandView) => {
    try {
      await api.remove(`${url}/${encodeURIComponent(id)}`);
      setFailed(undefined);
    } catch (error) {
      setFailed(error);
    }
    commands.reload();
  };
  return (
    <>
      <h3>{words.commands}</h3>
      {!isConnected && <p className="note">{words.waits}</p>}
      <div className="row commands">
        {me.commands.map((kind) => (
          <CommandButton key={kind} kind={kind} ask={ask} failed={setFailed} />
        ))}
      </div>
      {failed !== undefined && (
        <p className="note" role="alert">
          {errorWords(failed, texts)}
        </p>
      )}
      <Show of={commands}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="faint">{words.noCommands}</p>
          ) : (
            <ul className="asked" aria-live="polite">
              {items.map((command) => (
                <li key={command.id}>
                  <Asked command={command} zone={zone} cancel={cancel} />
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </>
  );
}

interface AskedProps {
  readonly command: CommandView;
  readonly zone: string;
  readonly cancel: (command: CommandView) => Promise<void>;
}

function Asked({ command, zone, cancel }: AskedProps) {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.terminal;
  const { kind, state, by, requestedAt, expiresAt, attempts, params } = command;
  const { text, values } = params;
  const mayCancel = state === 'queued' && me.commands.includes(kind);
  return (
    <>
      <div className="row">
        <strong>{words.kinds[kind]}</strong>
        <span className={`badge command ${state}`}>{words.states[state]}</span>
        {mayCancel && (
          <button type="button" onClick={() => void cancel(command)}>
            {words.cancel}
          </button>
        )}
      </div>
      <small className="faint">
        {by} · <Ago at={requestedAt} zone={zone} />
        {state === 'queued' && (
          <>
            {` · ${words.validUntil} `}
            <At at={expiresAt} zone={zone} />
          </>
        )}
        {attempts > 1 && ` · ${words.attempts(attempts)}`}
      </small>
      {typeof text === 'string' && <blockquote>{text}</blockquote>}
      {typeof values === 'object' && values !== null && (
        <p>
          {Object.entries(values).map(([name, value]) => (
            <code key={name}>{`${name} = ${value} `}</code>
          ))}
        </p>
      )}
      <CommandAnswer command={command} zone={zone} />
    </>
  );
}
