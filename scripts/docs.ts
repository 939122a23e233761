// Writes docs/settings.md and docs/errors.md from the code, and the lists of docs/promises.md: `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeSettings } from '../config.ts';
import { errorCodes } from '../model/errors.ts';
import { mutations } from '../test/mutate/mutations.ts';
import { withMutations } from '../test/mutate/page.ts';

const docs = join(import.meta.dirname, '..', 'docs');

const settings = describeSettings().map(
  ({ name, environment, description, fallback }) =>
    `| \`${name}\` | \`${environment}\` | ${fallback ? `\`${fallback}\`` : ''} | ${description} |`,
);
writeFileSync(
  join(docs, 'settings.md'),
  `# Settings

In \`guanjia.yaml\` (\`GUANJIA_CONFIG\` names another file) under the name, or in the environment under the variable, which wins.
A wrong setting is refused at start, all faults at once, with exit code 2. This page is written by \`npm run docs\`.

| name | variable | default | |
| --- | --- | --- | --- |
${settings.join('\n')}
`,
);

const errors = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
writeFileSync(
  join(docs, 'errors.md'),
  `# Error codes

What \`code\` means in problem documents, logs and exit messages. Programs look at the code, never at the text. This page is written by \`npm run docs\`.

| code | meaning |
| --- | --- |
${errors.join('\n')}
`,
);

const promises = join(docs, 'promises.md');
writeFileSync(promises, withMutations(readFileSync(promises, 'utf8'), mutations));
