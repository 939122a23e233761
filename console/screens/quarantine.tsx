import type { Page, QuarantineItem } from '../../api/contract.ts';
import { dayMs } from '../../model/time.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { useLoad } from '../lib/use-load.ts';
import { Empty, Show } from '../parts/states.tsx';
import { At } from '../parts/time.tsx';

const shown = 500;
const days = 7;

/** What was not understood or not believed in the last days, for those who connect devices. */
export function QuarantineScreen() {
  const { api, texts } = useApp();
  useTitle(texts.quarantine.title);
  const words: Readonly<Record<string, string>> = texts.quarantine.reasons;
  const items = useLoad(
    'quarantine',
    (signal) =>
      api.get<Page<QuarantineItem>>(
        '/quarantine',
        { from: Date.now() - days * dayMs, to: Date.now() + dayMs, limit: shown },
        signal,
      ),
    { everyMs: 30_000 },
  );
  return (
    <div className="screen">
      <h1>{texts.quarantine.title}</h1>
      <p className="faint">{texts.quarantine.explain}</p>
      <Show of={items}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={texts.quarantine.none}>
              <span>{texts.quarantine.noneMore}</span>
            </Empty>
          ) : (
            <div className="card table">
              <table>
                <thead>
                  <tr>
                    <th>{texts.quarantine.receivedAt}</th>
                    <th>{texts.quarantine.device}</th>
                    <th>{texts.quarantine.door}</th>
                    <th>{texts.quarantine.reason}</th>
                    <th>{texts.quarantine.detail}</th>
                  </tr>
                </thead>
                <tbody>
                  {page.items.map((item) => (
                    <tr key={`${item.seq}.${item.part}`}>
                      <td data-label={texts.quarantine.receivedAt}>
                        <At at={item.receivedAt} />
                      </td>
                      <td data-label={texts.quarantine.device}>
                        <code>{item.device}</code>
                      </td>
                      <td data-label={texts.quarantine.door}>{item.door}</td>
                      <td data-label={texts.quarantine.reason}>
                        <span className="badge">{words[item.reason] ?? item.reason}</span>
                      </td>
                      <td data-label={texts.quarantine.detail}>
                        {item.detail}
                        <details>
                          <summary>
                            {texts.quarantine.show} ({item.length})
                          </summary>
                          <code className="hex">{item.hex}</code>
                        </details>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Show>
    </div>
  );
}
