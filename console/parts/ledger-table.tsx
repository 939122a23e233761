import type { ReactNode } from 'react';
import type { LedgerDayView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { setAsideOf } from '../lib/ledger.ts';
import { Composition } from './composition.tsx';
import { Table } from './table.tsx';

/** A table of days, or of devices on a day: what a row is of comes first, then `LedgerCells`. */
export function LedgerTable({
  first,
  children,
}: {
  readonly first: string;
  readonly children: ReactNode;
}) {
  const { texts } = useApp();
  const words = texts.ledger;
  return (
    <Table
      kind="ledger"
      heads={[
        first,
        words.composition,
        { number: words.expected },
        { number: words.observed },
        { number: words.missing },
        { number: words.quarantined },
        { number: words.duplicate },
        { number: words.late },
      ]}
    >
      {children}
    </Table>
  );
}

export function LedgerCells({ of }: { readonly of: LedgerDayView }) {
  const { texts } = useApp();
  const words = texts.ledger;
  const setAside = setAsideOf(of);
  return (
    <>
      <td data-label={words.composition}>
        <Composition of={of} />
      </td>
      <Count label={words.expected} value={of.expected} />
      <Count label={words.observed} value={of.observed} />
      <Count label={words.missing} value={of.missing} tone={of.missing ? 'silent' : ''} />
      <Count label={words.quarantined} value={setAside} tone={setAside > 0 ? 'bad' : ''} />
      <Count label={words.duplicate} value={of.duplicate} />
      <Count label={words.late} value={of.late} />
    </>
  );
}

function Count({
  label,
  value,
  tone = '',
}: {
  readonly label: string;
  readonly value: number | null;
  readonly tone?: string;
}) {
  const { locale } = useApp();
  return (
    <td className={`number ${tone}`} data-label={label}>
      {formatNumber(value, locale, 0)}
    </td>
  );
}
