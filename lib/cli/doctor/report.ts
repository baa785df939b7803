import { ISSUE_CODES } from '../../model/issues';
import type { Finding } from '../../ops/doctor/finding';
import type { Examination } from '../../ops/doctor/reader';
import type { Paint } from '../paint';

/** What was looked at, and what came out. */
export interface DoctorReport extends Examination {
  readonly target: 'kubernetes' | 'compose';
  /** For a reader: `context "kind-dev", namespace tars`. */
  readonly where: string;
  /** Connections that the model has, as many as were tried and those that were not. */
  readonly links: number;
}

/** For people: one line where all is well, and one more where not everything may be seen. */
export function doctorText(report: DoctorReport, paint: Paint): string {
  const { target, where, findings, tried, links, notes, unread } = report;
  const place = `${target}, ${where}`;
  if (findings.length === 0) {
    return `${paint('green', 'nothing is wrong')}: ${place} (${tried} of ${links} connections tried from inside)\n${linesOf(unreadNotes(unread), paint)}`;
  }
  const count = findings.length === 1 ? 'one fault' : `${findings.length} faults`;
  return [
    `${paint('red', count)}: ${place}\n`,
    ...findings.map((finding) => `\n${findingText(finding, paint)}`),
    ...(unread.length + notes.length === 0 ? [] : ['\n', linesOf([...unreadNotes(unread), ...notes], paint)]),
  ].join('');
}

/** What is not there because nobody may look is not well, and not known. */
function unreadNotes(unread: readonly string[]): readonly string[] {
  return unread.length === 0 ? [] : [`not looked at: ${unread.join(', ')}, which you may not read`];
}

function linesOf(notes: readonly string[], paint: Paint): string {
  return notes.map((note) => `${paint('dim', note)}\n`).join('');
}

function findingText({ code, object, message, evidence, cause, remedies, affected }: Finding, paint: Paint): string {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['seen:', evidence],
    ['cause:', [cause]],
    ['also affected:', affected.length === 0 ? [] : [affected.join(', ')]],
    ['mend:', remedies],
  ];
  const width = 16;
  const lines = rows.flatMap(([title, texts]) =>
    texts.map((text, i) => `    ${paint('dim', (i === 0 ? title : '').padEnd(width))}${text}\n`),
  );
  return `${paint('red', `error ${code}`)} ${object}: ${message}\n${lines.join('')}`;
}

/** For programs. */
export function doctorData({ target, where, findings, unread, notes, tried, links }: DoctorReport): object {
  return {
    target,
    where,
    healthy: findings.length === 0,
    findings: findings.map((finding) => ({ ...finding, meaning: ISSUE_CODES[finding.code] })),
    connections: { tried, all: links },
    unread,
    notes: [...unreadNotes(unread), ...notes],
  };
}
