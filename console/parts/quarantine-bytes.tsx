import { useState } from 'react';
import type { QuarantineInspected } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { hexDump } from '../lib/ledger.ts';
import { useLoad } from '../lib/use-load.ts';
import { Show } from './states.tsx';

/** More of a message than this nobody reads on a page. */
const bytesMost = 4_096;

/** The bytes of a message, and what this version of the codec makes of them. */
export function QuarantineBytes({ seq }: { readonly seq: number }) {
  const { api } = useApp();
  const found = useLoad(`quarantine:${seq}`, (signal) =>
    api.get<QuarantineInspected>(`/quarantine/${seq}`, {}, signal),
  );
  return <Show of={found}>{(message) => <Message of={message} />}</Show>;
}

function Message({ of }: { readonly of: QuarantineInspected }) {
  const { texts } = useApp();
  const words = texts.quarantineWork;
  const reasons: Readonly<Record<string, string>> = texts.quarantine.reasons;
  const [asText, setAsText] = useState(of.text !== null);
  const { observations, refused } = of.reading;
  return (
    <div className="message">
      {of.text !== null && (
        <div className="segments">
          <button type="button" aria-pressed={asText} onClick={() => setAsText(true)}>
            {words.asText}
          </button>
          <button type="button" aria-pressed={!asText} onClick={() => setAsText(false)}>
            {words.asHex}
          </button>
        </div>
      )}
      <pre>{asText ? of.text?.slice(0, bytesMost) : hexDump(of.hex, bytesMost)}</pre>
      <strong>{words.today}</strong>
      {observations.length > 0 && (
        <>
          <p>{words.understands(observations.length)}</p>
          <pre>
            {observations
              .map((one) => JSON.stringify(one))
              .join('\n')
              .slice(0, bytesMost)}
          </pre>
        </>
      )}
      {refused.map(({ reason, detail }) => (
        <p key={`${reason} ${detail}`}>
          {words.stillNot}: {reasons[reason] ?? reason}, <span lang="en">{detail}</span>
        </p>
      ))}
    </div>
  );
}
