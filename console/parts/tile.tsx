import type { ReactNode } from 'react';
import { Link } from 'wouter';

interface TileProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  /** Where it leads. */
  readonly to?: string;
}

/** A number that stands for itself, with its word above and a note below. */
export function Tile({ label, value, note, to }: TileProps) {
  const inner = (
    <>
      <span>{label}</span>
      <b>{value}</b>
      {note && <small>{note}</small>}
    </>
  );
  return to === undefined ? (
    <div className="card tile">{inner}</div>
  ) : (
    <Link className="card tile" href={to}>
      {inner}
    </Link>
  );
}
