import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Table, toCsv, toXlsx } from './table.ts';

/** The same answer as JSON or as a file for spreadsheets. */

const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const sheets = (schema: z.ZodType) => ({
  description: 'As JSON, or as a file for spreadsheets',
  content: {
    'application/json': { schema },
    'text/csv': { schema: z.string() },
    [xlsxType]: { schema: z.string() },
  },
});

/** @param name of the file, without its ending */
export async function answerAs(
  reply: FastifyReply,
  format: 'json' | 'xlsx' | 'csv',
  name: string,
  view: object,
  tables: () => readonly Table[],
): Promise<unknown> {
  if (format === 'json') return view;
  const body = format === 'csv' ? toCsv(tables()) : await toXlsx(tables());
  return reply
    .type(format === 'csv' ? 'text/csv; charset=utf-8' : xlsxType)
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
    .send(body);
}
