import type { JsonObject } from '../verify/emitted';
import { objectName } from '../verify/object-path';
import { textOf, valueAt } from '../verify/read';
import type { Upgrade, Verdict } from '../verify/upgrade/compare-releases';
import type { FieldChange } from '../verify/upgrade/field-changes';
import type { ShownChange } from '../verify/upgrade/field-text';
import { showChange } from '../verify/upgrade/field-text';
import type { Change, Finding } from '../verify/upgrade/release-change';
import { paintIssue } from './errors';
import type { Paint } from './paint';

/** What an environment was compared with, and what came out. */
export interface UpgradeReport {
  readonly environment: string;
  /** What the fresh run was compared with, for a reader: `dist/ on this disk`, `git:v1.2`, `cluster (kind-dev)`. */
  readonly against: string;
  readonly upgrade: Upgrade;
  /** What could not be compared, and why. */
  readonly notes: readonly string[];
}

const SIGNS: Readonly<Record<Change, string>> = { added: '+', removed: '-', changed: '~' };
const VERDICTS: Readonly<Record<Verdict, string>> = {
  same: 'nothing differs',
  'in-place': 'a plain apply does all of it',
  'needs-hands': 'a plain apply is not enough: see the findings',
};

/** The comparison as data. */
export function upgradeData({ environment, against, upgrade, notes }: UpgradeReport): object {
  return {
    name: environment,
    against,
    verdict: upgrade.verdict,
    objects: upgrade.objects.map(({ change, before, after, fields }) => ({
      change,
      object: nameIn(after?.object ?? before?.object ?? {}),
      namespace: textOf(valueAt(after?.object ?? before?.object, ['metadata', 'namespace'])),
      fields: fields.map((field) => showChange(kindOf(after?.object), field)),
    })),
    compose: upgrade.compose.map(({ change, before, after, fields }) => ({
      change,
      file: (after ?? before)?.file,
      fields: fields.map((field) => showChange('', field)),
    })),
    findings: upgrade.findings,
    notes,
  };
}

/** The comparison as text: what differs, then what it means, worst first. */
export function upgradeText(
  { environment, against, upgrade, notes }: UpgradeReport,
  alone: boolean,
  paint: Paint,
): string {
  const { objects, compose, findings, verdict } = upgrade;
  const head = `${alone ? '' : `${environment}: `}compared with ${against}\n`;
  const lines = [
    ...objects.map(({ change, before, after, fields }) =>
      changed(change, nameIn(after?.object ?? before?.object ?? {}), kindOf(after?.object), fields, paint),
    ),
    ...compose.map(({ change, before, after, fields }) =>
      changed(change, (after ?? before)?.file ?? '', '', fields, paint),
    ),
  ];
  const count = (one: Change): number => [...objects, ...compose].filter(({ change }) => change === one).length;
  const sums = `${count('changed')} changed, ${count('added')} added, ${count('removed')} no longer made`;
  const colour = { same: 'green', 'in-place': 'green', 'needs-hands': 'yellow' } as const;
  const summary = verdict === 'same' ? VERDICTS.same : `${sums}: ${VERDICTS[verdict]}`;
  return [
    head,
    ...lines,
    ...(findings.length === 0 ? [] : ['\n', ...findings.map((finding) => findingText(finding, paint))]),
    ...notes.map((note) => `${paint('dim', note)}\n`),
    `${lines.length === 0 ? '' : '\n'}${paint(colour[verdict], summary)}\n`,
  ].join('');
}

function findingText(finding: Finding, paint: Paint): string {
  const steps = finding.steps.map((step, i) => `      ${i + 1}. ${step}\n`);
  return `${issueText(finding, paint)}\n${steps.length === 0 ? '' : `    steps:\n${steps.join('')}`}`;
}

/** A notice asks for nothing, so what would be allowed, and what to do, are left out. */
function issueText(finding: Finding, paint: Paint): string {
  const text = paintIssue(finding, paint);
  if (finding.severity !== 'notice') return text;
  const lines = text.split('\n');
  return lines.slice(0, finding.given === undefined ? 1 : 2).join('\n');
}

function changed(change: Change, name: string, kind: string, fields: readonly FieldChange[], paint: Paint): string {
  const colour = { added: 'green', removed: 'red', changed: 'yellow' } as const;
  const shown = fields.map((field) => showChange(kind, field));
  return `${paint(colour[change], `${SIGNS[change]} ${name}`)}\n${shown.map((one) => fieldText(one, paint)).join('')}`;
}

function fieldText({ path, before, after, lines }: ShownChange, paint: Paint): string {
  const arrow = before === after ? `${before}, another value` : `${before} → ${after}`;
  const texts = lines.map((line) => {
    const colour = line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'dim';
    return `        ${paint(colour, line)}\n`;
  });
  return `    ${path}: ${arrow}\n${texts.join('')}`;
}

function nameIn(object: JsonObject): string {
  return objectName(object);
}

function kindOf(object: JsonObject | undefined): string {
  return textOf(object?.['kind']) ?? '';
}
