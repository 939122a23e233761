/** What is paid for vehicles, as suppliers and card statements tell it. */

export const expenseKinds = [
  'fuel',
  'charging',
  'maintenance',
  'insurance',
  'toll',
  'other',
] as const;
export type ExpenseKind = (typeof expenseKinds)[number];

export interface Expense {
  readonly vehicle: string;
  /** Unix ms UTC; where only the day is known, its beginning. */
  readonly at: number;
  readonly dayOnly: boolean;
  readonly kind: ExpenseKind;
  readonly yuan: number;
  /** Of fuel; null for anything else. */
  readonly litres: number | null;
  /** Of charging, where it is told. */
  readonly kwh: number | null;
  /** Whoever was paid, as the statement names him. */
  readonly station: string | null;
  /** Kind of fuel or service, as the statement names it. */
  readonly product: string | null;
  /** Masked: its last digits at most. */
  readonly card: string | null;
}

export interface KeptExpense extends Expense {
  readonly id: string;
}
