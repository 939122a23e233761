import type { Page, StatementView } from '../../api/contract.ts';
import { useApp, useSession } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useEntities } from '../lib/use-lists.ts';
import type { Loaded } from '../lib/use-load.ts';
import { RemoveButton } from './remove-button.tsx';
import { Show } from './states.tsx';
import { Table } from './table.tsx';
import { At } from './time.tsx';

interface RowProps {
  readonly statement: StatementView;
  readonly done: () => void;
}

function Row({ statement, done }: RowProps) {
  const { texts, locale } = useApp();
  const { me } = useSession();
  const users = useEntities('users').data?.byId;
  const words = texts.vehicleLedger;
  const { id, importedAt, importedBy, entries, vehicles, yuan, from, to, isWhole } = statement;
  return (
    <tr>
      <td>
        <At at={importedAt} zone={me.timeZone} />
        <small>{users?.get(importedBy)?.name ?? importedBy}</small>
      </td>
      <td data-label={words.period}>
        {from.slice(0, 10)} – {to.slice(0, 10)}
      </td>
      <td className="number" data-label={words.amount}>
        {formatNumber(yuan, locale, 2)} ¥<small>{words.entries(entries, vehicles)}</small>
      </td>
      <td>
        {isWhole ? (
          <RemoveButton
            label={words.takeBack}
            sure={words.takeBackSure(entries)}
            path={`/fuel-cards/${encodeURIComponent(id)}`}
            done={done}
          />
        ) : (
          <small className="faint">{words.notWhole}</small>
        )}
      </td>
    </tr>
  );
}

interface ListProps {
  readonly statements: Loaded<Page<StatementView>>;
  /** Something was taken back. */
  readonly done: () => void;
}

/** What was imported, so that a wrong import can be taken back. */
export function StatementList({ statements, done }: ListProps) {
  const { texts } = useApp();
  const words = texts.vehicleLedger;
  return (
    <details>
      <summary>{words.imports}</summary>
      <Show of={statements}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="faint">{words.noImports}</p>
          ) : (
            <Table
              kind="trips"
              heads={[words.importedAt, words.period, { number: words.amount }, words.takeBack]}
            >
              {items.map((statement) => (
                <Row key={statement.id} statement={statement} done={done} />
              ))}
            </Table>
          )
        }
      </Show>
    </details>
  );
}
