import { DatabaseSync } from 'node:sqlite';
import type { Settings } from '../config.ts';
import { loadFactorSets } from '../energy/factor-set.ts';
import { createFactorBook } from '../energy/factors.ts';
import { loadForm } from '../energy/form/definition.ts';
import { openExpenseBook } from '../expenses/book.ts';
import type { ExpenseBook } from '../expenses/expenses.ts';
import { openFormBook } from '../forms/book.ts';
import { createFormDesk } from '../forms/desk.ts';
import type { FormDesk } from '../forms/forms.ts';
import type { Revisions } from '../ingest/ingest.ts';
import type { Context } from '../model/context.ts';
import { minuteMs } from '../model/time.ts';
import type { Registry } from '../registry/registry.ts';
import { createReminder, type ReminderParts } from '../rules/statistics/reminder.ts';
import type { Store } from '../stores/store.ts';
import type { DataFolder } from './folder.ts';

interface Parts {
  readonly folder: Pick<DataFolder, 'expenses' | 'forms'>;
  readonly registry: Pick<Registry, 'directory'>;
  readonly ingest: {
    readonly store: Pick<Store, 'readings'>;
    readonly revisions: Pick<Revisions, 'months'>;
    readonly alerts: ReminderParts['alerts'];
  };
  readonly settings: Pick<Settings, 'gasolineKgPerL' | 'dieselKgPerL' | 'keroseneKgPerL'>;
}

export interface BooksOfAccount {
  readonly books: { readonly expenses: ExpenseBook; readonly forms: FormDesk };
  /** Reminds nobody any more. */
  stop(): void;
}

const remindEveryMs = 10 * minuteMs;

/** What was paid for vehicles, and the statutory statistics, which are made of it and of what the other threads know. */
export function openBooksOfAccount(
  { folder, registry, ingest, settings }: Parts,
  context: Context,
): BooksOfAccount {
  const { gasolineKgPerL, dieselKgPerL, keroseneKgPerL } = settings;
  const expenses = openExpenseBook(new DatabaseSync(folder.expenses), context);
  const book = openFormBook(new DatabaseSync(folder.forms), context);
  const directory = () => registry.directory();
  const forms = createFormDesk({
    book,
    definition: loadForm(),
    factors: createFactorBook(loadFactorSets()),
    kgPerL: { gasoline: gasolineKgPerL, diesel: dieselKgPerL, kerosene: keroseneKgPerL },
    directory,
    readings: ingest.store.readings,
    months: ingest.revisions.months,
    expenses,
    now: context.now,
  });
  const reminder = createReminder({ book, alerts: ingest.alerts, directory, context });
  void reminder.tick();
  const timer = setInterval(() => void reminder.tick(), remindEveryMs);
  return { books: { expenses, forms }, stop: () => clearInterval(timer) };
}
