import type { ReactNode } from 'react';

/** A word over a column, or one over numbers, which stand at the end of theirs. */
type Head = string | { readonly number: string };

/** A table; on a phone every row is a small card, whose cells say by `data-label` what they are. */
export function Table({
  kind = '',
  heads,
  children,
}: {
  /** What its style goes by. */
  readonly kind?: string;
  readonly heads: readonly Head[];
  readonly children: ReactNode;
}) {
  return (
    <div className={`card table ${kind}`}>
      <table>
        <thead>
          <tr>
            {heads.map((head) =>
              typeof head === 'string' ? (
                <th key={head}>{head}</th>
              ) : (
                <th key={head.number} className="number">
                  {head.number}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
