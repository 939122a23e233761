import { createTransport } from 'nodemailer';
import type { Alert, Text } from '../../model/alert.ts';
import { AppError, messageOf } from '../../model/errors.ts';
import { isoInZone } from '../../model/time.ts';
import type { AlertChange, Notifier } from '../alerts.ts';
import { changeWords, severityWords } from '../words.ts';

interface EmailOptions {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  readonly smtpUrl: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly publicUrl: string;
  timeZoneOf(institution: string): string;
  /** Name of an institution for people. */
  nameOf(institution: string): string;
  /** Told of receivers the mail server refused while it took the message for others. */
  onRefused(receivers: readonly string[]): void;
  /** For each of connecting, greeting and silence. */
  readonly timeoutMs?: number;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

/** Rows of the message: what it is, in both languages, and its value. */
function rowsOf(alert: Alert, change: AlertChange, options: EmailOptions): [Text, string][] {
  const zone = options.timeZoneOf(alert.institution);
  const both = ({ zh, en }: Text) => `${zh} / ${en}`;
  const { subject, evidence } = alert;
  return [
    [{ zh: '状态', en: 'Change' }, both(changeWords[change])],
    [{ zh: '级别', en: 'Severity' }, both(severityWords[alert.severity])],
    [
      { zh: '机构', en: 'Institution' },
      `${options.nameOf(alert.institution)} (${alert.institution})`,
    ],
    [{ zh: '对象', en: 'Subject' }, `${subject.type} ${subject.id}`],
    [{ zh: '规则', en: 'Rule' }, `${alert.kind} (${alert.rule}, v${evidence.rule.version})`],
    [{ zh: '发生时间', en: 'Opened' }, isoInZone(alert.openedAt, zone)],
    [
      { zh: '判断区间', en: 'Judged' },
      `${isoInZone(evidence.from, zone)} – ${isoInZone(evidence.to, zone)}`,
    ],
    [{ zh: '判断方法', en: 'Method' }, both(evidence.method)],
  ];
}

function compose(alert: Alert, change: AlertChange, options: EmailOptions) {
  const { summary } = alert;
  const severity = severityWords[alert.severity];
  const word = changeWords[change];
  const link = `${options.publicUrl}/alerts/${alert.id}`;
  const rows = rowsOf(alert, change, options);
  const lines = rows.map(([name, value]) => `${name.zh} ${name.en}: ${value}`);
  const cells = rows.map(
    ([name, value]) =>
      `<tr><th align="left">${name.zh}<br><small>${name.en}</small></th><td>${escapeHtml(value)}</td></tr>`,
  );
  return {
    subject: oneLine(
      `[管家 Guanjia] ${severity.zh} ${severity.en} · ${word.zh} ${word.en} · ${summary.zh} / ${summary.en}`,
    ),
    text: [
      summary.zh,
      summary.en,
      '',
      ...lines,
      '',
      `证据与处理 Evidence and action: ${link}`,
    ].join('\n'),
    html: `<!doctype html><html lang="zh-CN"><body><p><strong>${escapeHtml(summary.zh)}</strong><br>${escapeHtml(
      summary.en,
    )}</p><table cellpadding="4">${cells.join('')}</table><p><a href="${escapeHtml(
      link,
    )}">证据与处理 Evidence and action</a></p></body></html>`,
  };
}

/** 5xx answers to sender, receiver or content are for good; a refused login may be set right, and everything else may pass. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  if (code === 'EAUTH') return true;
  return !(typeof responseCode === 'number' && responseCode >= 500);
}

/** One message to all receivers, in Chinese and English, as text and HTML. A repeat has the same Message-ID. */
export function createEmail(options: EmailOptions): Notifier {
  const { smtpUrl, timeoutMs = 15_000 } = options;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (alert, change, key) => {
      try {
        const { rejected } = await transport.sendMail({
          from: options.from,
          to: [...options.to],
          messageId: `<${key}@guanjia>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          ...compose(alert, change, options),
        });
        if (rejected.length > 0) options.onRefused(rejected.map(String));
      } catch (error) {
        throw new AppError('NOTIFY_FAILED', `The mail was not taken: ${messageOf(error)}`, {
          retryable: isPassing(error),
          cause: error,
        });
      }
    },
  };
}
