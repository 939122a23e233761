import type { VehicleLedgerView } from '../../api/contract.ts';
import { type FigureName, figureInfo, findings, whys } from '../../model/vehicle-ledger.ts';
import { useApp } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { sheetUrl } from '../lib/vehicle-ledger.ts';

interface FigureProps {
  readonly name: FigureName;
  readonly value: number | null | undefined;
}

/** A figure with its unit; `—` where it is not known. */
export function LedgerFigure({ name, value }: FigureProps) {
  const { locale } = useApp();
  const { unit, digits } = figureInfo(name);
  const text = formatNumber(value, locale, digits);
  if (value === null || value === undefined || unit === '') return text;
  return `${text} ${unit.replace('CNY', '¥')}`;
}

/** Why a figure is not known, in words; undefined where it is. */
export function useWhy(): (
  of: Pick<VehicleLedgerView, 'unknown'>,
  name: FigureName,
) => string | undefined {
  const { locale } = useApp();
  return ({ unknown }, name) => {
    const why = unknown[name];
    return why && whys[why][locale];
  };
}

interface FilesProps {
  readonly path: string;
  readonly month: string;
}

/** The same as files for spreadsheets. */
export function LedgerFiles({ path, month }: FilesProps) {
  const { texts } = useApp();
  return (
    <span className="row">
      {(['xlsx', 'csv'] as const).map((format) => (
        <a key={format} href={sheetUrl(path, month, format)} download>
          {texts.vehicleLedger.download(format)}
        </a>
      ))}
    </span>
  );
}

/** What is told of a vehicle or of an entry, as badges. */
export function Findings({ told }: { readonly told: readonly (keyof typeof findings)[] }) {
  const { locale } = useApp();
  return (
    <span className="chips">
      {told.map((finding) => (
        <span key={finding} className="badge verdict warning">
          {findings[finding][locale]}
        </span>
      ))}
    </span>
  );
}
