import { useState } from 'react';
import type { FrameView, Page } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatExact } from '../lib/format.ts';
import { linesOf, said, spaced } from '../lib/terminal.ts';
import { useLoad } from '../lib/use-load.ts';
import { Show } from './states.tsx';

interface FramesProps {
  readonly vehicle: string;
  readonly zone: string;
}

/** The last frames to and from a terminal, each of which opens field by field. They are fetched when somebody wants them. */
export function Frames({ vehicle, zone }: FramesProps) {
  const { texts } = useApp();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="frames" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>{texts.terminal.frames}</h3>
      </summary>
      {isOpen && <List vehicle={vehicle} zone={zone} />}
    </details>
  );
}

const shown = 20;

function List({ vehicle, zone }: FramesProps) {
  const { api, texts } = useApp();
  const words = texts.terminal;
  const frames = useLoad(`frames:${vehicle}`, (signal) =>
    api.get<Page<FrameView>>(
      `/vehicles/${encodeURIComponent(vehicle)}/frames`,
      { limit: shown },
      signal,
    ),
  );
  return (
    <>
      <p className="faint">{words.framesNote}</p>
      <button type="button" onClick={frames.reload}>
        {words.refresh}
      </button>
      <Show of={frames}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="faint">{words.noFrames}</p>
          ) : (
            <div className="list">
              {items.map((frame) => (
                <Frame
                  key={`${frame.at} ${frame.direction} ${frame.hex}`}
                  frame={frame}
                  zone={zone}
                />
              ))}
            </div>
          )
        }
      </Show>
    </>
  );
}

function Frame({ frame, zone }: { readonly frame: FrameView; readonly zone: string }) {
  const { texts, locale } = useApp();
  const words = texts.terminal;
  const { at, direction, authenticated, message, bytes, hex, fields } = frame;
  return (
    <details className="frame">
      <summary>
        <span className={`badge frame ${direction}`}>{words[direction]}</span>{' '}
        {!authenticated && <span className="badge warning">{words.stranger}</span>}{' '}
        <code>{message?.id ?? '—'}</code> {message ? message.name[locale] : words.noFrame}{' '}
        <small className="faint">
          {formatExact(Date.parse(at), zone).slice(5)} · {words.frameBytes(bytes)}
        </small>
      </summary>
      <code className="hex">{spaced(hex, 1_100)}</code>
      <ol className="fields">
        {linesOf(fields).map(({ key, depth, field }) => (
          <li key={key} className={`depth-${Math.min(depth, 4)}`}>
            <span>{field.name[locale]}</span>
            <strong>{said(field.value, field.unit, locale)}</strong>
            <small className="faint">
              {field.hex !== '' && <code>{spaced(field.hex, 16)}</code>}{' '}
              {said(field.clause, null, locale)}
            </small>
          </li>
        ))}
      </ol>
    </details>
  );
}
