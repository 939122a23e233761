import type { EntityView, TerminalView } from '../../api/contract.ts';
import { useApp, useSession } from '../lib/app-context.ts';
import { useLoad } from '../lib/use-load.ts';
import { Commands } from './commands.tsx';
import { Fact } from './fact.tsx';
import { FormDialog } from './form-dialog.tsx';
import { Frames } from './frames.tsx';
import { Show } from './states.tsx';
import { Ago, At } from './time.tsx';

interface CardProps {
  readonly vehicle: EntityView<'vehicles'>;
  readonly zone: string;
}

const refreshMs = 15_000;

/** The JT/T 808 terminal of a vehicle: its link and registration, and for those who may, what is asked of it and its frames. */
export function TerminalCard({ vehicle, zone }: CardProps) {
  const { api, texts } = useApp();
  const { me } = useSession();
  const url = `/vehicles/${encodeURIComponent(vehicle.id)}/terminal`;
  const terminal = useLoad(
    `terminal:${vehicle.id}`,
    (signal) => api.get<TerminalView>(url, {}, signal),
    { everyMs: refreshMs },
  );
  const mayCommand = me.commands.length > 0;
  return (
    <section className="card terminal" id="terminal">
      <h2>{texts.terminal.title}</h2>
      <Show of={terminal}>
        {(found) => (
          <>
            <Facts of={found} zone={zone} />
            {me.writes.includes('vehicles') && found.registered && (
              <FormDialog
                label={texts.terminal.reset}
                save={texts.terminal.reset.replace('…', '')}
                done={terminal.reload}
                send={() => api.remove(url)}
              >
                <p>{texts.terminal.resetWarning}</p>
              </FormDialog>
            )}
            {mayCommand && (
              <Commands vehicle={vehicle.id} zone={zone} isConnected={found.link !== null} />
            )}
          </>
        )}
      </Show>
      {mayCommand && <Frames vehicle={vehicle.id} zone={zone} />}
    </section>
  );
}

function Facts({ of, zone }: { readonly of: TerminalView; readonly zone: string }) {
  const { texts } = useApp();
  const words = texts.terminal;
  const { link, registered } = of;
  return (
    <>
      <p>
        <span className={`badge heard ${link ? 'online' : 'silent'}`}>
          <i aria-hidden="true" />
          {link ? words.connected : words.away}
        </span>
      </p>
      {!registered && <p className="note">{words.unregistered}</p>}
      <dl className="facts">
        {link && (
          <>
            <Fact name={words.since}>
              <At at={link.since} zone={zone} />
            </Fact>
            <Fact name={words.heard}>
              <Ago at={link.heardAt} zone={zone} />
            </Fact>
            <Fact name={words.address}>{link.address}</Fact>
            <Fact name={words.lost}>
              {words.gaps(link.serialGaps.missing, link.serialGaps.count)}
            </Fact>
          </>
        )}
        {registered && (
          <>
            <Fact name={words.registered}>
              <At at={registered.at} zone={zone} />
            </Fact>
            <Fact name={words.maker}>{registered.maker}</Fact>
            <Fact name={words.model}>{registered.model}</Fact>
            <Fact name={words.terminalId}>{registered.terminal}</Fact>
            <Fact name={words.edition}>{`JT/T 808-${registered.edition}`}</Fact>
          </>
        )}
      </dl>
    </>
  );
}
