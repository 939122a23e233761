import { z } from 'zod';
import { problemShape } from './contract.ts';

/** How routes are described in the OpenAPI document. */

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemShape } },
});

/** What a route answers: its own answers by status, and problems. */
export const answers = <T extends object>(own: T) => ({
  ...own,
  '4xx': problem('What is wrong with the request'),
  '5xx': problem('The service could not answer'),
});

export const noContent = z.undefined().meta({ description: 'Done' });
export const idParams = z.object({ id: z.string() });
export const ifMatchHeader = z.object({
  'if-match': z
    .string()
    .optional()
    .meta({ description: '`ETag` of the version to change; another one is refused with 409' }),
});
